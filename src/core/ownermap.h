/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map of uids, the map of gids, and what happens to an owner that neither covers. */
#pragma once

#include "base/errint.h"
#include "core/idmap.h"

typedef enum {
    UNMAPPED_NOBODY,
    UNMAPPED_DENY,
    UNMAPPED_KEEP,
    UNMAPPED_SQUASH,
} UnmappedPolicy;

/* Immutable once made, so any thread may read it without a lock. */
typedef struct {
    IdMap *map[ID_KIND_COUNT];
    UnmappedPolicy unmapped;
    ShownId squash_shown[ID_KIND_COUNT]; /* UNMAPPED_SQUASH only */
    LowerId squash_lower[ID_KIND_COUNT]; /* UNMAPPED_SQUASH only */
    bool adopt_host_root;                /* hostroot=adopt */
} OwnerMap;

/* Takes over both maps, also on failure. SQUASH is read for UNMAPPED_SQUASH only and must then be
 * mapped (MAP_ERROR otherwise). Free with owner_map_free(). */
OwnerMap *owner_map_new(IdMap *uids, IdMap *gids, UnmappedPolicy unmapped,
                        const ShownId squash[ID_KIND_COUNT], bool adopt_host_root, GError **error);
void owner_map_free(OwnerMap *owners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OwnerMap, owner_map_free)

/* How the mount shows an owner: through the map, else by the policy; shown_id_none() for "nobody".
 * O(log n), no allocation, no lock, as are all below. */
ShownId owner_map_shown(const OwnerMap *owners, IdKind kind, LowerId lower);

/* What is stored for a chown to SHOWN: through the map, else by the policy.
 * -EOVERFLOW: it has no lower ID, as on a kernel idmapped mount. */
ErrInt owner_map_stored(const OwnerMap *owners, IdKind kind, ShownId shown, LowerId *ret_lower);

/* Whether hostroot=adopt takes this ID for lower ID 0: the host's 0 where no extent shows 0, and
 * lower 0 is mapped. */
bool owner_map_adopts(const OwnerMap *owners, IdKind kind, ShownId shown);

/* The owner of what a caller of this ID creates: lower ID 0 for one that is adopted, else as
 * owner_map_stored(). */
ErrInt owner_map_created(const OwnerMap *owners, IdKind kind, ShownId caller, LowerId *ret_lower);

/* Whether unmapped=deny closes an inode with these owners. */
bool owner_map_denies(const OwnerMap *owners, LowerId uid, LowerId gid);
