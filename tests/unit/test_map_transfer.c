/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A map that was packed and unpacked is the same, and a wrong one is refused. */
#include "cmocka_all.h"
#include "core/map_error.h"
#include "core/map_transfer.h"
#include "resolve.h"

#include <glib/gstdio.h>

static OwnerMap *transfer(const OwnerMap *owners, GError **error)
{
    g_autoptr(GVariant) packed = g_variant_ref_sink(map_transfer_pack(owners));

    assert_true(g_variant_is_of_type(packed, G_VARIANT_TYPE(MAP_TRANSFER_TYPE)));
    return map_transfer_unpack(packed, error);
}

static void assert_same_extents(const IdMap *map, const IdMap *expected)
{
    size_t n;
    size_t n_expected;
    const IdExtent *extents = idmap_extents(map, &n);
    const IdExtent *expected_extents = idmap_extents(expected, &n_expected);

    assert_int_equal(n, n_expected);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(extents[i].lower, expected_extents[i].lower);
        assert_int_equal(extents[i].shown, expected_extents[i].shown);
        assert_int_equal(extents[i].count, expected_extents[i].count);
        assert_int_equal(extents[i].line, expected_extents[i].line);
        assert_string_equal(extents[i].source, expected_extents[i].source);
    }
}

static void assert_same(const OwnerMap *owners, const OwnerMap *expected)
{
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        assert_same_extents(owners->map[kind], expected->map[kind]);
        if (expected->unmapped != UNMAPPED_SQUASH)
            continue;
        assert_int_equal(owners->squash_shown[kind].value, expected->squash_shown[kind].value);
        assert_int_equal(owners->squash_lower[kind].value, expected->squash_lower[kind].value);
    }
    assert_int_equal(owners->unmapped, expected->unmapped);
    assert_int_equal(owners->adopt_host_root, expected->adopt_host_root);
}

static const char *const same_cases[][5] = {
    {"map=0:100000:65536"},
    {                                "map=0:100000:65536",         "hostroot=deny"},
    {                       "uidmap=0:4294967294:1:7:0:3", "gidmap=5:2147483648:10"},
    {            "uidmap=0:100:10",   "gidmap=0:200:20", "unmapped=squash:103:204"},
    {                   "map=0:100:10",                            "unmapped=keep"},
    { "map=0:100:10",                             "unmapped=deny", "hostroot=deny"},
};

static void test_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(same_cases); i++) {
        Resolved result = resolve(same_cases[i], &no_paths, NULL);
        assert_non_null(result.owners);
        OwnerMap *owners = transfer(result.owners, NULL);
        assert_non_null(owners);
        assert_same(owners, result.owners);
        owner_map_free(owners);
        resolved_clear(&result);
    }
}

/* The place in a file is kept, for messages. */
static void test_line(void **state)
{
    char *directory = g_dir_make_tmp(NULL, NULL);
    char *path = write_file(directory, "map", "# comment\n0 100 10\n\n20 300 5\n");
    char *option = g_strconcat("uidmap=", path, NULL);
    const char *const options[] = {option, "gidmap=0:0:1", NULL};
    Resolved result = resolve(options, &no_paths, NULL);
    size_t n;

    (void)state;
    assert_non_null(result.owners);
    OwnerMap *owners = transfer(result.owners, NULL);
    assert_same(owners, result.owners);
    assert_int_equal(idmap_extents(owners->map[ID_UID], &n)[1].line, 4);
    owner_map_free(owners);
    resolved_clear(&result);
    g_unlink(path);
    g_rmdir(directory);
    g_free(option);
    g_free(path);
    g_free(directory);
}

/* As text of a GVariant, see GVariant's text format. */
static const struct {
    const char *packed;
    const char *message;
} bad_cases[] = {
    {"(0, true, 0, 0, [(0, 100, 10, 0, 'a'), (5, 200, 10, 0, 'b')], [(0, 0, 1, 0, 'c')])",
     "overlap"                                                                                         },
    {"(0, true, 0, 0, [(0, 0, 1, 0, 'a')], [(0, 100, 10, 0, 'b'), (50, 105, 1, 0, 'c')])",
     "overlap"                                                                                         },
    {"(0, true, 0, 0, [(0, 0, 1, 0, 'a')], [(0, 4294967290, 10, 0, 'b')])",                "4294967294"},
    {"(0, true, 0, 0, [(0, 0, 0, 0, 'a')], [(0, 0, 1, 0, 'b')])",                          ""          },
    {"(3, true, 7, 0, [(0, 0, 1, 0, 'a')], [(0, 0, 1, 0, 'b')])",                          "7"         },
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad_cases); i++) {
        GError *error = NULL;
        GVariant *packed = g_variant_parse(G_VARIANT_TYPE(MAP_TRANSFER_TYPE), bad_cases[i].packed,
                                           NULL, NULL, &error);
        assert_null(error);
        assert_null(map_transfer_unpack(packed, &error));
        assert_true(g_error_matches(error, MAP_ERROR, MAP_ERROR_INVALID));
        assert_contains(error->message, bad_cases[i].message);
        g_clear_error(&error);
        g_variant_unref(packed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
