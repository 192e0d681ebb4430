/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All options together: sums, policies, warnings. */
#include "cmocka_all.h"
#include "resolve.h"

#define MAX_OPTIONS 5

static const struct {
    const char *options[MAX_OPTIONS];
    const char *uids;
    const char *gids;
    const char *warning; /* NULL: none */
} good[] = {
    {{"map=0:100000:10", "map=10:5"},                   "0:100000:10 10:5:1", "0:100000:10 10:5:1", NULL                                                     },
    {{"map=0:1:1", "uidmap=5:6", "gidmap=7:8"},         "0:1:1 5:6:1",        "0:1:1 7:8:1",        NULL                                                     },
    {{"uidmap=0:1:1"},                                  "0:1:1",              "",                   "no gid map: every group is shown as nobody; add gidmap="},
    {{"gidmap=0:1:1"},                                  "",                   "0:1:1",              "no uid map: every user is shown as nobody; add uidmap=" },
    {{"gidmap=0:1:1", "unmapped=keep"},                 "",                   "0:1:1",              "no uid map: every user stays as it is"                  },
    {{"map=0:100000:65536", "invert"},                  "100000:0:65536",     "100000:0:65536",     NULL                                                     },
    {{"invert", "uidmap=1:2:3", "gidmap=4:5:6"},        "2:1:3",              "5:4:6",              NULL                                                     },
    {{"map=0:1:1", "layout=nonsense", "layout=podman"}, "0:1:1",              "0:1:1",              NULL                                                     },
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        Resolved result = resolve(good[i].options, &no_paths, NULL);
        assert_maps(&result, good[i].uids, good[i].gids);
        assert_int_equal(result.warnings->len, good[i].warning != NULL);
        if (good[i].warning != NULL)
            assert_contains(g_ptr_array_index(result.warnings, 0), good[i].warning);
        resolved_clear(&result);
    }
}

static const struct {
    const char *options[MAX_OPTIONS];
    const char *message;
} bad[] = {
    {{NULL},                                 "no map is given\n  add map=SOURCE"                         },
    {{"layout=docker", "invert"},            "no map is given"                                           },
    {{"map=0:100:10", "map=9:500:1"},
     "two ranges of uids overlap on the lower side: 0-9 (map=0:100:10) and 9 (map=9:500:1)"              },
    {{"map=0:100:10", "gidmap=50:109"},
     "two ranges of gids overlap on the shown side: 100-109 (map=0:100:10) and 109 "
     "(gidmap=50:109)"                                                                                   },
    {{"map=0:1:1", "map=0:1:1"},             "overlap"                                                   },
    {{"map=0:1:1", "layout=lxc"},            "layout=lxc: no such choice\n  write one of: docker, podman"},
    {{"map=0:1:1", "layout="},               "layout=: no such choice"                                   },
    {{"map=0:1:1", "layout"},                "layout=: no such choice"                                   },
    {{"map=0:1:1", "hostroot=yes"},          "hostroot=yes: no such choice\n  write one of: adopt, deny" },
    {{"map=0:1:1", "unmapped=ignore"},
     "unmapped=ignore: no such choice\n  write one of: nobody, deny, keep, squash:UID[:GID]"             },
    {{"map=0:1:1", "unmapped=squash"},       "unmapped=squash: no such choice"                           },
    {{"map=0:1:1", "unmapped=squash:"},      "unmapped=squash:: UID is empty"                            },
    {{"map=0:1:1", "unmapped=squash:1x"},    "unmapped=squash:1x: UID '1x' is not a decimal number"      },
    {{"map=0:1:1", "unmapped=squash:1:1:1"}, "unmapped=squash:1:1:1: 3 fields"                           },
    {{"map=0:1:1", "unmapped=squash:2"},     "unmapped=squash: no range shows uid 2"                     },
    {{"map=0:1:1", "unmapped=squash:1:0"},   "unmapped=squash: no range shows gid 0"                     },
    {{"map=0:1:1", "unmapped=a\nb"},         "unmapped=a?b: no such choice"                              },
    {{"map"},                                "map=: this is no source of a map"                          },
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Resolved result = resolve(bad[i].options, &no_paths, NULL);
        assert_null(result.owners);
        assert_contains(result.message, bad[i].message);
        resolved_clear(&result);
    }
}

static void test_policies(void **state)
{
    (void)state;
    static const struct {
        const char *options[MAX_OPTIONS];
        UnmappedPolicy policy;
        bool adopt;
    } cases[] = {
        {{"map=0:1:9"},                                    UNMAPPED_NOBODY, true },
        {{"map=0:1:9", "unmapped=nobody"},                 UNMAPPED_NOBODY, true },
        {{"map=0:1:9", "unmapped=deny"},                   UNMAPPED_DENY,   true },
        {{"map=0:1:9", "unmapped=keep"},                   UNMAPPED_KEEP,   true },
        {{"map=0:1:9", "unmapped=squash:5"},               UNMAPPED_SQUASH, true },
        {{"map=0:1:9", "hostroot=adopt"},                  UNMAPPED_NOBODY, true },
        {{"map=0:1:9", "hostroot=deny"},                   UNMAPPED_NOBODY, false},
        {{"map=0:1:9", "hostroot=deny", "hostroot=adopt"}, UNMAPPED_NOBODY, true },
        {{"map=0:1:9", "unmapped=x", "unmapped=deny"},     UNMAPPED_DENY,   true },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Resolved result = resolve(cases[i].options, &no_paths, NULL);
        assert_non_null(result.owners);
        assert_int_equal(result.owners->unmapped, cases[i].policy);
        assert_int_equal(result.owners->adopt_host_root, cases[i].adopt);
        resolved_clear(&result);
    }
}

static void test_squash(void **state)
{
    (void)state;
    static const char *const options[] = {"map=0:100:9", "unmapped=squash:103:104", NULL};
    Resolved result = resolve(options, &no_paths, NULL);
    assert_int_equal(result.owners->squash_shown[ID_UID].value, 103);
    assert_int_equal(result.owners->squash_lower[ID_UID].value, 3);
    assert_int_equal(result.owners->squash_shown[ID_GID].value, 104);
    assert_int_equal(result.owners->squash_lower[ID_GID].value, 4);
    resolved_clear(&result);
}

static void test_unknown_option(void **state)
{
    (void)state;
    MapRequest request = {0};
    assert_false(map_request_set(&request, "maps", "0:1"));
    assert_false(map_request_set(&request, "", NULL));
    assert_false(map_request_set(&request, "allow_other", NULL));
    assert_true(map_request_set(&request, "map", "0:1"));
    assert_int_equal(request.sources->len, 1);
    map_request_clear(&request);
    map_request_clear(&request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),           cmocka_unit_test(test_bad),
        cmocka_unit_test(test_policies),       cmocka_unit_test(test_squash),
        cmocka_unit_test(test_unknown_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
