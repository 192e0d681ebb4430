/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits that the daemon was started with, see getrlimit(2). */
#pragma once

#include "fs/filesystem.h"

/* As many descriptors as we may have: a part of them for the cache, a part for what a request opens
 * for itself only, and the rest for users. */
FilesystemLimits own_limits_raise_descriptors(void);

/* A limit for files that we were started with is not for those whom we serve; the kernel minds
 * theirs before it asks. One that stays must not end us, but be answered with EFBIG. */
void own_limits_lift_file_size(void);
