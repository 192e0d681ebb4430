/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The initial user namespace, see user_namespaces(7). */
#pragma once

#include <sys/types.h>

/* Its inode number in /proc/PID/ns/user: PROC_USER_INIT_INO of the kernel, which has been the same
 * since Linux 3.8. */
#define USERNS_INITIAL_INO ((ino_t)0xEFFFFFFDU)
