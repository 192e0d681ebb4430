/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the first byte selects a parser, the rest is its input. */
#include "base/number.h"
#include "core/docker_config.h"
#include "core/line_reader.h"
#include "core/map_error.h"
#include "core/map_request.h"
#include "core/map_table.h"
#include "core/source_subid.h"
#include "core/subid.h"
#include "core/uidmap_file.h"
#include "requirement.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every error has a message that the daemon can print as it is. */
static void check_error(GError *error)
{
    require(error != NULL && error->domain == MAP_ERROR && *error->message != '\0');
    require(error->message[strlen(error->message) - 1] != '\n');
    g_error_free(error);
}

static void check_id(const IdMap *map, uint32_t id)
{
    LowerId lower;
    ShownId shown;
    if (idmap_to_shown(map, lower_id(id), &shown)) {
        require(id <= ID_MAX && shown.value <= ID_MAX);
        require(idmap_to_lower(map, shown, &lower) && lower.value == id);
    }
    if (idmap_to_lower(map, shown_id(id), &lower)) {
        require(id <= ID_MAX && lower.value <= ID_MAX);
        require(idmap_to_shown(map, lower, &shown) && shown.value == id);
    }
}

/* One-to-one, at and around every edge of every extent. */
static void check_map(const IdMap *map)
{
    size_t n;
    const IdExtent *extents = idmap_extents(map, &n);
    for (size_t i = 0; i < n; i++) {
        const IdExtent *extent = &extents[i];
        ShownId shown;
        require(extent->count > 0);
        require(idmap_to_shown(map, lower_id(extent->lower), &shown));
        require(shown.value == extent->shown);
        for (uint32_t step = 0; step < 3; step++) {
            check_id(map, extent->lower - 1 + step);
            check_id(map, extent->shown - 1 + step);
            check_id(map, extent->lower + extent->count - 2 + step);
            check_id(map, extent->shown + extent->count - 2 + step);
        }
    }
    static const uint32_t edges[] = {0, 65534, 2147483647, 2147483648, ID_MAX, ID_NONE};
    for (size_t i = 0; i < G_N_ELEMENTS(edges); i++)
        check_id(map, edges[i]);
}

static void check_list(const ExtentList *list)
{
    size_t n;
    const IdExtent *extents = extent_list_items(list, &n);
    require(n > 0);
    GError *error = NULL;
    g_autoptr(IdMap) map = idmap_new(ID_UID, extents, n, &error);
    if (map == NULL)
        check_error(error);
    else
        check_map(map);
}

static void fuzz_number(const char *text, size_t length)
{
    uint32_t number;
    if (number_parse(text, length, ID_MAX, &number) != 0)
        return;
    g_autofree char *copy = g_strndup(text, length);
    require(strspn(copy, "0123456789") == length && length > 0);
    require(g_ascii_strtoull(copy, NULL, 10) == number && number <= ID_MAX);
}

static void resolve(const char *option, const char *value)
{
    static const MapPaths paths = {"/dev/null", "/dev/null", "/dev/null"};
    MapRequest request;
    map_request_init(&request);
    if (!map_request_set(&request, option, value) || request.sources->len == 0)
        map_request_set(&request, "map", "0:100000:65536");
    GPtrArray *warnings = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    OwnerMap *owners = map_request_resolve(&request, &paths, "/", warnings, &error);
    if (owners == NULL) {
        check_error(error);
    } else {
        const LowerOwner owner = {"/", lower_id(0), lower_id(65534)};
        check_map(owners->map[ID_UID]);
        check_map(owners->map[ID_GID]);
        g_free(map_table_text(owners, &owner, NULL));
        g_free(map_table_json(owners, &owner, NULL));
    }
    owner_map_free(owners);
    g_ptr_array_unref(warnings);
    map_request_clear(&request);
}

static void fuzz_literal(const char *text, size_t length)
{
    g_autofree char *value = g_strndup(text, length);
    /* Sources that look outside of VALUE make a run depend on the machine. */
    if (*value != '/' && !g_str_has_prefix(value, "pid:") && !g_str_has_prefix(value, "userns:"))
        resolve("map", value);
}

static void fuzz_option(const char *text, size_t length)
{
    g_autofree char *option = g_strndup(text, length);
    char *equals = strchr(option, '=');
    if (equals != NULL)
        *equals++ = '\0';
    if (equals == NULL || (*equals != '/' && !g_str_has_prefix(equals, "pid:") &&
                           !g_str_has_prefix(equals, "userns:")))
        resolve(option, equals);
}

static void fuzz_subid(const char *text, size_t length)
{
    char name[] = "bob";
    const Account bob = {.kind = ID_UID, .given = name, .name = name, .has_id = true, .id = 1000};
    for (MapLayout layout = MAP_LAYOUT_DOCKER; layout <= MAP_LAYOUT_PODMAN; layout++) {
        const SubidRules rules = {.layout = layout, .own_id = bob.id};
        GError *error = NULL;
        bool order_matters;
        g_autoptr(ExtentList) list = extent_list_new();
        g_autoptr(LineReader) reader = line_reader_new("subuid", text, length, &error);
        if (reader != NULL && subid_parse(reader, &bob, &rules, list, &order_matters, &error))
            check_list(list);
        else
            check_error(error);
    }
}

static void fuzz_uidmap(const char *text, size_t length)
{
    GError *error = NULL;
    g_autoptr(ExtentList) list = extent_list_new();
    g_autoptr(LineReader) reader = line_reader_new("uid_map", text, length, &error);
    if (reader != NULL && uidmap_file_parse(reader, list, &error))
        check_list(list);
    else
        check_error(error);
}

static void fuzz_docker(const char *text, size_t length)
{
    GError *error = NULL;
    g_autofree char *remap = docker_config_remap("daemon.json", text, length, &error);
    if (remap == NULL)
        check_error(error);
    else
        require(*remap != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(const char *, size_t) = {
        fuzz_number, fuzz_literal, fuzz_subid, fuzz_uidmap, fuzz_docker, fuzz_option,
    };
    /* '0' to '5', so that a corpus can be written by hand. */
    if (size < 1 || data[0] < '0' || data[0] - '0' >= (int)G_N_ELEMENTS(targets))
        return 0;
    targets[data[0] - '0']((const char *)data + 1, size - 1);
    return 0;
}
