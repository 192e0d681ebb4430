/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /PATH/uid_map and pid:PID, with files and with a process in a namespace of its own. */
#include "cmocka_all.h"
#include "namespace_child.h"
#include "resolve.h"

#include <glib/gstdio.h>

static void test_files(void **state)
{
    (void)state;
    char *directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    char *uid_map = write_file(directory, "uid_map", "         0     100000      65536\n");
    char *gid_map = write_file(directory, "gid_map", "0 200000 10\n10 5 1\n");
    char *other = write_file(directory, "both", "1 2 3\n");
    static const struct {
        const char *option, *file, *uids, *gids;
    } cases[] = {
        {"map",    "uid_map", "0:100000:65536", "0:200000:10 10:5:1"},
        {"uidmap", "uid_map", "0:100000:65536", ""                  },
        {"gidmap", "gid_map", "",               "0:200000:10 10:5:1"},
        {"gidmap", "uid_map", "",               "0:100000:65536"    },
        {"map",    "both",    "1:2:3",          "1:2:3"             },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *option = g_strdup_printf("%s=%s/%s", cases[i].option, directory, cases[i].file);
        Resolved result = resolve_one(option);
        assert_maps(&result, cases[i].uids, cases[i].gids);
        resolved_clear(&result);
        g_free(option);
    }

    /* No gid_map beside it: no half of a map. */
    g_unlink(gid_map);
    char *option = g_strconcat("map=", uid_map, NULL);
    assert_fails(option, "/gid_map: No such file or directory");
    g_free(option);

    g_unlink(uid_map);
    g_unlink(other);
    g_rmdir(directory);
    g_free(other);
    g_free(gid_map);
    g_free(uid_map);
    g_free(directory);
}

static void test_bad_pids(void **state)
{
    (void)state;
    assert_fails("map=pid:x", "PID 'x' is not a decimal number");
    assert_fails("map=pid:-1", "PID '-1' is not a decimal number");
    assert_fails("map=pid:2147483648", "PID 2147483648 is more than 2147483647");
    assert_fails("map=pid:0", "there is no process 0");
}

static void test_process(void **state)
{
    (void)state;
    pid_t child = namespace_child_new();
    if (child < 0)
        skip();
    char *option = g_strdup_printf("map=pid:%ld", (long)child);
    char *file = g_strdup_printf("map=/proc/%ld/uid_map", (long)child);
    assert_fails(option, "uid_map is empty: no map, or a user namespace that was given none yet");
    if (!namespace_child_map(child, "uid_map", "0 100000 65536\n65536 5 1\n") ||
        !namespace_child_map(child, "gid_map", "0 200000 10\n")) {
        namespace_child_end(child);
        g_free(file);
        g_free(option);
        skip();
    }
    Resolved result = resolve_one(option);
    assert_maps(&result, "0:100000:65536 65536:5:1", "0:200000:10");
    assert_int_equal(result.warnings->len, 0);
    resolved_clear(&result);
    result = resolve_one(file);
    assert_maps(&result, "0:100000:65536 65536:5:1", "0:200000:10");
    resolved_clear(&result);

    namespace_child_end(child);
    assert_fails(option, "there is no process");
    g_free(file);
    g_free(option);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_bad_pids),
        cmocka_unit_test(test_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
