/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which maps the kernel takes, and how they are written for it. */
#include "cmocka_all.h"
#include "kernel-mount/kernel_error.h"
#include "kernel-mount/kernel_map.h"
#include "resolve.h"

#include <unistd.h>

static const struct {
    const char *options[4];
    const char *refusal; /* NULL: taken */
} cases[] = {
    {{"map=0:100000:65536", "hostroot=deny"}, NULL                         },
    {{"map=0:100000:65536"},                  "hostroot=adopt: "           },
 /* Adopting has nothing to do where root is shown, or has nothing to become. */
    {{"map=0:0:1:1:100001:65535"},            NULL                         },
    {{"map=1:100001:65535"},                  NULL                         },
    {{"uidmap=0:0:1", "gidmap=0:5:1"},        "no range shows gid 0"       },
    {{"uidmap=0:5:1", "gidmap=0:0:1"},        "no range shows uid 0"       },
    {{"uidmap=0:0:1"},                        "no gid is mapped"           },
    {{"gidmap=0:0:1"},                        "no uid is mapped"           },
    {{"map=0:0:1", "unmapped=nobody"},        NULL                         },
    {{"map=0:0:1", "unmapped=keep"},          "unmapped=keep: the kernel"  },
    {{"map=0:0:1", "unmapped=deny"},          "unmapped=deny: the kernel"  },
    {{"map=0:0:1", "unmapped=squash:0"},      "unmapped=squash: the kernel"},
};

static void test_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Resolved map = resolve(cases[i].options, &no_paths, NULL);
        GError *error = NULL;
        assert_non_null(map.owners);
        bool taken = kernel_map_check(map.owners, &error);
        assert_true(taken == (cases[i].refusal == NULL));
        if (!taken) {
            assert_true(g_error_matches(error, KERNEL_MOUNT_ERROR, KERNEL_MOUNT_REFUSED));
            assert_contains(error->message, cases[i].refusal);
            assert_contains(error->message, "\n  ");
        }
        g_clear_error(&error);
        resolved_clear(&map);
    }
}

/* N ranges from FIRST on. */
static OwnerMap *make_long(unsigned n, uint32_t first)
{
    GRefString *source = g_ref_string_new("test");
    IdExtent *extents = g_new0(IdExtent, n);
    IdMap *maps[ID_KIND_COUNT];
    for (unsigned i = 0; i < n; i++)
        extents[i] = (IdExtent){first + 2 * i, first + 3 * i, 1, 0, source};
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        maps[kind] = idmap_new(kind, extents, n, NULL);
    g_free(extents);
    g_ref_string_release(source);
    return owner_map_new(maps[ID_UID], maps[ID_GID], UNMAPPED_NOBODY, NULL, false, NULL);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        unsigned n;
        uint32_t first;
        const char *refusal; /* NULL: taken */
    } limits[] = {
        {340, 1,          NULL                                                        },
        {341, 1,          "the map has 341 ranges of uids, and the kernel takes 340\n"},
        {340, 3000000000, " when written out, and the kernel takes "                  },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (limits[i].first > 1 && sysconf(_SC_PAGESIZE) > 4096)
            continue;
        OwnerMap *owners = make_long(limits[i].n, limits[i].first);
        GError *error = NULL;
        assert_true(kernel_map_check(owners, &error) == (limits[i].refusal == NULL));
        if (error != NULL)
            assert_contains(error->message, limits[i].refusal);
        g_clear_error(&error);
        owner_map_free(owners);
    }
}

/* The columns of /proc/PID/uid_map, in which the first one is of the file system. */
static void test_text(void **state)
{
    (void)state;
    const char *const options[] = {"uidmap=0:100000:65536:70000:4294967294:1", "gidmap=5:6", NULL};
    Resolved map = resolve(options, &no_paths, NULL);
    char *text = kernel_map_text(map.owners->map[ID_UID]);
    assert_string_equal(text, "0 100000 65536\n70000 4294967294 1\n");
    g_free(text);
    text = kernel_map_text(map.owners->map[ID_GID]);
    assert_string_equal(text, "5 6 1\n");
    g_free(text);
    resolved_clear(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
