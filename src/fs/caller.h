/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request does not say of its caller. */
#pragma once

#include "fs/filesystem.h"

#include <sys/stat.h>

enum {
    CALLER_IS_MEMBER = 1, /* of the group */
    CALLER_HAS_FSETID = 2 /* the capability, over whatever namespace */
};
typedef uint32_t CallerTraits;

/* Of the process PID, for GROUP, by /proc/PID/status; none when it is not found there. */
CallerTraits caller_look_at(pid_t pid, gid_t group);

/* Whether the caller may keep the setgid bit of the inode STX where others lose it: it is of the
 * inode's group, or it is root, of the mounter's namespace or of a container (the one whom lower
 * ID 0 is shown as), and has CAP_FSETID. A caller that is gone may not. */
bool caller_keeps_setgid(fuse_req_t req, const struct statx *stx);
