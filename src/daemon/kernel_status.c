/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --status of a mount that has no daemon. */
#include "daemon/kernel_status.h"

#include "kernel-mount/mount_facts.h"

static void set_text(JsonObject *object, const char *name, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    json_object_set_string_member(object, name, valid);
}

static JsonArray *extents_json(const GArray *extents)
{
    JsonArray *array = json_array_new();

    for (guint i = 0; i < extents->len; i++) {
        const FactExtent *extent = &g_array_index(extents, FactExtent, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "lower", extent->lower);
        json_object_set_int_member(object, "shown", extent->shown);
        json_object_set_int_member(object, "count", extent->count);
        json_array_add_object_element(array, object);
    }
    return array;
}

/* NULL: the kernel does not tell it. */
static JsonObject *map_json(const MountFacts *facts)
{
    JsonObject *map;

    if (facts->extents[ID_UID] == NULL || facts->extents[ID_GID] == NULL)
        return NULL;
    map = json_object_new();
    json_object_set_array_member(map, "uid", extents_json(facts->extents[ID_UID]));
    json_object_set_array_member(map, "gid", extents_json(facts->extents[ID_GID]));
    set_text(map, "unmapped", "nobody");
    set_text(map, "hostroot", "deny");
    return map;
}

JsonObject *kernel_status(const char *mountpoint)
{
    g_autoptr(MountFacts) facts = mount_facts_read(mountpoint);
    const MountLine *line;
    JsonObject *status;
    JsonObject *map;

    if (facts == NULL)
        return NULL;
    line = mount_facts_line(facts);
    status = json_object_new();
    set_text(status, "engine", "kernel");
    set_text(status, "type", line->type);
    set_text(status, "source", line->source);
    set_text(status, "directory", line->root);
    set_text(status, "options", line->options);
    map = map_json(facts);
    if (map != NULL)
        json_object_set_object_member(status, "map", map);
    else
        json_object_set_null_member(status, "map");
    return status;
}
