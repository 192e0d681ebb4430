/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A map in words, for --print-map. */
#include "core/map_table.h"

#include "core/printable.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define U32 "%" G_GUINT32_FORMAT

static const char *const kind_names[ID_KIND_COUNT] = {"uid", "gid"};

static const char *policy_name(UnmappedPolicy policy)
{
    switch (policy) {
    case UNMAPPED_DENY:
        return "deny";
    case UNMAPPED_KEEP:
        return "keep";
    case UNMAPPED_SQUASH:
        return "squash";
    case UNMAPPED_NOBODY:
        break;
    }
    return "nobody";
}

static const char *host_root_name(const OwnerMap *owners)
{
    return owners->adopt_host_root ? "adopt" : "deny";
}

static char *range_text(uint32_t first, uint32_t count)
{
    if (count == 1)
        return g_strdup_printf(U32, first);
    return g_strdup_printf(U32 "-" U32, first, first + (count - 1));
}

static void add_row(GString *text, const char *lower, const char *shown, const char *kind,
                    const char *source)
{
    /* Two IDs of ten digits and a hyphen. */
    g_string_append_printf(text, "%-21s  %-21s  %-4s  %s\n", lower, shown, kind, source);
}

static void add_rows(GString *text, const OwnerMap *owners, IdKind kind)
{
    size_t n;
    const IdExtent *extents = idmap_extents(owners->map[kind], &n);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *lower = range_text(extents[i].lower, extents[i].count);
        g_autofree char *shown = range_text(extents[i].shown, extents[i].count);
        g_autofree char *origin = id_extent_origin(&extents[i]);
        g_autofree char *source = printable(origin);
        add_row(text, lower, shown, kind_names[kind], source);
    }
}

static void add_direction(GString *text, const OwnerMap *owners)
{
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        size_t n;
        const IdExtent *extents = idmap_extents(owners->map[kind], &n);
        if (n == 0)
            continue;
        g_string_append_printf(text, "a file of lower %s " U32 " is shown as host %s " U32 "\n",
                               kind_names[kind], extents->lower, kind_names[kind], extents->shown);
        return;
    }
}

static void add_policy(GString *text, const OwnerMap *owners)
{
    static const char *const meanings[] = {
        [UNMAPPED_NOBODY] = "is shown as nobody",
        [UNMAPPED_DENY] = "is shown as nobody, its files closed to all",
        [UNMAPPED_KEEP] = "is itself if the map does not use that ID, else nobody",
    };

    g_string_append(text, "an owner that no range covers ");
    if (owners->unmapped == UNMAPPED_SQUASH)
        g_string_append_printf(text, "is shown as uid " U32 ", gid " U32,
                               owners->squash_shown[ID_UID].value,
                               owners->squash_shown[ID_GID].value);
    else
        g_string_append(text, meanings[owners->unmapped]);
    g_string_append_printf(text, "\n  unmapped=%s, hostroot=%s\n", policy_name(owners->unmapped),
                           host_root_name(owners));
}

static bool is_covered(const OwnerMap *owners, IdKind kind, LowerId lower)
{
    ShownId shown;
    return idmap_to_shown(owners->map[kind], lower, &shown);
}

static void add_owner(GString *text, const OwnerMap *owners, const LowerOwner *owner)
{
    const LowerId ids[ID_KIND_COUNT] = {owner->uid, owner->gid};
    g_autofree char *path = printable(owner->path);

    g_string_append_printf(text, "%s is of lower uid " U32 ", gid " U32 ", shown as", path,
                           owner->uid.value, owner->gid.value);
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        ShownId shown = owner_map_shown(owners, kind, ids[kind]);
        g_string_append_printf(text, "%s %s ", kind == ID_UID ? "" : ",", kind_names[kind]);
        if (shown_id_is_none(shown))
            g_string_append(text, "nobody");
        else
            g_string_append_printf(text, U32, shown.value);
    }
    g_string_append_c(text, '\n');
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        if (!is_covered(owners, kind, ids[kind]))
            g_string_append_printf(text,
                                   "warning: %s " U32 ", the owner of %s, is unmapped\n"
                                   "  add a range that covers it:  %smap=" U32 ":SHOWN:1\n",
                                   kind_names[kind], ids[kind].value, path, kind_names[kind],
                                   ids[kind].value);
}

static bool is_auto(const MapEngine *engine)
{
    return strcmp(engine->name, "auto") == 0;
}

static void add_engine(GString *text, const MapEngine *engine)
{
    g_string_append_printf(text, "engine=%s: ", engine->name);
    if (engine->refusal == NULL)
        g_string_append(text, "the kernel can mount by this map\n");
    else
        g_string_append_printf(text, "%s, since %s\n", is_auto(engine) ? "fuse" : "no mount",
                               engine->refusal);
}

char *map_table_text(const OwnerMap *owners, const LowerOwner *owner, const MapEngine *engine)
{
    GString *text = g_string_new(NULL);
    add_row(text, "LOWER", "SHOWN", "KIND", "SOURCE");
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        add_rows(text, owners, kind);
    g_string_append_c(text, '\n');
    add_direction(text, owners);
    add_policy(text, owners);
    if (owner != NULL)
        add_owner(text, owners, owner);
    if (engine != NULL && engine->name != NULL)
        add_engine(text, engine);
    return g_string_free(text, /* free_segment = */ FALSE);
}

static void set_number(JsonBuilder *json, const char *name, uint32_t number)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, number);
}

static void set_text(JsonBuilder *json, const char *name, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, valid);
}

static void set_extents(JsonBuilder *json, const OwnerMap *owners, IdKind kind)
{
    size_t n;
    const IdExtent *extents = idmap_extents(owners->map[kind], &n);
    json_builder_set_member_name(json, kind_names[kind]);
    json_builder_begin_array(json);
    for (size_t i = 0; i < n; i++) {
        json_builder_begin_object(json);
        set_number(json, "lower", extents[i].lower);
        set_number(json, "shown", extents[i].shown);
        set_number(json, "count", extents[i].count);
        set_text(json, "source", extents[i].source);
        if (extents[i].line > 0)
            set_number(json, "line", extents[i].line);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void set_owner_id(JsonBuilder *json, const OwnerMap *owners, IdKind kind, LowerId lower)
{
    ShownId shown = owner_map_shown(owners, kind, lower);
    json_builder_set_member_name(json, kind_names[kind]);
    json_builder_begin_object(json);
    set_number(json, "lower", lower.value);
    if (shown_id_is_none(shown)) {
        json_builder_set_member_name(json, "shown");
        json_builder_add_null_value(json);
    } else {
        set_number(json, "shown", shown.value);
    }
    json_builder_end_object(json);
}

static void set_owner(JsonBuilder *json, const OwnerMap *owners, const LowerOwner *owner)
{
    json_builder_set_member_name(json, "lower");
    json_builder_begin_object(json);
    set_text(json, "path", owner->path);
    set_owner_id(json, owners, ID_UID, owner->uid);
    set_owner_id(json, owners, ID_GID, owner->gid);
    json_builder_set_member_name(json, "mapped");
    json_builder_add_boolean_value(json, is_covered(owners, ID_UID, owner->uid) &&
                                             is_covered(owners, ID_GID, owner->gid));
    json_builder_end_object(json);
}

static void set_engine(JsonBuilder *json, const MapEngine *engine)
{
    json_builder_set_member_name(json, "engine");
    json_builder_begin_object(json);
    set_text(json, "asked", engine->name);
    if (engine->refusal == NULL) {
        set_text(json, "used", "kernel");
    } else {
        json_builder_set_member_name(json, "used");
        if (is_auto(engine))
            json_builder_add_string_value(json, "fuse");
        else
            json_builder_add_null_value(json);
        set_text(json, "reason", engine->refusal);
    }
    json_builder_end_object(json);
}

char *map_table_json(const OwnerMap *owners, const LowerOwner *owner, const MapEngine *engine)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        set_extents(json, owners, kind);
    set_text(json, "unmapped", policy_name(owners->unmapped));
    if (owners->unmapped == UNMAPPED_SQUASH) {
        json_builder_set_member_name(json, "squash");
        json_builder_begin_object(json);
        for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
            set_number(json, kind_names[kind], owners->squash_shown[kind].value);
        json_builder_end_object(json);
    }
    set_text(json, "hostroot", host_root_name(owners));
    if (owner != NULL)
        set_owner(json, owners, owner);
    if (engine != NULL && engine->name != NULL)
        set_engine(json, engine);
    json_builder_end_object(json);

    JsonNode *root = json_builder_get_root(json);
    g_autofree char *line = json_to_string(root, /* pretty = */ FALSE);
    json_node_unref(root);
    return g_strconcat(line, "\n", NULL);
}
