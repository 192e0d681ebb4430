/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon gives up before it answers the first request.
 *
 * It runs as root and serves people who are not trusted, so a fault in it must not be worth much to
 * them. What remains is what the table of capabilities (sandbox_caps.c) and that of system calls
 * (sandbox_calls.c) name, each row with its reason, and the files of the lower directory. Whatever
 * else it ever needs, it opens before, or has it done by the process outside (outside.h).
 *
 * In this order, since each step needs what the next ones take away:
 *
 *   limits        no core dump, no other process of the same user may look in
 *   files         a mount namespace with nothing in it but our own descriptors, so that no mount of
 *                 the host is pinned; the root directory is the lower directory, which stays on the
 *                 host's mounts, so that what others mount and unmount there is seen
 *   network       a network namespace with nothing in it
 *   capabilities  of this and every later thread, for good; CAP_SYS_ADMIN only where passthrough
 *                 takes it, since attributes that do can be left to another process
 *   calls         no new privileges, and the filter of system calls
 *
 * What cannot be had, for lack of privilege or of a feature of the kernel, is left out and said. */
#pragma once

#include "fs/filesystem.h"

/* Opens and loads what would not be found from inside; raises what only now may be raised. Before
 * capabilities are given up. */
void sandbox_prepare(void);

/* Before there are threads, and after the mount is there. LOWER_FD is an O_PATH descriptor of the
 * lower directory. The outcome is in FS->agreement. */
void sandbox_enter(Filesystem *fs, int lower_fd);

/* Why there is to be none, a static string; NULL: there is. */
const char *sandbox_obstacle(bool wanted);

/* Says so in FS->agreement. */
void sandbox_leave_out(Filesystem *fs, const char *obstacle);

/* The sandbox of the process for attributes (xattr_process.h), all of it; 0 or -errno. PROC_FD is
 * /proc/self/fd, as it is by then, and the working directory. */
ErrInt sandbox_enter_xattrs(int proc_fd);

/* The steps; 0 or -errno. */
ErrInt sandbox_drop_caps(const Filesystem *fs);
ErrInt sandbox_drop_caps_xattrs(void);
ErrInt sandbox_filter_calls(const Filesystem *fs);
ErrInt sandbox_filter_calls_xattrs(void);

/* Moves PROC_FD (/proc/self/fd), which is the working directory, to a mount of its own. */
ErrInt sandbox_hide_mounts(int proc_fd);

/* The capabilities of the process outside. */
ErrInt sandbox_drop_caps_outside(void);
