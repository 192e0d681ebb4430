/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests: from option strings to a map or a message, with files of the test's own. */
#pragma once

#include "core/map_request.h"

#include <string.h>

typedef struct {
    OwnerMap *owners;    /* NULL: it failed */
    char *message;       /* NULL: it did not fail */
    GPtrArray *warnings; /* of strings */
} Resolved;

static const MapPaths no_paths = {"/nonexistent/subuid", "/nonexistent/subgid",
                                  "/nonexistent/daemon.json"};

/* OPTIONS is a NULL-terminated list of "option=value" or "option". */
static inline Resolved resolve(const char *const *options, const MapPaths *paths, const char *lower)
{
    Resolved result = {.warnings = g_ptr_array_new_with_free_func(g_free)};
    MapRequest request;
    map_request_init(&request);
    for (size_t i = 0; options[i] != NULL; i++) {
        const char *equals = strchr(options[i], '=');
        char *option = equals != NULL ? g_strndup(options[i], (gsize)(equals - options[i]))
                                      : g_strdup(options[i]);
        map_request_set(&request, option, equals != NULL ? equals + 1 : NULL);
        g_free(option);
    }
    GError *error = NULL;
    result.owners = map_request_resolve(&request, paths, lower, result.warnings, &error);
    if (error != NULL)
        result.message = g_strdup(error->message);
    g_clear_error(&error);
    map_request_clear(&request);
    return result;
}

static inline Resolved resolve_one(const char *option)
{
    const char *const options[] = {option, NULL};
    return resolve(options, &no_paths, NULL);
}

static inline void resolved_clear(Resolved *result)
{
    owner_map_free(result->owners);
    g_free(result->message);
    g_ptr_array_unref(result->warnings);
}

/* "LOWER:SHOWN:COUNT ..." of one kind, in the order of the map. The caller frees. */
static inline char *map_text(const OwnerMap *owners, IdKind kind)
{
    GString *text = g_string_new(NULL);
    size_t n;
    const IdExtent *extents = idmap_extents(owners->map[kind], &n);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%u:%u:%u", i > 0 ? " " : "", extents[i].lower,
                               extents[i].shown, extents[i].count);
    return g_string_free(text, FALSE);
}

/* The test fails with the message when there is no map. */
static inline void assert_maps(const Resolved *result, const char *uids, const char *gids)
{
    if (result->owners == NULL)
        fail_msg("%s", result->message);
    char *got = map_text(result->owners, ID_UID);
    assert_string_equal(got, uids);
    g_free(got);
    got = map_text(result->owners, ID_GID);
    assert_string_equal(got, gids);
    g_free(got);
}

static inline void assert_contains(const char *text, const char *part)
{
    if (text == NULL || strstr(text, part) == NULL)
        fail_msg("\"%s\" does not contain \"%s\"", text != NULL ? text : "(success)", part);
}

static inline void assert_fails(const char *option, const char *part)
{
    Resolved result = resolve_one(option);
    assert_contains(result.message, part);
    char *prefix = g_strconcat(option, ":", NULL);
    if (!g_str_has_prefix(result.message, prefix))
        fail_msg("\"%s\" does not begin with \"%s\"", result.message, prefix);
    g_free(prefix);
    resolved_clear(&result);
}

/* Makes a file below a directory of the test's own. The caller frees the path. */
static inline char *write_file(const char *directory, const char *name, const char *text)
{
    char *path = g_build_filename(directory, name, NULL);
    if (!g_file_set_contents(path, text, -1, NULL))
        fail_msg("cannot write %s", path);
    return path;
}
