/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which maps a user namespace can have, and so an idmapped mount; see user_namespaces(7). */
#pragma once

#include "core/ownermap.h"

enum {
    KERNEL_EXTENTS_MAX = 340, /* UID_GID_MAP_MAX_EXTENTS of the kernel, for uids and gids each */
};

/* Whether the kernel can do what OWNERS says, policies included. Fails with KERNEL_MOUNT_ERROR. */
bool kernel_map_check(const OwnerMap *owners, GError **error);

/* What is to be written to /proc/PID/uid_map or gid_map, in one call of write(2). The caller frees
 * with g_free(). */
char *kernel_map_text(const IdMap *map);
