/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner:UID[:GID]. */
#include "cmocka_all.h"
#include "resolve.h"

#include <glib/gstdio.h>
#include <unistd.h>

static void test_owner(void **state)
{
    (void)state;
    char *directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    GStatBuf st;
    assert_int_equal(g_stat(directory, &st), 0);

    static const struct {
        const char *option;
        int uid, gid; /* -1: no map of that kind */
    } cases[] = {
        {"map=owner:5",       5,  5    },
        {"map=owner:5:6",     5,  6    },
        {"uidmap=owner:7",    7,  -1   },
        {"gidmap=owner:8",    -1, 8    },
        {"map=owner:0:65534", 0,  65534},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const options[] = {cases[i].option, NULL};
        char *uids =
            cases[i].uid < 0 ? g_strdup("") : g_strdup_printf("%u:%d:1", st.st_uid, cases[i].uid);
        char *gids =
            cases[i].gid < 0 ? g_strdup("") : g_strdup_printf("%u:%d:1", st.st_gid, cases[i].gid);
        Resolved result = resolve(options, &no_paths, directory);
        assert_maps(&result, uids, gids);
        resolved_clear(&result);
        g_free(gids);
        g_free(uids);
    }
    g_rmdir(directory);
    g_free(directory);
}

/* As root: an owner that is not the caller, and the two IDs not mixed up. */
static void test_of_another(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    char *directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    if (chown(directory, 2000123456, 3000123456) < 0) {
        g_rmdir(directory);
        g_free(directory);
        skip();
    }
    static const char *const options[] = {"map=owner:5:6", NULL};
    Resolved result = resolve(options, &no_paths, directory);
    assert_maps(&result, "2000123456:5:1", "3000123456:6:1");
    resolved_clear(&result);
    g_rmdir(directory);
    g_free(directory);
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *option;
        const char *message;
    } cases[] = {
        {"map=owner:5",          "no lower directory"                        },
        {"map=owner:",           "nothing follows 'owner:'"                  },
        {"map=owner::5",         "UID is empty"                              },
        {"map=owner:5:",         "GID is empty"                              },
        {"map=owner:5:6:7",      "3 fields where UID or UID:GID was expected"},
        {"map=owner:bob",        "UID 'bob' is not a decimal number"         },
        {"map=owner:4294967295", "UID 4294967295 is more than"               },
        {"uidmap=owner:5:6",     "write uidmap=owner:ID"                     },
        {"gidmap=owner:5:6",     "write gidmap=owner:ID"                     },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_fails(cases[i].option, cases[i].message);
    static const char *const options[] = {"map=owner:5", NULL};
    Resolved result = resolve(options, &no_paths, "/nonexistent");
    assert_contains(result.message, "owner of /nonexistent: No such file or directory");
    resolved_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_owner),
        cmocka_unit_test(test_of_another),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
