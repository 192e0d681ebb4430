/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Docker's daemon.json, as far as it says how Docker remaps. */
#include "core/docker_config.h"

#include "core/map_error.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>

/* json-glib has no limit of its own and recurses for every bracket, so a file of brackets would
 * overflow the stack. It also reads comments and single quotes, in which brackets could hide from
 * this look; JSON has neither, and Docker refuses them. */
static bool check_shape(const char *text, size_t length, GError **error)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            in_string = c != '"';
            continue;
        }
        if (c == '"')
            in_string = true;
        else if (c == '[' || c == '{')
            depth++;
        else if (c == ']' || c == '}')
            depth--;
        else if (!g_ascii_isalnum(c) && strchr(" \t\r\n:,+-.", c) == NULL)
            return map_error_set(error, "not JSON: a byte %#04x outside of strings",
                                 (unsigned)(unsigned char)c);
        if (depth > DOCKER_CONFIG_MAX_DEPTH)
            return map_error_set(error, "more than %d brackets inside each other",
                                 DOCKER_CONFIG_MAX_DEPTH);
    }
    return true;
}

static bool parse(JsonParser *parser, const char *text, size_t length, GError **error)
{
    if (length > DOCKER_CONFIG_MAX_BYTES)
        return map_error_set(error, "more than %zu bytes", DOCKER_CONFIG_MAX_BYTES);
    if (memchr(text, '\0', length) != NULL || !g_utf8_validate(text, (gssize)length, NULL))
        return map_error_set(error, "not a text in UTF-8");
    if (!check_shape(text, length, error))
        return false;

    g_autoptr(GError) fault = NULL;
    if (json_parser_load_from_data(parser, text, (gssize)length, &fault))
        return true;
    /* The parser calls text from memory "<data>"; the file's name goes before this message. */
    static const char unnamed[] = "<data>:";
    const char *message = fault->message;
    if (g_str_has_prefix(message, unnamed))
        message += strlen(unnamed);
    return map_error_set(error, "not JSON: %s", message);
}

static bool fail_no_remap(const char *what, GError **error)
{
    return map_error_set(error,
                         "%s: Docker does not remap users here\n"
                         "  if dockerd was started with --userns-remap=USER, use map=subid:USER",
                         what);
}

static char *find_remap(JsonNode *root, GError **error)
{
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        map_error_set(error, "not a JSON object");
        return NULL;
    }
    JsonNode *node = json_object_get_member(json_node_get_object(root), "userns-remap");
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
    g_autoptr(JsonParser) parser = json_parser_new();
    char *remap = NULL;
    if (parse(parser, text, length, error))
        remap = find_remap(json_parser_get_root(parser), error);
    if (remap == NULL)
        g_prefix_error(error, "%s: ", name);
    return remap;
}
