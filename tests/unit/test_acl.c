/* SPDX-License-Identifier: GPL-2.0-or-later */
/* POSIX ACL xattrs: translated, with stand-ins for what is not shown. */
#include "cmocka_all.h"
#include "core/acl.h"

#include <errno.h>
#include <linux/xattr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* <linux/posix_acl.h>, once more: the test does not take over what the code took from there. */
enum {
    USER_OBJ = 0x01,
    USER = 0x02,
    GROUP_OBJ = 0x04,
    GROUP = 0x08,
    MASK = 0x10,
    OTHER = 0x20,
};

#define NONE UINT32_MAX
#define TOP UINT32_C(4294967293) /* the highest stand-in */

/* The first byte of BYTES is left out, so that nothing is aligned. */
typedef struct {
    uint8_t bytes[1 + 4 + 8 * 1000];
    size_t size;
} Image;

static uint8_t *start(Image *image)
{
    return image->bytes + 1;
}

static void append(Image *image, uint32_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        start(image)[image->size++] = (uint8_t)(value >> (8 * i));
}

static void append_entry(Image *image, unsigned tag, unsigned perm, uint32_t id)
{
    append(image, tag, 2);
    append(image, perm, 2);
    append(image, id, 4);
}

/* A list with N_USERS and N_GROUPS of IDS between the entries that every list has. */
static Image make_image(const uint32_t *ids, size_t n_users, size_t n_groups)
{
    Image image = {.size = 0};
    append(&image, 2, 4);
    append_entry(&image, USER_OBJ, 7, NONE);
    for (size_t i = 0; i < n_users; i++)
        append_entry(&image, USER, i % 8, *ids++);
    append_entry(&image, GROUP_OBJ, 5, NONE);
    for (size_t i = 0; i < n_groups; i++)
        append_entry(&image, GROUP, i % 8, *ids++);
    append_entry(&image, MASK, 7, NONE);
    append_entry(&image, OTHER, 4, NONE);
    return image;
}

static void assert_same(Image *image, Image expected)
{
    assert_int_equal(image->size, expected.size);
    assert_memory_equal(start(image), start(&expected), expected.size);
}

typedef struct {
    uint32_t lower, shown, count;
} Range;

enum { MAX_RANGES = 3 };

static const Range nothing[MAX_RANGES] = {{0}};
static const Range container[MAX_RANGES] = {
    {0, 100000, 65536}
};
static const Range two[MAX_RANGES] = {
    {0,  100, 10},
    {50, 5,   1 }
};
static const Range everything[MAX_RANGES] = {
    {0, 0, NONE}
};
static const Range shifted[MAX_RANGES] = {
    {0, 1, NONE - 1}
};
/* Shown is the upper half, but for 2147484648 to 2147484650. */
static const Range high[MAX_RANGES] = {
    {0,    2147483648, 1000      },
    {2000, 2147484651, 2147482643},
};
/* In a user namespace that has the IDs 0 to 2000, of which 0 to 999 are shown. */
static const Range nested[MAX_RANGES] = {
    {1, 0, 1000}
};
static const Range nested_existing[MAX_RANGES] = {
    {0, 1000,   1   },
    {1, 100000, 2000}
};

static IdMap *make_map(IdKind kind, const Range ranges[MAX_RANGES])
{
    GRefString *source = g_ref_string_new("test");
    IdExtent extents[MAX_RANGES];
    size_t n = 0;
    for (; n < MAX_RANGES && ranges[n].count > 0; n++)
        extents[n] = (IdExtent){ranges[n].lower, ranges[n].shown, ranges[n].count, 0, source};
    IdMap *map = idmap_new(kind, extents, n, NULL);
    g_ref_string_release(source);
    assert_non_null(map);
    return map;
}

static AclMap make(UnmappedPolicy policy, const Range *uids, const Range *gids,
                   const Range *existing)
{
    const ShownId squash[ID_KIND_COUNT] = {{uids[0].shown}, {gids[0].shown}};
    AclMap map = {
        .owners = owner_map_new(make_map(ID_UID, uids), make_map(ID_GID, gids), policy, squash,
                                true, NULL),
    };
    assert_non_null(map.owners);
    for (IdKind kind = 0; existing != NULL && kind < ID_KIND_COUNT; kind++)
        map.existing[kind] = make_map(kind, existing);
    return map;
}

static void clear(AclMap *map)
{
    owner_map_free((OwnerMap *)map->owners);
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        idmap_free((IdMap *)map->existing[kind]);
}

/* Shown and stored back. Free are, under "keep", the lower IDs of the map that it does not show
 * (and with "two", lower 100 is not kept, since that number is shown); with "nested", 1000 to 2000.
 */
static const struct {
    UnmappedPolicy policy;
    const Range *ranges;
    const Range *existing;
    uint32_t lower;
    uint32_t shown;
} single_cases[] = {
    {UNMAPPED_NOBODY, container,  NULL,            0,          100000                 },
    {UNMAPPED_NOBODY, container,  NULL,            65535,      165535                 },
    {UNMAPPED_NOBODY, container,  NULL,            65536,      TOP - 65536            },
    {UNMAPPED_NOBODY, container,  NULL,            100000,     TOP - 100000           },
    {UNMAPPED_DENY,   container,  NULL,            70000,      TOP - 70000            },
    {UNMAPPED_NOBODY, nothing,    NULL,            0,          TOP                    },
    {UNMAPPED_NOBODY, everything, NULL,            4294967294, 4294967294             },
    {UNMAPPED_NOBODY, container,  NULL,            1073741823, TOP - 1073741823       },
    {UNMAPPED_NOBODY, container,  NULL,            1073741825, TOP - 1                },
    {UNMAPPED_NOBODY, container,  NULL,            4294967294, TOP - 1073741822       },
    {UNMAPPED_SQUASH, container,  NULL,            1,          100001                 },
    {UNMAPPED_SQUASH, container,  NULL,            70000,      TOP - 70000            },
    {UNMAPPED_KEEP,   two,        NULL,            3,          103                    },
    {UNMAPPED_KEEP,   two,        NULL,            70000,      70000                  },
    {UNMAPPED_KEEP,   two,        NULL,            100,        9                      },
    {UNMAPPED_KEEP,   two,        NULL,            107,        1                      },
    {UNMAPPED_NOBODY, high,       NULL,            1000,       2147483647 - (1000 - 3)},
    {UNMAPPED_NOBODY, high,       NULL,            3221225472, 2147484650             },
    {UNMAPPED_NOBODY, high,       NULL,            3221225474, 2147484648             },
    {UNMAPPED_NOBODY, high,       NULL,            3221225475, 2147483647             },
    {UNMAPPED_NOBODY, nested,     nested_existing, 1,          0                      },
    {UNMAPPED_NOBODY, nested,     nested_existing, 0,          2000                   },
    {UNMAPPED_NOBODY, nested,     nested_existing, 1500,       2000 - (1500 - 1001)   },
    {UNMAPPED_NOBODY, container,  nested_existing, 7,          2000 - 7               },
};

static void test_single(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(single_cases); i++) {
        AclMap map = make(single_cases[i].policy, single_cases[i].ranges, single_cases[i].ranges,
                          single_cases[i].existing);
        for (size_t n_users = 0; n_users < 2; n_users++) {
            Image lower = make_image(&single_cases[i].lower, n_users, 1 - n_users);
            Image image = lower;
            assert_int_equal(acl_show(&map, start(&image), image.size), 0);
            assert_same(&image, make_image(&single_cases[i].shown, n_users, 1 - n_users));
            assert_int_equal(acl_store(&map, start(&image), image.size, start(&lower), lower.size),
                             0);
            assert_same(&image, lower);
        }
        clear(&map);
    }
}

/* The kinds have maps of their own; everything but IDs stays. */
static void test_list(void **state)
{
    (void)state;
    static const uint32_t lower_ids[] = {5, 70000, 80000, 5, 100005, 80000};
    static const uint32_t shown_ids[] = {100005,  TOP - 70000,  TOP - 80000,
                                         TOP - 5, TOP - 100005, TOP - 80000};
    AclMap map = make(UNMAPPED_NOBODY, container, nothing, NULL);
    Image lower = make_image(lower_ids, 3, 3);
    Image image = lower;
    assert_int_equal(acl_show(&map, start(&image), image.size), 0);
    assert_same(&image, make_image(shown_ids, 3, 3));
    assert_int_equal(acl_store(&map, start(&image), image.size, start(&lower), lower.size), 0);
    assert_same(&image, lower);
    clear(&map);
}

/* One entry that is stored where the list has the entries PRESENT. */
typedef struct {
    UnmappedPolicy policy;
    const Range *ranges;
    uint32_t shown;
    uint32_t present[2];
    uint32_t lower; /* not of those that are refused */
} StoreCase;

static const StoreCase stored_cases[] = {
    {UNMAPPED_NOBODY, container,  100005,      {7, 7},         5    },
    {UNMAPPED_KEEP,   two,        70000,       {0, 0},         70000},
    {UNMAPPED_NOBODY, everything, 0,           {NONE, NONE},   0    },
    {UNMAPPED_NOBODY, container,  TOP - 70001, {70000, 70001}, 70001},
    {UNMAPPED_SQUASH, container,  TOP - 70001, {70001, 70000}, 70001},
    {UNMAPPED_NOBODY, container,  TOP - 70000, {70000, 70000}, 70000},
};

static const StoreCase refused_cases[] = {
    {UNMAPPED_NOBODY, container, 7,                {7, 7},              0},
    {UNMAPPED_DENY,   container, 0,                {0, 0},              0},
    {UNMAPPED_SQUASH, container, 7,                {70000, 70001},      0},
    {UNMAPPED_KEEP,   two,       9,                {101, 102},          0},
    {UNMAPPED_NOBODY, container, NONE,             {70000, NONE},       0},
    {UNMAPPED_SQUASH, container, NONE,             {70000, NONE},       0},
    {UNMAPPED_NOBODY, container, TOP - 1073741823, {70000, NONE},       0}, /* that of NONE */
    {UNMAPPED_NOBODY, container, TOP - 1073741823, {NONE, 1073741823},  0},
    {UNMAPPED_NOBODY, container, TOP - 1073741823, {1073741823, NONE},  0},
    {UNMAPPED_NOBODY, container, TOP - 70002,      {70000, 70001},      0},
    {UNMAPPED_SQUASH, container, TOP - 70002,      {70000, 70001},      0},
    {UNMAPPED_NOBODY, container, TOP - 5,          {5, 6},              0}, /* 5 is shown */
    {UNMAPPED_NOBODY, container, TOP + 1,          {70000, 4294967294}, 0},
    {UNMAPPED_NOBODY, container, TOP - 70000,      {70000, 1073811824}, 0}, /* that of both */
};

static void check_store(const StoreCase *c, size_t n_users, ErrInt expected)
{
    AclMap map = make(c->policy, c->ranges, c->ranges, NULL);
    Image image = make_image(&c->shown, n_users, 1 - n_users);
    Image present = make_image(c->present, 2 * n_users, 2 - 2 * n_users);
    assert_int_equal(acl_store(&map, start(&image), image.size, start(&present), present.size),
                     expected);
    if (expected == 0)
        assert_same(&image, make_image(&c->lower, n_users, 1 - n_users));
    clear(&map);
}

static void test_store(void **state)
{
    (void)state;
    for (size_t n_users = 0; n_users < 2; n_users++) {
        for (size_t i = 0; i < G_N_ELEMENTS(stored_cases); i++)
            check_store(&stored_cases[i], n_users, 0);
        for (size_t i = 0; i < G_N_ELEMENTS(refused_cases); i++)
            check_store(&refused_cases[i], n_users, -EINVAL);
    }
}

/* Where nothing is stored, or only an entry of the other kind. */
static void test_store_without_present(void **state)
{
    (void)state;
    static const uint32_t stand_in = TOP - 70000;
    static const uint32_t lower = 70000;
    AclMap map = make(UNMAPPED_NOBODY, container, container, NULL);
    Image image = make_image(&stand_in, 1, 0);
    Image present = make_image(&lower, 0, 1);
    assert_int_equal(acl_store(&map, start(&image), image.size, NULL, 0), -EINVAL);
    assert_int_equal(acl_store(&map, start(&image), image.size, start(&present), present.size),
                     -EINVAL);
    clear(&map);
}

/* The kernel's errnos, see posix_acl_from_xattr() there; and nothing is changed. */
static const struct {
    uint8_t bytes[24];
    size_t size;
    ErrInt rc;
} malformed_cases[] = {
    {{0},                                                 0,  -EINVAL    },
    {{2, 0, 0},                                           3,  -EINVAL    },
    {{2, 0, 0, 0},                                        4,  0          },
    {{1, 0, 0, 0},                                        4,  -EOPNOTSUPP},
    {{2, 0, 0, 1},                                        4,  -EOPNOTSUPP},
    {{2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255},             11, -EINVAL    },
    {{2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255},        12, 0          },
    {{2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 32},    13, -EINVAL    },
    {{2, 0, 0, 0, 64, 0, 7, 0, 5, 0, 0, 0},               12, -EINVAL    },
    {{2, 0, 0, 0, 0, 0, 7, 0, 5, 0, 0, 0},                12, -EINVAL    },
    {{2, 0, 0, 0, 2, 1, 7, 0, 5, 0, 0, 0},                12, -EINVAL    },
    {{2, 0, 0, 0, 2, 0, 7, 0, 5, 0, 0, 0, 3, 0, 7, 0, 5}, 20, -EINVAL    },
};

static void test_malformed(void **state)
{
    (void)state;
    AclMap map = make(UNMAPPED_NOBODY, container, container, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(malformed_cases); i++) {
        size_t size = malformed_cases[i].size;
        uint8_t acl[24];
        memcpy(acl, malformed_cases[i].bytes, sizeof(acl));
        assert_int_equal(acl_show(&map, acl, size), malformed_cases[i].rc);
        assert_int_equal(acl_store(&map, acl, size, NULL, 0), malformed_cases[i].rc);
        assert_memory_equal(acl, malformed_cases[i].bytes, sizeof(acl));

        uint8_t good[4] = {2, 0, 0, 0};
        assert_int_equal(acl_store(&map, good, sizeof(good), malformed_cases[i].bytes, size),
                         size == 0 ? 0 : malformed_cases[i].rc);
    }
    clear(&map);
}

/* Maps that leave no ID at all, or ID 0 only. */
static void test_no_stand_in_left(void **state)
{
    (void)state;
    static const Range *const full[] = {everything, shifted};
    static const uint32_t unmapped[] = {NONE, NONE - 1};
    for (size_t i = 0; i < G_N_ELEMENTS(full); i++) {
        AclMap map = make(UNMAPPED_NOBODY, full[i], full[i], NULL);
        Image image = make_image(&unmapped[i], 1, 0);
        assert_int_equal(acl_show(&map, start(&image), image.size), -EOVERFLOW);
        clear(&map);
    }
}

/* The largest list that a FUSE mount can have (a page), with a map that shows every other ID from
 * the top down: not a test of a result, but one that there is a result. */
static void test_large(void **state)
{
    (void)state;
    enum { N_RANGES = 100000, N_IDS = 500 };
    GRefString *source = g_ref_string_new("test");
    g_autofree IdExtent *extents = g_new(IdExtent, N_RANGES);
    uint32_t ids[N_IDS];
    for (uint32_t i = 0; i < N_RANGES; i++)
        extents[i] = (IdExtent){i, TOP - 2 * i, 1, 0, source};
    for (uint32_t i = 0; i < N_IDS; i++)
        ids[i] = N_RANGES + i;
    OwnerMap *owners = owner_map_new(idmap_new(ID_UID, extents, N_RANGES, NULL),
                                     make_map(ID_GID, nothing), UNMAPPED_NOBODY, NULL, true, NULL);
    AclMap map = {.owners = owners};
    Image lower = make_image(ids, N_IDS, 0);
    Image image = lower;
    assert_int_equal(acl_show(&map, start(&image), image.size), 0);
    assert_int_equal(acl_store(&map, start(&image), image.size, start(&lower), lower.size), 0);
    assert_same(&image, lower);
    owner_map_free(owners);
    g_ref_string_release(source);
}

/* The kernel takes what acl_show() makes, for a list that it gave out itself. */
static void test_kernel(void **state)
{
    (void)state;
    static const uint32_t ids[] = {5, 70000, 1073811824};
    char path[] = "acl-XXXXXX";
    AclMap map = make(UNMAPPED_NOBODY, container, container, NULL);
    Image image = make_image(ids, 2, 1);
    Image lower;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    int r = fsetxattr(fd, XATTR_NAME_POSIX_ACL_ACCESS, start(&image), image.size, 0);
    if (r < 0) {
        /* No ACLs here; a user namespace without these IDs. */
        assert_true(errno == EOPNOTSUPP || errno == EINVAL);
        close(fd);
        clear(&map);
        skip();
    }
    ssize_t n = fgetxattr(fd, XATTR_NAME_POSIX_ACL_ACCESS, start(&lower), sizeof(lower.bytes) - 1);
    assert_true(n > 0);
    lower.size = (size_t)n;
    assert_same(&image, lower);
    assert_int_equal(acl_show(&map, start(&image), image.size), 0);
    assert_int_equal(fsetxattr(fd, XATTR_NAME_POSIX_ACL_ACCESS, start(&image), image.size, 0), 0);
    close(fd);
    clear(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single),    cmocka_unit_test(test_list),
        cmocka_unit_test(test_store),     cmocka_unit_test(test_store_without_present),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_no_stand_in_left),
        cmocka_unit_test(test_large),     cmocka_unit_test(test_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
