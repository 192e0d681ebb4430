/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map of uids, the map of gids, and what happens to an owner that neither covers. */
#include "core/ownermap.h"

#include "core/map_error.h"

#include <errno.h>

OwnerMap *owner_map_new(IdMap *uids, IdMap *gids, UnmappedPolicy unmapped,
                        const ShownId squash[ID_KIND_COUNT], bool adopt_host_root, GError **error)
{
    static const char *const kind_names[ID_KIND_COUNT] = {"uid", "gid"};

    g_autoptr(OwnerMap) owners = g_new0(OwnerMap, 1);
    owners->map[ID_UID] = uids;
    owners->map[ID_GID] = gids;
    owners->unmapped = unmapped;
    owners->adopt_host_root = adopt_host_root;
    if (unmapped != UNMAPPED_SQUASH)
        return g_steal_pointer(&owners);

    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        owners->squash_shown[kind] = squash[kind];
        if (!idmap_to_lower(owners->map[kind], squash[kind], &owners->squash_lower[kind])) {
            map_error_set(error,
                          "unmapped=squash: no range shows %s %" G_GUINT32_FORMAT
                          "\n  name a UID and a GID of the shown side, so that what is squashed "
                          "has an owner to be stored as",
                          kind_names[kind], squash[kind].value);
            return NULL;
        }
    }
    return g_steal_pointer(&owners);
}

void owner_map_free(OwnerMap *owners)
{
    if (owners == NULL)
        return;
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        idmap_free(owners->map[kind]);
    g_free(owners);
}

/* unmapped=keep lets a number through unchanged only where that cannot make two owners of one
 * side the same on the other: neither side of the map may use it. */
static bool number_is_free(const IdMap *map, uint32_t number)
{
    LowerId lower;
    ShownId shown;
    return number <= ID_MAX && !idmap_to_shown(map, lower_id(number), &shown) &&
           !idmap_to_lower(map, shown_id(number), &lower);
}

ShownId owner_map_shown(const OwnerMap *owners, IdKind kind, LowerId lower)
{
    const IdMap *map = owners->map[kind];
    ShownId shown;
    if (idmap_to_shown(map, lower, &shown))
        return shown;

    switch (owners->unmapped) {
    case UNMAPPED_KEEP:
        return number_is_free(map, lower.value) ? shown_id(lower.value) : shown_id_none();
    case UNMAPPED_SQUASH:
        return owners->squash_shown[kind];
    case UNMAPPED_NOBODY:
    case UNMAPPED_DENY:
        break;
    }
    return shown_id_none();
}

ErrInt owner_map_stored(const OwnerMap *owners, IdKind kind, ShownId shown, LowerId *ret_lower)
{
    const IdMap *map = owners->map[kind];
    if (idmap_to_lower(map, shown, ret_lower))
        return 0;

    switch (owners->unmapped) {
    case UNMAPPED_KEEP:
        if (!number_is_free(map, shown.value))
            return -EOVERFLOW;
        *ret_lower = lower_id(shown.value);
        return 0;
    case UNMAPPED_SQUASH:
        /* "No ID" is not an owner that lacks a lower ID but the absence of one. */
        if (shown_id_is_none(shown))
            return -EOVERFLOW;
        *ret_lower = owners->squash_lower[kind];
        return 0;
    case UNMAPPED_NOBODY:
    case UNMAPPED_DENY:
        break;
    }
    return -EOVERFLOW;
}

bool owner_map_adopts(const OwnerMap *owners, IdKind kind, ShownId shown)
{
    const IdMap *map = owners->map[kind];
    LowerId lower;
    ShownId root;
    return owners->adopt_host_root && shown.value == 0 && !idmap_to_lower(map, shown, &lower) &&
           idmap_to_shown(map, lower_id(0), &root);
}

ErrInt owner_map_created(const OwnerMap *owners, IdKind kind, ShownId caller, LowerId *ret_lower)
{
    if (owner_map_adopts(owners, kind, caller)) {
        *ret_lower = lower_id(0);
        return 0;
    }
    return owner_map_stored(owners, kind, caller, ret_lower);
}

bool owner_map_denies(const OwnerMap *owners, LowerId uid, LowerId gid)
{
    ShownId shown;
    return owners->unmapped == UNMAPPED_DENY &&
           (!idmap_to_shown(owners->map[ID_UID], uid, &shown) ||
            !idmap_to_shown(owners->map[ID_GID], gid, &shown));
}
