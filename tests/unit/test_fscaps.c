/* SPDX-License-Identifier: GPL-2.0-or-later */
/* security.capability: the root ID translated, from one version to the other. */
#include "cmocka_all.h"
#include "core/fscaps.h"

#include <errno.h>
#include <linux/xattr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* CAP_NET_RAW and CAP_SYS_ADMIN permitted, CAP_CHECKPOINT_RESTORE inheritable. */
#define SETS 0x00, 0x20, 0x20, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x01, 0, 0
#define V2_BYTES(flags) flags, 0, 0, 2, SETS
#define V3_BYTES(flags, root)                                                                      \
    flags, 0, 0, 3, SETS, (root)&255, (root) >> 8 & 255, (root) >> 16 & 255, (root) >> 24

/* With the effective flag. */
#define V2                                                                                         \
    {                                                                                              \
        {V2_BYTES(1)}, 20                                                                          \
    }
#define V3(root)                                                                                   \
    {                                                                                              \
        {V3_BYTES(1, root)}, 24                                                                    \
    }
#define NONE UINT32_C(4294967295)

typedef struct {
    uint8_t bytes[25];
    size_t size;
} Value;

typedef struct {
    uint32_t lower, shown, count;
} Range;

static const Range container = {0, 100000, 65536};
static const Range upper = {1000, 100000, 10};
static const Range to_root = {1000, 0, 10};
static const Range identity = {0, 0, 65536};
static const Range rest = {100, 200, 100};

static OwnerMap *make(UnmappedPolicy policy, const Range *range, bool adopt)
{
    const ShownId squash[ID_KIND_COUNT] = {{range->shown + 5}, {range->shown + 5}};
    GRefString *source = g_ref_string_new("test");
    const IdExtent extent = {range->lower, range->shown, range->count, 0, source};
    OwnerMap *owners =
        owner_map_new(idmap_new(ID_UID, &extent, 1, NULL), idmap_new(ID_GID, &extent, 1, NULL),
                      policy, squash, adopt, NULL);
    g_ref_string_release(source);
    assert_non_null(owners);
    return owners;
}

typedef struct {
    UnmappedPolicy policy;
    const Range *range;
    Value in;
    Value out;
} Case;

static const Case show_cases[] = {
    {UNMAPPED_NOBODY, &container, {{V2_BYTES(0)}, 20}, {{V3_BYTES(0, 100000)}, 24}},
    {UNMAPPED_NOBODY, &container, V2,                  V3(100000)                 },
    {UNMAPPED_NOBODY, &container, V3(0),               V3(100000)                 },
    {UNMAPPED_NOBODY, &container, V3(5),               V3(100005)                 },
    {UNMAPPED_NOBODY, &container, V3(100000),          V3(NONE)                   },
    {UNMAPPED_NOBODY, &container, V3(NONE),            V3(NONE)                   },
    {UNMAPPED_DENY,   &upper,     V2,                  V3(NONE)                   },
    {UNMAPPED_NOBODY, &upper,     V3(1000),            V3(100000)                 },
    {UNMAPPED_NOBODY, &to_root,   V2,                  V3(NONE)                   },
    {UNMAPPED_NOBODY, &to_root,   V3(1000),            V3(0)                      },
    {UNMAPPED_NOBODY, &identity,  V2,                  V3(0)                      },
    {UNMAPPED_SQUASH, &upper,     V2,                  V3(NONE)                   },
    {UNMAPPED_KEEP,   &rest,      V2,                  V3(0)                      },
    {UNMAPPED_KEEP,   &rest,      V3(200),             V3(NONE)                   },
};

/* As the kernel sends them: version 2 from its own namespace, 3 from any below. */
static const Case store_cases[] = {
    {UNMAPPED_NOBODY, &container, {{V3_BYTES(0, 100005)}, 24}, {{V3_BYTES(0, 5)}, 24}},
    {UNMAPPED_NOBODY, &container, V3(100000),                  V2                    },
    {UNMAPPED_NOBODY, &container, V2,                          V2                    },
    {UNMAPPED_NOBODY, &container, V3(0),                       V2                    },
    {UNMAPPED_SQUASH, &container, V2,                          V2                    },
    {UNMAPPED_NOBODY, &upper,     V3(100000),                  V3(1000)              },
    {UNMAPPED_NOBODY, &to_root,   V2,                          V3(1000)              },
    {UNMAPPED_NOBODY, &to_root,   V3(5),                       V3(1005)              },
    {UNMAPPED_NOBODY, &identity,  V2,                          V2                    },
    {UNMAPPED_NOBODY, &identity,  V3(0),                       V2                    },
    {UNMAPPED_SQUASH, &container, V3(100000),                  V2                    },
    {UNMAPPED_KEEP,   &rest,      V2,                          V2                    },
    {UNMAPPED_KEEP,   &rest,      V3(205),                     V3(105)               },
    {UNMAPPED_KEEP,   &rest,      V3(300),                     V3(300)               },
};

/* No lower root. */
static const struct {
    UnmappedPolicy policy;
    bool adopt;
    const Range *range;
    Value in;
} refused_cases[] = {
    {UNMAPPED_NOBODY, false, &container, V2      },
    {UNMAPPED_NOBODY, true,  &upper,     V2      },
    {UNMAPPED_DENY,   true,  &container, V3(5)   },
    {UNMAPPED_SQUASH, false, &container, V2      },
    {UNMAPPED_SQUASH, true,  &container, V3(NONE)},
    {UNMAPPED_KEEP,   true,  &rest,      V3(150) },
};

static const Value malformed[] = {
    {{0},                                     0 },
    {{V2_BYTES(1)},                           3 },
    {{V2_BYTES(1)},                           19},
    {{V2_BYTES(1)},                           24},
    {{V3_BYTES(1, 0)},                        20},
    {{V3_BYTES(1, 0)},                        25},
    {{V2_BYTES(2)},                           20},
    {{1, 0, 1, 2, SETS},                      20},
    {{1, 0, 0, 4, SETS},                      24},
    {{1, 0, 0, 1, 0, 0x20, 0, 0, 0, 0, 0, 0}, 12}, /* version 1 */
};

typedef ErrInt Translate(const OwnerMap *, const void *, size_t, Fscaps *);

static void check(const Case *c, Translate *translate)
{
    OwnerMap *owners = make(c->policy, c->range, true);
    Fscaps caps = {.size = 99};
    assert_int_equal(translate(owners, c->in.bytes, c->in.size, &caps), 0);
    assert_int_equal(caps.size, c->out.size);
    assert_memory_equal(caps.bytes, c->out.bytes, c->out.size);
    owner_map_free(owners);
}

static void test_show(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(show_cases); i++)
        check(&show_cases[i], fscaps_show);
}

static void test_show_unknown(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0, 0, 0, 3, 0, 0, 0, 0, 0,   0,   0,   0,
                                       0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255};
    Fscaps caps;
    fscaps_show_unknown(&caps);
    assert_int_equal(caps.size, sizeof(expected));
    assert_memory_equal(caps.bytes, expected, sizeof(expected));
}

static void test_store(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(store_cases); i++)
        check(&store_cases[i], fscaps_store);
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(refused_cases); i++) {
        const Value *in = &refused_cases[i].in;
        OwnerMap *owners =
            make(refused_cases[i].policy, refused_cases[i].range, refused_cases[i].adopt);
        Fscaps caps = {.size = 99};
        assert_int_equal(fscaps_store(owners, in->bytes, in->size, &caps), -EINVAL);
        assert_int_equal(caps.size, 99);
        owner_map_free(owners);
    }
}

static void test_malformed(void **state)
{
    (void)state;
    OwnerMap *owners = make(UNMAPPED_NOBODY, &identity, true);
    for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) {
        Fscaps caps;
        assert_int_equal(fscaps_show(owners, malformed[i].bytes, malformed[i].size, &caps),
                         -EINVAL);
        assert_int_equal(fscaps_store(owners, malformed[i].bytes, malformed[i].size, &caps),
                         -EINVAL);
    }
    owner_map_free(owners);
}

/* What a lower file system gives out for lower root, shown and stored back on it, is as it was. */
static void test_kernel(void **state)
{
    (void)state;
    static const uint8_t set[] = {V2_BYTES(1)};
    char path[] = "fscaps-XXXXXX";
    uint8_t lower[24];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    if (fsetxattr(fd, XATTR_NAME_CAPS, set, sizeof(set), 0) < 0) {
        /* Not root; no xattrs here. */
        assert_true(errno == EPERM || errno == EOPNOTSUPP);
        close(fd);
        skip();
    }
    ssize_t n = fgetxattr(fd, XATTR_NAME_CAPS, lower, sizeof(lower));
    assert_true(n > 0);
    OwnerMap *owners = make(UNMAPPED_NOBODY, &container, true);
    Fscaps shown;
    Fscaps stored;
    assert_int_equal(fscaps_show(owners, lower, (size_t)n, &shown), 0);
    assert_int_equal(shown.size, 24);
    assert_int_equal(fscaps_store(owners, shown.bytes, shown.size, &stored), 0);
    assert_int_equal(stored.size, sizeof(set));
    assert_memory_equal(stored.bytes, set, sizeof(set));
    owner_map_free(owners);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_show),      cmocka_unit_test(test_show_unknown),
        cmocka_unit_test(test_store),     cmocka_unit_test(test_refused),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
