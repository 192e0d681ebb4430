/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories that the user named. */
#pragma once

#include <limits.h>

/* Opens one (O_PATH), and makes its path absolute and free of symbolic links. -1, with a message.
 */
int named_dir_open(const char *name, char path[PATH_MAX]);
