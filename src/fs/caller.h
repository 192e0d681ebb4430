/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request does not say of its caller. */
#pragma once

#include "fs/filesystem.h"

#include <sys/stat.h>

/* Whether the caller may keep the setgid bit of the inode STX where others lose it: it is of the
 * inode's group, or it is root, of the mounter's namespace or of a container (the one whom lower
 * ID 0 is shown as), and has CAP_FSETID. Reads /proc/PID/status, proc(5); a caller that is not
 * found there may not. */
bool caller_keeps_setgid(fuse_req_t req, const struct statx *stx);
