/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that makes the calls which take CAP_SYS_ADMIN, when nothing else in the daemon does.
 *
 * It has that capability and no other, no file but those of which the daemon sends a descriptor,
 * and no system calls but those for extended attributes. It ends with the daemon. */
#pragma once

#include "fs/lower_xattr.h"

/* Before there are threads, and while nothing of the sandbox is entered. PROC_FD is that of the
 * file system (filesystem.h). Sets SERVER->fd. Returns 0, or -errno: there is no such process. */
ErrInt xattr_process_start(XattrServer *server, int proc_fd);
