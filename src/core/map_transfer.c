/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As a GVariant, whose bytes are good on the same machine. */
#include "core/map_transfer.h"

#include "core/extent_list.h"

static GVariant *pack_extents(const IdMap *map)
{
    GVariantBuilder builder;
    size_t n;
    const IdExtent *extents = idmap_extents(map, &n);

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(uuuus)"));
    for (size_t i = 0; i < n; i++) {
        /* A GVariant holds UTF-8 only; this is for tables and messages. */
        g_autofree char *source = g_utf8_make_valid(extents[i].source, -1);
        g_variant_builder_add(&builder, "(uuuus)", extents[i].lower, extents[i].shown,
                              extents[i].count, (guint32)extents[i].line, source);
    }
    return g_variant_builder_end(&builder);
}

GVariant *map_transfer_pack(const OwnerMap *owners)
{
    return g_variant_new("(ubuu@a(uuuus)@a(uuuus))", (guint32)owners->unmapped,
                         owners->adopt_host_root, owners->squash_shown[ID_UID].value,
                         owners->squash_shown[ID_GID].value, pack_extents(owners->map[ID_UID]),
                         pack_extents(owners->map[ID_GID]));
}

static IdMap *unpack_extents(IdKind kind, GVariantIter *packed, GError **error)
{
    g_autoptr(ExtentList) list = extent_list_new();
    const char *source;
    guint32 line;
    IdExtent extent;
    size_t n;

    while (g_variant_iter_next(packed, "(uuuu&s)", &extent.lower, &extent.shown, &extent.count,
                               &line, &source)) {
        extent.line = line;
        extent.source = g_ref_string_new_intern(source);
        bool added = extent_list_add(list, &extent, error);
        g_ref_string_release(extent.source);
        if (!added)
            return NULL;
    }
    const IdExtent *extents = extent_list_items(list, &n);
    return idmap_new(kind, extents, n, error);
}

OwnerMap *map_transfer_unpack(GVariant *packed, GError **error)
{
    g_autoptr(GVariantIter) uids = NULL;
    g_autoptr(GVariantIter) gids = NULL;
    guint32 unmapped;
    gboolean adopt_host_root;
    ShownId squash[ID_KIND_COUNT];

    g_variant_get(packed, MAP_TRANSFER_TYPE, &unmapped, &adopt_host_root, &squash[ID_UID].value,
                  &squash[ID_GID].value, &uids, &gids);
    g_autoptr(IdMap) uid_map = unpack_extents(ID_UID, uids, error);
    g_autoptr(IdMap) gid_map = uid_map != NULL ? unpack_extents(ID_GID, gids, error) : NULL;
    if (gid_map == NULL)
        return NULL;
    return owner_map_new(g_steal_pointer(&uid_map), g_steal_pointer(&gid_map),
                         (UnmappedPolicy)unmapped, squash, adopt_host_root, error);
}
