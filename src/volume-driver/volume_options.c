/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a volume, as JSON has them and as words of a command line. */
#include "volume-driver/volume_options.h"

#include "base/cleanup.h"
#include "core/printable.h"
#include "volume-driver/driver_error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char *get(JsonObject *options, const char *name)
{
    return json_object_has_member(options, name) ? json_object_get_string_member(options, name)
                                                 : NULL;
}

/* No option of remapfs has other characters in its name. */
static bool is_name(const char *text)
{
    static const char others[] = "_-.";
    for (const char *c = text; *c != '\0'; c++)
        if (!g_ascii_isalnum(*c) && strchr(others, *c) == NULL)
            return false;
    return text[0] != '\0';
}

static bool check_option(const char *name, JsonNode *value, GError **error)
{
    if (!is_name(name)) {
        g_autofree char *shown = printable(name);
        return driver_error_set(error, "'%s': not a name of an option", shown);
    }
    if (!JSON_NODE_HOLDS_VALUE(value) || json_node_get_value_type(value) != G_TYPE_STRING)
        return driver_error_set(error, "%s: its value is not a string", name);
    if (!is_printable(json_node_get_string(value)))
        return driver_error_set(error, "%s: a control character in its value", name);
    return true;
}

static bool check_source(const char *source, GError **error)
{
    if (source == NULL)
        return driver_error_set(error, "there is no source, the directory that the volume is to "
                                       "show\n  create the volume with -o source=/DIRECTORY");
    g_auto(GStrv) components = g_strsplit(source, "/", -1);
    if (source[0] != '/' || g_strv_contains((const char *const *)components, ".."))
        return driver_error_set(error, "source=%s: not an absolute path without '..'", source);
    return true;
}

static bool check_create(const char *mode, GError **error)
{
    if (mode == NULL)
        return true;
    size_t length = strlen(mode);
    if (length < 3 || length > 4 || strspn(mode, "01234567") != length)
        return driver_error_set(error, "create=%s: not a mode of three or four octal digits", mode);
    return true;
}

static bool copy_options(JsonObject *given, JsonObject *options, GError **error)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    json_object_iter_init_ordered(&iter, given);
    while (json_object_iter_next_ordered(&iter, &name, &value)) {
        if (!check_option(name, value, error))
            return false;
        json_object_set_string_member(options, name, json_node_get_string(value));
    }
    return true;
}

JsonObject *volume_options_new(JsonNode *node, GError **error)
{
    g_autoptr(JsonObject) options = json_object_new();
    bool is_given = node != NULL && !JSON_NODE_HOLDS_NULL(node);
    if (is_given && !JSON_NODE_HOLDS_OBJECT(node)) {
        driver_error_set(error, "the options are not a JSON object");
        return NULL;
    }
    if (is_given && !copy_options(json_node_get_object(node), options, error))
        return NULL;
    if (!check_source(get(options, "source"), error) ||
        !check_create(get(options, "create"), error))
        return NULL;
    return g_steal_pointer(&options);
}

const char *volume_options_source(JsonObject *options)
{
    return get(options, "source");
}

bool volume_options_equal(JsonObject *one, JsonObject *other)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    json_object_iter_init_ordered(&iter, one);
    while (json_object_iter_next_ordered(&iter, &name, &value))
        if (g_strcmp0(json_node_get_string(value), get(other, name)) != 0)
            return false;
    return json_object_get_size(one) == json_object_get_size(other);
}

void volume_options_write(JsonObject *options, JsonBuilder *builder)
{
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    json_builder_set_member_name(builder, "options");
    json_builder_begin_object(builder);
    json_object_iter_init_ordered(&iter, options);
    while (json_object_iter_next_ordered(&iter, &name, &value)) {
        json_builder_set_member_name(builder, name);
        json_builder_add_string_value(builder, json_node_get_string(value));
    }
    json_builder_end_object(builder);
}

static bool create_source(const char *source, const char *mode, GError **error)
{
    int fd AUTO_CLOSE = -1;
    if (mkdir(source, 0700) < 0 && errno != EEXIST)
        return driver_error_set(error, "source=%s: cannot create it: %s", source,
                                g_strerror(errno));
    /* Whatever the umask is. */
    fd = open(source, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fchmod(fd, (mode_t)g_ascii_strtoull(mode, NULL, 8)) < 0)
        return driver_error_set(error, "source=%s: %s", source, g_strerror(errno));
    return true;
}

bool volume_options_prepare_source(JsonObject *options, GError **error)
{
    const char *source = volume_options_source(options);
    const char *mode = get(options, "create");
    struct stat attr;
    g_return_val_if_fail(source != NULL, false); /* volume_options_new() has seen to that */
    if (stat(source, &attr) == 0)
        return S_ISDIR(attr.st_mode) ||
               driver_error_set(error, "source=%s: not a directory", source);
    if (errno == ENOENT && mode != NULL)
        return create_source(source, mode, error);
    return driver_error_set(
        error, "source=%s: %s%s", source, g_strerror(errno),
        errno == ENOENT ? "\n  make that directory, or have it made with -o create=0755" : "");
}

static bool is_for_driver(const char *name)
{
    return strcmp(name, "source") == 0 || strcmp(name, "create") == 0;
}

bool volume_options_lack_map(JsonObject *options)
{
    return get(options, "map") == NULL && get(options, "uidmap") == NULL &&
           get(options, "gidmap") == NULL;
}

/* In a list after -o, a comma separates and a backslash quotes. */
static void append_quoted(GString *word, const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == ',' || *c == '\\')
            g_string_append_c(word, '\\');
        g_string_append_c(word, *c);
    }
}

static void add_option(GPtrArray *words, const char *name, const char *value)
{
    g_autoptr(GString) word = g_string_new(name);
    if (value[0] != '\0') {
        g_string_append_c(word, '=');
        append_quoted(word, value);
    }
    g_ptr_array_add(words, g_strdup("-o"));
    g_ptr_array_add(words, g_strdup(word->str));
}

GPtrArray *volume_options_call(JsonObject *options, const char *remapfs, const char *mountpoint)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    g_ptr_array_add(words, g_strdup(remapfs));
    if (mountpoint == NULL)
        g_ptr_array_add(words, g_strdup("--print-map"));
    json_object_iter_init_ordered(&iter, options);
    while (json_object_iter_next_ordered(&iter, &name, &value))
        if (!is_for_driver(name))
            add_option(words, name, json_node_get_string(value));
    if (volume_options_lack_map(options))
        add_option(words, "map", "docker");
    g_ptr_array_add(words, g_strdup("--"));
    g_ptr_array_add(words, g_strdup(volume_options_source(options)));
    if (mountpoint != NULL)
        g_ptr_array_add(words, g_strdup(mountpoint));
    g_ptr_array_add(words, NULL);
    return words;
}
