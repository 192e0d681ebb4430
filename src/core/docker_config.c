/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Docker's daemon.json, as far as it says how Docker remaps. */
#include "core/docker_config.h"

#include "core/json_text.h"
#include "core/map_error.h"

#include <stdbool.h>

static bool fail_no_remap(const char *what, GError **error)
{
    return map_error_set(error,
                         "%s: Docker does not remap users here\n"
                         "  if dockerd was started with --userns-remap=USER, use map=subid:USER",
                         what);
}

static char *find_remap(JsonObject *config, GError **error)
{
    JsonNode *node = json_object_get_member(config, "userns-remap");
    if (node == NULL) {
        fail_no_remap("no \"userns-remap\"", error);
        return NULL;
    }
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING) {
        map_error_set(error, "\"userns-remap\" is not a string");
        return NULL;
    }
    if (*json_node_get_string(node) == '\0') {
        fail_no_remap("\"userns-remap\" is empty", error);
        return NULL;
    }
    return json_node_dup_string(node);
}

char *docker_config_remap(const char *name, const char *text, size_t length, GError **error)
{
    g_autoptr(JsonObject) config = json_text_object(text, length, DOCKER_CONFIG_MAX_BYTES, error);
    char *remap = config != NULL ? find_remap(config, error) : NULL;
    if (remap == NULL)
        g_prefix_error(error, "%s: ", name);
    return remap;
}
