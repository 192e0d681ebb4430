/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map of one kind: bounds, overlaps, both directions. */
#include "cmocka_all.h"
#include "core/idmap.h"
#include "core/map_error.h"

#include <string.h>
#include <time.h>

#define MAX_EXTENTS 6

typedef struct {
    uint32_t lower, shown, count;
} Triple;

/* Every extent of a test map reads "maps:N" with N from 1. */
static IdMap *make(const Triple *triples, size_t n, GError **error)
{
    GRefString *source = g_ref_string_new("maps");
    IdExtent *extents = g_new(IdExtent, n);
    for (size_t i = 0; i < n; i++)
        extents[i] = (IdExtent){triples[i].lower, triples[i].shown, triples[i].count,
                                (unsigned)i + 1, source};
    IdMap *map = idmap_new(ID_UID, extents, n, error);
    g_free(extents);
    g_ref_string_release(source);
    return map;
}

/* The example of subuid(5) lines bob:10000:65536 and bob:220000:6000. */
static const Triple docker[] = {
    {0,     10000,  65536},
    {65536, 220000, 6000 },
};
static const Triple podman[] = {
    {0,     1000,   1    },
    {1,     10000,  65536},
    {65537, 220000, 6000 },
};
static const Triple extreme[] = {
    {0,          2147483647, 1         },
    {1,          4294967294, 1         },
    {65534,      65534,      1         },
    {4294967294, 0,          1         },
    {2147483648, 2147483648, 2147483646},
};
static const Triple whole[] = {
    {0, 0, 4294967295},
};

static const struct {
    const Triple *map;
    size_t n;
    uint32_t lower;
    bool mapped;
    uint32_t shown;
} lookups[] = {
    {docker,  2, 0,          true,  10000     },
    {docker,  2, 1000,       true,  11000     },
    {docker,  2, 65535,      true,  75535     },
    {docker,  2, 65536,      true,  220000    },
    {docker,  2, 71535,      true,  225999    },
    {docker,  2, 71536,      false, 0         },
    {docker,  2, 4294967294, false, 0         },
    {docker,  2, 4294967295, false, 0         },
    {podman,  3, 0,          true,  1000      },
    {podman,  3, 1,          true,  10000     },
    {podman,  3, 1001,       true,  11000     },
    {podman,  3, 65536,      true,  75535     },
    {podman,  3, 65537,      true,  220000    },
    {podman,  3, 71536,      true,  225999    },
    {podman,  3, 71537,      false, 0         },
    {extreme, 3, 0,          true,  2147483647},
    {extreme, 3, 1,          true,  4294967294},
    {extreme, 3, 2,          false, 0         },
    {extreme, 3, 65533,      false, 0         },
    {extreme, 3, 65534,      true,  65534     },
    {extreme, 3, 65535,      false, 0         },
    {extreme, 4, 4294967294, true,  0         },
    {extreme, 4, 4294967295, false, 0         },
    {whole,   1, 0,          true,  0         },
    {whole,   1, 2147483648, true,  2147483648},
    {whole,   1, 4294967294, true,  4294967294},
    {whole,   1, 4294967295, false, 0         },
};

static void test_lookups(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(lookups); i++) {
        GError *error = NULL;
        IdMap *map = make(lookups[i].map, lookups[i].n, &error);
        assert_non_null(map);
        ShownId shown = shown_id(77);
        assert_int_equal(idmap_to_shown(map, lower_id(lookups[i].lower), &shown),
                         lookups[i].mapped);
        assert_int_equal(shown.value, lookups[i].mapped ? lookups[i].shown : 77);
        if (lookups[i].mapped) {
            LowerId lower;
            assert_true(idmap_to_lower(map, shown, &lower));
            assert_int_equal(lower.value, lookups[i].lower);
        }
        idmap_free(map);
    }
}

static const struct {
    Triple triples[3];
    size_t n;
    const char *message; /* NULL: the map is good */
} validity[] = {
    {{{0, 100, 10}, {10, 110, 10}},                   2, NULL                                                                },
    {{{0, 100, 10}, {5, 200, 10}},                    2, "overlap on the lower side: 0-9 (maps:1) and 5-14 (maps:2)"         },
    {{{0, 100, 10}, {50, 105, 1}},
     2,                                                  "overlap on the shown side: 100-109 (maps:1) and 105 (maps:2)"      },
    {{{0, 100, 10}, {9, 200, 1}},                     2, "overlap on the lower side"                                         },
    {{{9, 100, 10}, {0, 200, 10}},                    2, "9-18 (maps:1) and 0-9 (maps:2)"                                    },
    {{{0, 100, 10}, {0, 100, 10}},                    2, "overlap on the lower side"                                         },
    {{{0, 109, 1}, {1, 100, 10}},                     2, "overlap on the shown side"                                         },
    {{{0, 0, 1000}, {2000, 2000, 5}, {500, 5000, 1}}, 3, "0-999 (maps:1) and 500 (maps:3)"                                   },
    {{{0, 0, 0}},                                     1, "maps:1: COUNT is 0"                                                },
    {{{4294967294, 0, 1}},                            1, NULL                                                                },
    {{{4294967294, 0, 2}},                            1, "maps:1: the lower range of 2 IDs from 4294967294 passes 4294967294"},
    {{{4294967295, 0, 1}},                            1, "the lower range"                                                   },
    {{{0, 4294967294, 2}},                            1, "the shown range of 2 IDs from 4294967294 passes"                   },
    {{{0, 4294967295, 1}},                            1, "the shown range"                                                   },
    {{{0, 0, 4294967295}},                            1, NULL                                                                },
    {{{1, 0, 4294967295}},                            1, "the lower range"                                                   },
    {{{0, 1, 4294967295}},                            1, "the shown range"                                                   },
    {{{4294967290, 10, 4294967295}},                  1, "the lower range"                                                   },
};

static void test_validity(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(validity); i++) {
        GError *error = NULL;
        IdMap *map = make(validity[i].triples, validity[i].n, &error);
        if (validity[i].message == NULL) {
            assert_non_null(map);
            assert_null(error);
        } else {
            assert_null(map);
            assert_true(g_error_matches(error, MAP_ERROR, MAP_ERROR_INVALID));
            if (strstr(error->message, validity[i].message) == NULL)
                fail_msg("\"%s\" lacks \"%s\"", error->message, validity[i].message);
        }
        g_clear_error(&error);
        idmap_free(map);
    }
}

static void test_empty(void **state)
{
    (void)state;
    IdMap *map = idmap_new(ID_GID, NULL, 0, NULL);
    assert_non_null(map);
    ShownId shown;
    LowerId lower;
    assert_false(idmap_to_shown(map, lower_id(0), &shown));
    assert_false(idmap_to_lower(map, shown_id(0), &lower));
    size_t n = 9;
    idmap_extents(map, &n);
    assert_int_equal(n, 0);
    idmap_free(map);
    idmap_free(NULL);
}

static void test_order_is_kept(void **state)
{
    (void)state;
    static const Triple given[] = {
        {500, 0,  5},
        {0,   90, 5},
        {100, 50, 5},
    };
    IdMap *map = make(given, 3, NULL);
    size_t n;
    const IdExtent *extents = idmap_extents(map, &n);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(extents[i].lower, given[i].lower);
        assert_int_equal(extents[i].line, i + 1);
        assert_string_equal(extents[i].source, "maps");
    }
    idmap_free(map);
}

/* The model: look at every extent, one ID at a time. */
static bool naive(const Triple *map, size_t n, bool to_shown, uint64_t id, uint32_t *ret_id)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t from = to_shown ? map[i].lower : map[i].shown;
        uint64_t to = to_shown ? map[i].shown : map[i].lower;
        if (id >= from && id < from + map[i].count) {
            *ret_id = (uint32_t)(to + (id - from));
            return true;
        }
    }
    return false;
}

static bool naive_is_valid(const Triple *map, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (map[i].count == 0 || (uint64_t)map[i].lower + map[i].count > 4294967295 ||
            (uint64_t)map[i].shown + map[i].count > 4294967295)
            return false;
        for (size_t j = 0; j < i; j++)
            if (((uint64_t)map[i].lower < (uint64_t)map[j].lower + map[j].count &&
                 (uint64_t)map[j].lower < (uint64_t)map[i].lower + map[i].count) ||
                ((uint64_t)map[i].shown < (uint64_t)map[j].shown + map[j].count &&
                 (uint64_t)map[j].shown < (uint64_t)map[i].shown + map[i].count))
                return false;
    }
    return true;
}

static void compare_with_model(const IdMap *map, const Triple *triples, size_t n, uint32_t base)
{
    for (uint32_t offset = 0; offset < 64; offset++) {
        uint32_t id = base + offset;
        uint32_t expected = 0;
        ShownId shown;
        LowerId lower;
        bool mapped = naive(triples, n, true, id, &expected);
        assert_int_equal(idmap_to_shown(map, lower_id(id), &shown), mapped);
        if (mapped)
            assert_int_equal(shown.value, expected);
        mapped = naive(triples, n, false, id, &expected);
        assert_int_equal(idmap_to_lower(map, shown_id(id), &lower), mapped);
        if (mapped)
            assert_int_equal(lower.value, expected);
    }
}

static void test_against_model(void **state)
{
    (void)state;
    static const uint32_t bases[] = {0, 2147483620, 4294967232};
    GRand *random = g_rand_new_with_seed(20260101);
    int good = 0;
    for (int round = 0; round < 20000; round++) {
        uint32_t base = bases[round % 3];
        size_t n = (size_t)g_rand_int_range(random, 1, MAX_EXTENTS + 1);
        Triple triples[MAX_EXTENTS];
        for (size_t i = 0; i < n; i++)
            triples[i] = (Triple){base + (uint32_t)g_rand_int_range(random, 0, 64),
                                  base + (uint32_t)g_rand_int_range(random, 0, 64),
                                  (uint32_t)g_rand_int_range(random, 0, 12)};
        IdMap *map = make(triples, n, NULL);
        assert_int_equal(map != NULL, naive_is_valid(triples, n));
        if (map != NULL) {
            compare_with_model(map, triples, n, base);
            good++;
        }
        idmap_free(map);
    }
    g_rand_free(random);
    assert_true(good > 1000);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void test_many_extents(void **state)
{
    (void)state;
    const uint32_t n = 100000;
    Triple *triples = g_new(Triple, n);
    /* Neither side sorted: 7919 and 60013 have no common divisor with N. */
    for (uint32_t i = 0; i < n; i++)
        triples[i] = (Triple){(uint32_t)((uint64_t)i * 7919 % n) * 10,
                              (uint32_t)((uint64_t)i * 60013 % n) * 20, 10};
    double start = seconds();
    IdMap *map = make(triples, n, NULL);
    assert_non_null(map);
    for (uint32_t i = 0; i < n; i++) {
        ShownId shown;
        assert_true(idmap_to_shown(map, lower_id(triples[i].lower + 9), &shown));
        assert_int_equal(shown.value, triples[i].shown + 9);
    }
    double spent = seconds() - start;
    assert_true(spent < 1.0);
    idmap_free(map);
    g_free(triples);
}

static void test_source_is_referenced(void **state)
{
    (void)state;
    GRefString *source = g_ref_string_new("only here");
    const IdExtent extent = {0, 0, 1, 0, source};
    IdMap *map = idmap_new(ID_UID, &extent, 1, NULL);
    g_ref_string_release(source);
    size_t n;
    char *origin = id_extent_origin(idmap_extents(map, &n));
    assert_string_equal(origin, "only here");
    g_free(origin);
    idmap_free(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_validity),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_order_is_kept),
        cmocka_unit_test(test_against_model),
        cmocka_unit_test(test_many_extents),
        cmocka_unit_test(test_source_is_referenced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
