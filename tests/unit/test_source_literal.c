/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Literal maps in the option itself. */
#include "cmocka_all.h"
#include "resolve.h"

#include <grp.h>
#include <pwd.h>

static const struct {
    const char *option;
    const char *uids;
    const char *gids;
} good[] = {
    {"map=0:100000:65536",          "0:100000:65536",          "0:100000:65536"         },
    {"map=1000:2000",               "1000:2000:1",             "1000:2000:1"            },
    {"map=0:1000:1:1:110000:65536", "0:1000:1 1:110000:65536", "0:1000:1 1:110000:65536"},
    {"uidmap=0:5:1",                "0:5:1",                   ""                       },
    {"gidmap=0:5:1",                "",                        "0:5:1"                  },
    {"map=0:0:4294967295",          "0:0:4294967295",          "0:0:4294967295"         },
    {"map=4294967294:2147483648",   "4294967294:2147483648:1", "4294967294:2147483648:1"},
    {"map=65534:65534",             "65534:65534:1",           "65534:65534:1"          },
    {"map=0010:007:01",             "10:7:1",                  "10:7:1"                 },
};

static const struct {
    const char *option;
    const char *message;
} bad[] = {
    {"map=0:1:2:3",                 "4 fields between colons"                 },
    {"map=0:1:2:3:4",               "5 fields"                                },
    {"map=0:1:2:3:4:5:6",           "7 fields"                                },
    {"map=0:1:2:",                  "4 fields"                                },
    {"map=:",                       "LOWER is empty"                          },
    {"map=0:",                      "SHOWN is empty"                          },
    {"map=::",                      "LOWER is empty"                          },
    {"map=0:1:",                    "COUNT is empty"                          },
    {"map=0:1:0",                   "COUNT is 0"                              },
    {"map=10x:1:1",                 "LOWER '10x' is not a decimal number"     },
    {"map=-1:1:1",                  "LOWER '-1' is not a decimal number"      },
    {"map=0:+1:1",                  "SHOWN '+1' is not a decimal number"      },
    {"map=0:0x10:1",                "SHOWN '0x10' is not a decimal number"    },
    {"map=0: 1:1",                  "SHOWN ' 1' is not a decimal number"      },
    {"map=0:1:1 ",                  "COUNT '1 ' is not a decimal number"      },
    {"map=4294967295:0",            "LOWER 4294967295 is more than 4294967294"},
    {"map=0:4294967295",            "SHOWN 4294967295 is more than 4294967294"},
    {"map=0:4294967296:1",          "SHOWN 4294967296 is more than 4294967294"},
    {"map=0:0:4294967296",          "COUNT 4294967296 is more than 4294967295"},
    {"map=0:4294967294:2",          "passes 4294967294"                       },
    {"map=1:0:4294967295",          "passes 4294967294"                       },
    {"map=root:0",                  "use uidmap= for names of users"          },
    {"map=0:root:1",                "SHOWN 'root' is a name"                  },
    {"uidmap=no-such-user-here:0",  "there is no user 'no-such-user-here'"    },
    {"gidmap=0:no-such-group-here", "there is no group 'no-such-group-here'"  },
    {"uidmap=0:1:one",              "COUNT 'one' is not a decimal number"     },
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        Resolved result = resolve_one(good[i].option);
        assert_maps(&result, good[i].uids, good[i].gids);
        resolved_clear(&result);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_fails(bad[i].option, bad[i].message);
}

static void test_names(void **state)
{
    (void)state;
    /* Their numbers are taken one at a time: the next look-up overwrites the entry. */
    const struct passwd *user = getpwnam("daemon");
    unsigned uid = user != NULL ? user->pw_uid : 0;
    const struct group *group = getgrnam("daemon");
    unsigned gid = group != NULL ? group->gr_gid : 0;
    if (uid == 0 || gid == 0 || getpwnam("root") == NULL || getgrnam("root") == NULL)
        skip();
    char *uids = g_strdup_printf("0:%u:1", uid);
    char *gids = g_strdup_printf("%u:0:5", gid);
    static const char *const options[] = {"uidmap=root:daemon", "gidmap=daemon:root:5", NULL};
    Resolved result = resolve(options, &no_paths, NULL);
    assert_maps(&result, uids, gids);
    assert_int_equal(result.warnings->len, 0);
    resolved_clear(&result);
    g_free(gids);
    g_free(uids);
}

static void test_origin(void **state)
{
    (void)state;
    Resolved result = resolve_one("map=0:5:1");
    size_t n;
    const IdExtent *extents = idmap_extents(result.owners->map[ID_GID], &n);
    assert_string_equal(extents[0].source, "map=0:5:1");
    assert_int_equal(extents[0].line, 0);
    resolved_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
