/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A resolved map on its way from one process to another one of the same program. Start-up and
 * reading again only. */
#pragma once

#include "core/ownermap.h"

/* Policy, hostroot=adopt, the shown IDs of unmapped=squash; for each kind the extents: lower,
 * shown, count, line, source. */
#define MAP_TRANSFER_TYPE "(ubuua(uuuus)a(uuuus))"

/* Of MAP_TRANSFER_TYPE; a floating reference, see GVariant. */
GVariant *map_transfer_pack(const OwnerMap *owners);

/* The map is validated once more; fails with MAP_ERROR. Free with owner_map_free(). */
OwnerMap *map_transfer_unpack(GVariant *packed, GError **error);
