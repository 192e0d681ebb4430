/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount(8)'s options as the flags of a mount, see mount_setattr(2). */
#pragma once

#include "core/mount_list.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t set;
    uint64_t clear; /* first, also of what the lower mount has */
} MountFlags;

/* The flags for OPTIONS (strings, in the order given; NULL: none), nosuid and nodev unless told
 * otherwise. What is not spoken of stays as on the lower mount; and a mount is never writable where
 * the lower one is not. Options that are for others are passed over. Fails with KERNEL_MOUNT_ERROR
 * for what only a file system can do. */
bool mount_flags_read(const GPtrArray *options, MountFlags *ret_flags, GError **error);

/* Whether the mount of LINE has what is set, and not what is cleared. */
bool mount_flags_fit(const MountFlags *flags, const MountLine *line);
