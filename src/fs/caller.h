/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request does not say of its caller. */
#pragma once

#include "fs/filesystem.h"

#include <sys/stat.h>

/* Whether the caller may keep the setgid bit of the inode STX where others lose it: it is of the
 * inode's group, or has CAP_FSETID over it, which is taken for granted of the mounter's root and
 * of the one whom lower ID 0 is shown as, the root of a container. Reads /proc/PID/status
 * (fuse_req_getgroups()); a caller that is not found there may not. */
bool caller_keeps_setgid(fuse_req_t req, const struct statx *stx);
