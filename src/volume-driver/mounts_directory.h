/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directory below which volumes are mounted. */
#pragma once

#include <glib.h>

/* Makes it, if need be, such that a container's root can go through it, and locks it against other
 * drivers; *RET_FD holds the lock. Returns its path without symbolic links, or NULL. The caller
 * frees with g_free(), and closes. */
char *mounts_directory_open(const char *path, int *ret_fd, GError **error);
