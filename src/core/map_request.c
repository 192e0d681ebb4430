/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the map options of a command line to an OwnerMap. */
#include "core/map_request.h"

#include "core/id_text.h"
#include "core/map_error.h"
#include "core/map_source.h"
#include "core/printable.h"

#include <string.h>

const MapPaths map_paths_default = {
    .subuid = "/etc/subuid",
    .subgid = "/etc/subgid",
    .docker_config = "/etc/docker/daemon.json",
};

/* An element of MapRequest.sources. */
typedef struct {
    const char *option; /* a constant of source_options */
    bool wanted[ID_KIND_COUNT];
    char *value;
} MapSourceOption;

static const struct {
    const char *option;
    bool wanted[ID_KIND_COUNT];
} source_options[] = {
    {"map",    {true, true} },
    {"uidmap", {true, false}},
    {"gidmap", {false, true}},
};

/* A word of an option that takes one of a few. */
typedef struct {
    const char *word;
    int meaning;
} Choice;

static const Choice layouts[] = {
    {"docker", MAP_LAYOUT_DOCKER},
    {"podman", MAP_LAYOUT_PODMAN},
};
static const Choice host_roots[] = {
    {"adopt", true },
    {"deny",  false},
};
static const Choice policies[] = {
    {"nobody", UNMAPPED_NOBODY},
    {"deny",   UNMAPPED_DENY  },
    {"keep",   UNMAPPED_KEEP  },
};

static void source_option_free(void *data)
{
    MapSourceOption *option = data;
    g_free(option->value);
    g_free(option);
}

void map_request_init(MapRequest *request)
{
    *request = (MapRequest){.sources = g_ptr_array_new_with_free_func(source_option_free)};
}

void map_request_clear(MapRequest *request)
{
    g_clear_pointer(&request->sources, g_ptr_array_unref);
    g_clear_pointer(&request->layout, g_free);
    g_clear_pointer(&request->unmapped, g_free);
    g_clear_pointer(&request->hostroot, g_free);
    request->invert = false;
}

static void replace(char **string, const char *value)
{
    g_free(*string);
    *string = g_strdup(value != NULL ? value : "");
}

bool map_request_set(MapRequest *request, const char *option, const char *value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(source_options); i++) {
        if (strcmp(option, source_options[i].option) != 0)
            continue;
        MapSourceOption *source = g_new0(MapSourceOption, 1);
        source->option = source_options[i].option;
        memcpy(source->wanted, source_options[i].wanted, sizeof(source->wanted));
        replace(&source->value, value);
        if (request->sources == NULL)
            request->sources = g_ptr_array_new_with_free_func(source_option_free);
        g_ptr_array_add(request->sources, source);
        return true;
    }
    if (strcmp(option, "layout") == 0)
        replace(&request->layout, value);
    else if (strcmp(option, "unmapped") == 0)
        replace(&request->unmapped, value);
    else if (strcmp(option, "hostroot") == 0)
        replace(&request->hostroot, value);
    else if (strcmp(option, "invert") == 0)
        request->invert = true;
    else
        return false;
    return true;
}

static bool choose(const char *word, const Choice *choices, size_t n, int *ret_meaning)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(word, choices[i].word) == 0) {
            *ret_meaning = choices[i].meaning;
            return true;
        }
    }
    return false;
}

static bool fail_choice(const char *option, const char *value, const char *right, GError **error)
{
    g_autofree char *shown = printable(value);
    return map_error_set(error, "%s=%s: no such choice\n  write one of: %s", option, shown, right);
}

typedef struct {
    MapLayout layout;
    bool adopt_host_root;
    UnmappedPolicy unmapped;
    ShownId squash[ID_KIND_COUNT];
} Settings;

static bool read_unmapped(const char *value, Settings *settings, GError **error)
{
    static const char squash[] = "squash:";

    int policy;
    if (choose(value, policies, G_N_ELEMENTS(policies), &policy)) {
        settings->unmapped = (UnmappedPolicy)policy;
        return true;
    }
    if (!g_str_has_prefix(value, squash))
        return fail_choice("unmapped", value, "nobody, deny, keep, squash:UID[:GID]", error);
    uint32_t ids[ID_KIND_COUNT];
    if (!id_text_parse_owner(value + strlen(squash), ids, NULL, error)) {
        g_autofree char *shown = printable(value);
        g_prefix_error(error, "unmapped=%s: ", shown);
        return false;
    }
    settings->unmapped = UNMAPPED_SQUASH;
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        settings->squash[kind] = shown_id(ids[kind]);
    return true;
}

static bool read_settings(const MapRequest *request, Settings *settings, GError **error)
{
    int layout = MAP_LAYOUT_DOCKER;
    if (request->layout != NULL &&
        !choose(request->layout, layouts, G_N_ELEMENTS(layouts), &layout))
        return fail_choice("layout", request->layout, "docker, podman", error);
    int adopt = true;
    if (request->hostroot != NULL &&
        !choose(request->hostroot, host_roots, G_N_ELEMENTS(host_roots), &adopt))
        return fail_choice("hostroot", request->hostroot, "adopt, deny", error);
    settings->layout = (MapLayout)layout;
    settings->adopt_host_root = adopt;
    return request->unmapped == NULL || read_unmapped(request->unmapped, settings, error);
}

static void warn_one_sided(const MapRequest *request, const ExtentList *const lists[ID_KIND_COUNT],
                           GPtrArray *warnings)
{
    static const struct {
        const char *kind;
        const char *owner;
        const char *option;
    } words[ID_KIND_COUNT] = {
        {"uid", "user",  "uidmap="},
        {"gid", "group", "gidmap="},
    };

    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        size_t n;
        extent_list_items(lists[kind], &n);
        if (n > 0)
            continue;
        g_autofree char *effect =
            request->unmapped != NULL && strcmp(request->unmapped, "keep") == 0
                ? g_strdup_printf("every %s stays as it is (unmapped=keep)", words[kind].owner)
                : g_strdup_printf("every %s is shown as nobody", words[kind].owner);
        g_ptr_array_add(warnings, g_strdup_printf("no %s map: %s; add %s", words[kind].kind, effect,
                                                  words[kind].option));
    }
}

static OwnerMap *make_owner_map(const Settings *settings,
                                const ExtentList *const lists[ID_KIND_COUNT], GError **error)
{
    IdMap *maps[ID_KIND_COUNT] = {NULL};
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        size_t n;
        const IdExtent *extents = extent_list_items(lists[kind], &n);
        maps[kind] = idmap_new(kind, extents, n, error);
        if (maps[kind] == NULL) {
            idmap_free(maps[ID_UID]);
            return NULL;
        }
    }
    return owner_map_new(maps[ID_UID], maps[ID_GID], settings->unmapped, settings->squash,
                         settings->adopt_host_root, error);
}

OwnerMap *map_request_resolve(const MapRequest *request, const MapPaths *paths, const char *lower,
                              GPtrArray *warnings, GError **error)
{
    Settings settings = {.unmapped = UNMAPPED_NOBODY};
    if (!read_settings(request, &settings, error))
        return NULL;
    if (request->sources == NULL || request->sources->len == 0) {
        map_error_set(error, "no map is given\n  add map=SOURCE, for example map=subid:USER or "
                             "map=0:100000:65536");
        return NULL;
    }

    g_autoptr(ExtentList) uids = extent_list_new();
    g_autoptr(ExtentList) gids = extent_list_new();
    for (guint i = 0; i < request->sources->len; i++) {
        const MapSourceOption *option = g_ptr_array_index(request->sources, i);
        MapSource source = {
            .option = option->option,
            .value = option->value,
            .wanted = {option->wanted[ID_UID], option->wanted[ID_GID]},
            .layout = settings.layout,
            .paths = paths,
            .lower = lower,
            .extents = {uids,                   gids                  },
            .warnings = warnings,
        };
        if (!map_source_read(&source, error))
            return NULL;
    }
    if (request->invert) {
        extent_list_invert(uids);
        extent_list_invert(gids);
    }
    const ExtentList *const lists[ID_KIND_COUNT] = {uids, gids};
    warn_one_sided(request, lists, warnings);
    return make_owner_map(&settings, lists, error);
}

static void subids_free(void *data)
{
    MapSubids *subids = data;
    g_free(subids->file);
    g_free(subids->owner);
    g_free(subids);
}

/* OWNERS is USER[:GROUP], or NULL. */
static void add_subids(GPtrArray *all, const MapSourceOption *option, IdKind kind, const char *file,
                       const char *owners)
{
    g_auto(GStrv) fields = g_strsplit(owners != NULL ? owners : "", ":", 2);
    bool by_group = kind == ID_GID && fields[0] != NULL && fields[1] != NULL;
    if (!option->wanted[kind])
        return;
    MapSubids *subids = g_new0(MapSubids, 1);
    subids->kind = kind;
    subids->file = g_strdup(file);
    subids->owner_kind = by_group ? ID_GID : ID_UID;
    subids->owner = g_strdup(by_group ? fields[1] : fields[0]);
    g_ptr_array_add(all, subids);
}

GPtrArray *map_request_subids(const MapRequest *request, const MapPaths *paths)
{
    static const char prefix[] = "subid:";
    GPtrArray *all = g_ptr_array_new_with_free_func(subids_free);

    for (guint i = 0; request->sources != NULL && i < request->sources->len; i++) {
        const MapSourceOption *option = g_ptr_array_index(request->sources, i);
        const char *value = option->value;
        const char *slash = strrchr(value, '/');
        const char *colon = *value == '/' ? strchr(slash, ':') : NULL;
        if (colon != NULL) {
            g_autofree char *file = g_strndup(value, (gsize)(colon - value));
            g_autofree char *gids = option->wanted[ID_UID]
                                        ? map_source_sibling(file, "subuid", "subgid")
                                        : g_strdup(file);
            add_subids(all, option, ID_UID, file, colon + 1);
            add_subids(all, option, ID_GID, gids, colon + 1);
        } else if (g_str_has_prefix(value, prefix) || strcmp(value, "docker") == 0) {
            const char *owners = *value == 's' ? value + strlen(prefix) : NULL;
            add_subids(all, option, ID_UID, paths->subuid, owners);
            add_subids(all, option, ID_GID, paths->subgid, owners);
        }
    }
    return all;
}
