/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both maps and the policies for owners that they do not cover. */
#include "cmocka_all.h"
#include "core/map_error.h"
#include "core/ownermap.h"

#include <errno.h>
#include <string.h>

#define NONE UINT32_MAX

/* Lower 0-9 is shown as 100-109; lower 50 is shown as 5. */
static IdMap *make_map(IdKind kind)
{
    GRefString *source = g_ref_string_new("test");
    const IdExtent extents[] = {
        {0,  100, 10, 0, source},
        {50, 5,   1,  0, source},
    };
    IdMap *map = idmap_new(kind, extents, G_N_ELEMENTS(extents), NULL);
    g_ref_string_release(source);
    return map;
}

static OwnerMap *make(UnmappedPolicy policy, bool adopt)
{
    const ShownId squash[ID_KIND_COUNT] = {{103}, {104}};
    OwnerMap *owners =
        owner_map_new(make_map(ID_UID), make_map(ID_GID), policy, squash, adopt, NULL);
    assert_non_null(owners);
    return owners;
}

static const struct {
    UnmappedPolicy policy;
    uint32_t lower;
    uint32_t shown;
} shown_cases[] = {
    {UNMAPPED_NOBODY, 0,     100  },
    {UNMAPPED_NOBODY, 50,    5    },
    {UNMAPPED_NOBODY, 10,    NONE },
    {UNMAPPED_NOBODY, 65534, NONE },
    {UNMAPPED_NOBODY, NONE,  NONE },
    {UNMAPPED_DENY,   10,    NONE },
    {UNMAPPED_DENY,   9,     109  },
    {UNMAPPED_KEEP,   9,     109  },
    {UNMAPPED_KEEP,   10,    10   }, /* neither side uses 10 */
    {UNMAPPED_KEEP,   105,   NONE }, /* 105 is lower 5's shown ID */
    {UNMAPPED_KEEP,   65534, 65534},
    {UNMAPPED_KEEP,   NONE,  NONE },
    {UNMAPPED_SQUASH, 9,     109  },
    {UNMAPPED_SQUASH, 10,    103  },
};

static void test_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(shown_cases); i++) {
        OwnerMap *owners = make(shown_cases[i].policy, true);
        ShownId shown = owner_map_shown(owners, ID_UID, lower_id(shown_cases[i].lower));
        assert_int_equal(shown.value, shown_cases[i].shown);
        owner_map_free(owners);
    }
}

static const struct {
    UnmappedPolicy policy;
    uint32_t shown;
    ErrInt rc;
    uint32_t lower;
} stored_cases[] = {
    {UNMAPPED_NOBODY, 100,   0,          0 },
    {UNMAPPED_NOBODY, 5,     0,          50},
    {UNMAPPED_NOBODY, 0,     -EOVERFLOW, 0 },
    {UNMAPPED_NOBODY, 65534, -EOVERFLOW, 0 },
    {UNMAPPED_NOBODY, NONE,  -EOVERFLOW, 0 },
    {UNMAPPED_DENY,   0,     -EOVERFLOW, 0 },
    {UNMAPPED_DENY,   109,   0,          9 },
    {UNMAPPED_KEEP,   109,   0,          9 },
    {UNMAPPED_KEEP,   10,    0,          10},
    {UNMAPPED_KEEP,   9,     -EOVERFLOW, 0 }, /* 9 is a lower ID of the map */
    {UNMAPPED_KEEP,   50,    -EOVERFLOW, 0 },
    {UNMAPPED_KEEP,   NONE,  -EOVERFLOW, 0 },
    {UNMAPPED_SQUASH, 105,   0,          5 },
    {UNMAPPED_SQUASH, 777,   0,          3 },
    {UNMAPPED_SQUASH, NONE,  -EOVERFLOW, 0 },
};

static void test_stored(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(stored_cases); i++) {
        OwnerMap *owners = make(stored_cases[i].policy, true);
        LowerId lower = lower_id(12345);
        assert_int_equal(owner_map_stored(owners, ID_UID, shown_id(stored_cases[i].shown), &lower),
                         stored_cases[i].rc);
        assert_int_equal(lower.value, stored_cases[i].rc == 0 ? stored_cases[i].lower : 12345);
        owner_map_free(owners);
    }
}

/* Whatever is shown as a real ID must be stored back as the owner that it came from, or nothing may
 * be stored at all; squash is the one policy that merges owners. */
static void test_keep_is_one_to_one(void **state)
{
    (void)state;
    OwnerMap *owners = make(UNMAPPED_KEEP, true);
    for (uint32_t id = 0; id < 300; id++) {
        ShownId shown = owner_map_shown(owners, ID_GID, lower_id(id));
        if (shown_id_is_none(shown))
            continue;
        LowerId lower;
        assert_int_equal(owner_map_stored(owners, ID_GID, shown, &lower), 0);
        assert_int_equal(lower.value, id);
    }
    owner_map_free(owners);
}

static void test_created(void **state)
{
    (void)state;
    static const struct {
        UnmappedPolicy policy;
        bool adopt;
        uint32_t caller;
        ErrInt rc;
        uint32_t lower;
    } cases[] = {
        {UNMAPPED_NOBODY, true,  0,   0,          0},
        {UNMAPPED_NOBODY, false, 0,   -EOVERFLOW, 0},
        {UNMAPPED_NOBODY, true,  1,   -EOVERFLOW, 0},
        {UNMAPPED_NOBODY, true,  102, 0,          2},
        {UNMAPPED_DENY,   true,  0,   0,          0},
        {UNMAPPED_KEEP,   true,  0,   0,          0},
        {UNMAPPED_KEEP,   false, 0,   -EOVERFLOW, 0},
        {UNMAPPED_SQUASH, true,  0,   0,          0},
        {UNMAPPED_SQUASH, false, 0,   0,          3},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OwnerMap *owners = make(cases[i].policy, cases[i].adopt);
        LowerId lower = lower_id(12345);
        assert_int_equal(owner_map_created(owners, ID_UID, shown_id(cases[i].caller), &lower),
                         cases[i].rc);
        assert_int_equal(lower.value, cases[i].rc == 0 ? cases[i].lower : 12345);
        owner_map_free(owners);
    }
}

/* A map that shows something as 0: host root is that owner, adopting has no part in it. One without
 * lower 0: there is nothing to adopt. */
static void test_created_by_root(void **state)
{
    (void)state;
    static const struct {
        uint32_t lower, shown;
        ErrInt rc;
        uint32_t created;
    } cases[] = {
        {1000, 0,    0,          1000},
        {1000, 2000, -EOVERFLOW, 0   },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GRefString *source = g_ref_string_new("test");
        const IdExtent extent = {cases[i].lower, cases[i].shown, 1, 0, source};
        OwnerMap *owners =
            owner_map_new(idmap_new(ID_UID, &extent, 1, NULL), idmap_new(ID_GID, &extent, 1, NULL),
                          UNMAPPED_NOBODY, NULL, true, NULL);
        g_ref_string_release(source);
        LowerId lower = lower_id(0);
        assert_int_equal(owner_map_created(owners, ID_UID, shown_id(0), &lower), cases[i].rc);
        assert_int_equal(lower.value, cases[i].created);
        owner_map_free(owners);
    }
}

static void test_denies(void **state)
{
    (void)state;
    OwnerMap *owners = make(UNMAPPED_DENY, true);
    assert_false(owner_map_denies(owners, lower_id(0), lower_id(50)));
    assert_true(owner_map_denies(owners, lower_id(10), lower_id(0)));
    assert_true(owner_map_denies(owners, lower_id(0), lower_id(10)));
    owner_map_free(owners);
    owners = make(UNMAPPED_NOBODY, true);
    assert_false(owner_map_denies(owners, lower_id(10), lower_id(10)));
    owner_map_free(owners);
}

static void test_squash_must_be_mapped(void **state)
{
    (void)state;
    const ShownId squash[ID_KIND_COUNT] = {{103}, {99}};
    GError *error = NULL;
    assert_null(
        owner_map_new(make_map(ID_UID), make_map(ID_GID), UNMAPPED_SQUASH, squash, true, &error));
    assert_true(g_error_matches(error, MAP_ERROR, MAP_ERROR_INVALID));
    assert_non_null(strstr(error->message, "no range shows gid 99"));
    g_error_free(error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_stored),
        cmocka_unit_test(test_keep_is_one_to_one),
        cmocka_unit_test(test_created),
        cmocka_unit_test(test_created_by_root),
        cmocka_unit_test(test_denies),
        cmocka_unit_test(test_squash_must_be_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
