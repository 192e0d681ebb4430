/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver's state as text. */
#include "volume-driver/state_text.h"

#include "core/json_text.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/volume.h"
#include "volume-driver/volume_options.h"

#include <string.h>

enum { STATE_VERSION = 1 };

/* NULL unless the member is a string. */
static const char *get_string(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

/* NULL unless the member is an array. */
static JsonArray *get_array(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static bool read_ids(JsonArray *ids, Volume *volume, GError **error)
{
    for (guint i = 0; i < json_array_get_length(ids); i++) {
        JsonNode *node = json_array_get_element(ids, i);
        const char *id = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        if (!volume_check_id(id, error))
            return false;
        g_hash_table_add(volume->ids, g_strdup(id));
    }
    return true;
}

/* Engines read it, and Docker takes nothing of an answer in which it is wrong. */
static bool check_created(const char *created, GError **error)
{
    g_autoptr(GDateTime) time = NULL;
    if (created != NULL)
        time = g_date_time_new_from_iso8601(created, NULL);
    return time != NULL || driver_error_set(error, "\"created\" is not a time");
}

static Volume *read_volume(JsonObject *object, GError **error)
{
    const char *name = get_string(object, "name");
    const char *created = get_string(object, "created");
    JsonArray *ids = get_array(object, "mounts");
    if (!volume_check_name(name, error) || !check_created(created, error))
        return NULL;
    g_autoptr(JsonObject) options =
        volume_options_new(json_object_get_member(object, "options"), error);
    if (options == NULL)
        return NULL;
    g_autoptr(Volume) volume = volume_new(name, g_steal_pointer(&options), created);
    if (ids == NULL) {
        driver_error_set(error, "\"mounts\" is not an array");
        return NULL;
    }
    return read_ids(ids, volume, error) ? g_steal_pointer(&volume) : NULL;
}

static bool has_name(const GPtrArray *volumes, const char *name)
{
    for (guint i = 0; i < volumes->len; i++)
        if (strcmp(((Volume *)volumes->pdata[i])->name, name) == 0)
            return true;
    return false;
}

static void read_element(JsonNode *node, guint number, GPtrArray *volumes, GPtrArray *faults)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Volume) volume = NULL;
    if (JSON_NODE_HOLDS_OBJECT(node))
        volume = read_volume(json_node_get_object(node), &error);
    else
        driver_error_set(&error, "not a JSON object");
    if (volume != NULL && has_name(volumes, volume->name)) {
        driver_error_set(&error, "'%s' is there already", volume->name);
        g_clear_pointer(&volume, volume_unref);
    }
    if (volume != NULL)
        g_ptr_array_add(volumes, g_steal_pointer(&volume));
    else
        g_ptr_array_add(faults, g_strdup_printf("volume %u: %s", number, error->message));
}

bool state_text_read(const char *text, size_t length, GPtrArray *volumes, GPtrArray *faults,
                     GError **error)
{
    g_autoptr(JsonObject) state = json_text_object(text, length, STATE_TEXT_MAX_BYTES, error);
    if (state == NULL)
        return false;
    JsonArray *array = get_array(state, "volumes");
    JsonNode *version = json_object_get_member(state, "version");
    if (version == NULL || !JSON_NODE_HOLDS_VALUE(version) ||
        json_node_get_int(version) != STATE_VERSION)
        return driver_error_set(error, "\"version\" is not %d", STATE_VERSION);
    if (array == NULL)
        return driver_error_set(error, "\"volumes\" is not an array");
    for (guint i = 0; i < json_array_get_length(array); i++)
        read_element(json_array_get_element(array, i), i + 1, volumes, faults);
    return true;
}

static void add_string(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value);
}

static void write_volume(JsonBuilder *builder, const Volume *volume)
{
    GHashTableIter iter;
    void *id;
    json_builder_begin_object(builder);
    add_string(builder, "name", volume->name);
    volume_options_write(volume->options, builder);
    add_string(builder, "created", volume->created);
    json_builder_set_member_name(builder, "mounts");
    json_builder_begin_array(builder);
    g_hash_table_iter_init(&iter, volume->ids);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        json_builder_add_string_value(builder, id);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

char *state_text_write(const GPtrArray *volumes, size_t *ret_length)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "version");
    json_builder_add_int_value(builder, STATE_VERSION);
    json_builder_set_member_name(builder, "volumes");
    json_builder_begin_array(builder);
    for (guint i = 0; i < volumes->len; i++)
        write_volume(builder, volumes->pdata[i]);
    json_builder_end_array(builder);
    json_builder_end_object(builder);

    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    json_generator_set_pretty(generator, TRUE);
    json_generator_set_root(generator, root);
    return json_generator_to_data(generator, ret_length);
}
