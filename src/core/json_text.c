/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON from where it may be anything, parsed within bounds. */
#include "core/json_text.h"

#include "core/map_error.h"

#include <string.h>

/* json-glib has no limit of its own and recurses for every bracket, so a text of brackets would
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
        if (depth > JSON_TEXT_MAX_DEPTH)
            return map_error_set(error, "more than %d brackets inside each other",
                                 JSON_TEXT_MAX_DEPTH);
    }
    return true;
}

static bool parse(JsonParser *parser, const char *text, size_t length, GError **error)
{
    g_autoptr(GError) fault = NULL;
    if (json_parser_load_from_data(parser, text, (gssize)length, &fault))
        return true;
    /* The parser calls text from memory "<data>"; callers put a name before this message. */
    static const char unnamed[] = "<data>:";
    const char *message = fault->message;
    if (g_str_has_prefix(message, unnamed))
        message += strlen(unnamed);
    return map_error_set(error, "not JSON: %s", message);
}

JsonObject *json_text_object(const char *text, size_t length, size_t max, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (length > max) {
        map_error_set(error, "more than %zu bytes", max);
        return NULL;
    }
    if (memchr(text, '\0', length) != NULL || !g_utf8_validate(text, (gssize)length, NULL)) {
        map_error_set(error, "not a text in UTF-8");
        return NULL;
    }
    if (!check_shape(text, length, error) || !parse(parser, text, length, error))
        return NULL;
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        map_error_set(error, "not a JSON object");
        return NULL;
    }
    return json_node_dup_object(root);
}
