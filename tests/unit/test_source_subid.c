/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /PATH/subuid:USER[:GROUP] and subid:USER[:GROUP]: which file, which owner, which layout. */
#include "cmocka_all.h"
#include "resolve.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>

/* Nobody of that name exists, so that only the files decide. */
#define USER "remapfs-bob"
#define GROUP "remapfs-staff"

typedef struct {
    char *directory;
    char *subuid;
    char *subgid;
    MapPaths paths;
} Files;

static int set_up(void **state)
{
    Files *files = g_new0(Files, 1);
    files->directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    files->subuid = write_file(files->directory, "subuid",
                               USER ":10000:65536\n" USER ":220000:6000\n"
                                    "1:500000:10\ndaemon:400000:20\n");
    files->subgid = write_file(files->directory, "subgid",
                               USER ":20000:65536\n" GROUP ":330000:7\n4000000001:340000:8\n"
                                    "daemon:600000:10\n1:610000:5\n");
    files->paths = (MapPaths){files->subuid, files->subgid, "/nonexistent"};
    *state = files;
    return 0;
}

static int tear_down(void **state)
{
    Files *files = *state;
    g_unlink(files->subuid);
    g_unlink(files->subgid);
    g_rmdir(files->directory);
    g_free(files->subuid);
    g_free(files->subgid);
    g_free(files->directory);
    g_free(files);
    return 0;
}

/* %s in OPTION is the directory. */
static const struct {
    const char *option;
    const char *uids;
    const char *gids;
} good[] = {
    {"map=%s/subuid:" USER,               "0:10000:65536 65536:220000:6000", "0:20000:65536"                  },
    {"map=%s/subuid:" USER ":" GROUP,     "0:10000:65536 65536:220000:6000", "0:330000:7"                     },
    {"map=%s/subuid:" USER ":4000000001", "0:10000:65536 65536:220000:6000", "0:340000:8"                     },
    {"uidmap=%s/subuid:" USER,            "0:10000:65536 65536:220000:6000", ""                               },
    {"gidmap=%s/subgid:" USER,            "",                                "0:20000:65536"                  },
    {"gidmap=%s/subgid:" USER ":" GROUP,  "",                                "0:330000:7"                     },
    {"gidmap=%s/subuid:" USER,            "",                                "0:10000:65536 65536:220000:6000"},
    {"map=subid:" USER,                   "0:10000:65536 65536:220000:6000", "0:20000:65536"                  },
    {"uidmap=subid:" USER,                "0:10000:65536 65536:220000:6000", ""                               },
    {"gidmap=subid:" USER,                "",                                "0:20000:65536"                  },
    {"gidmap=subid:" USER ":" GROUP,      "",                                "0:330000:7"                     },
};

static char *expand(const char *option, const char *directory)
{
    char **parts = g_strsplit(option, "%s", 2);
    char *expanded = g_strjoinv(directory, parts);
    g_strfreev(parts);
    return expanded;
}

static void test_good(void **state)
{
    const Files *files = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        char *option = expand(good[i].option, files->directory);
        const char *const options[] = {option, NULL};
        Resolved result = resolve(options, &files->paths, NULL);
        assert_maps(&result, good[i].uids, good[i].gids);
        resolved_clear(&result);
        g_free(option);
    }
}

static const struct {
    const char *option;
    const char *message;
} bad[] = {
    {"map=%s/subuid:",                   "the name of the user is empty"                      },
    {"map=%s/subuid::x",                 "the name of the user is empty"                      },
    {"map=%s/subuid:" USER ":",          "the name of the group is empty"                     },
    {"map=%s/subuid:a:b:c",              "3 fields where USER or USER:GROUP was expected"     },
    {"uidmap=%s/subuid:" USER ":" GROUP, "a group for a map of uids\n  leave ':" GROUP "' out"},
    {"uidmap=subid:" USER ":" GROUP,     "a group for a map of uids"                          },
    {"map=%s/subuid:" GROUP,             "no range for user '" GROUP "' in "                  },
    {"map=%s/subuid:" USER ":nobody-x",  "no range for group 'nobody-x' in "                  },
    {"map=%s/subuid:4294967295",         "user 4294967295 is more than"                       },
    {"map=%s/missing:" USER,             "No such file or directory"                          },
};

static void test_bad(void **state)
{
    const Files *files = *state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *option = expand(bad[i].option, files->directory);
        const char *const options[] = {option, NULL};
        Resolved result = resolve(options, &files->paths, NULL);
        assert_contains(result.message, bad[i].message);
        assert_true(g_str_has_prefix(result.message, option));
        resolved_clear(&result);
        g_free(option);
    }
}

/* A user that the host has: by name or number, both find both of its lines; Podman's layout begins
 * with the user's own ID and primary group and sorts, with a warning for each file. */
static void test_existing_user(void **state)
{
    const Files *files = *state;
    const struct passwd *entry = getpwnam("daemon");
    if (entry == NULL || entry->pw_uid != 1 || entry->pw_gid != 1)
        skip();
    static const char *const users[] = {"subid:daemon", "subid:1"};
    for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
        char *option = g_strconcat("map=", users[i], NULL);
        const char *const docker[] = {option, "layout=docker", NULL};
        Resolved result = resolve(docker, &files->paths, NULL);
        assert_maps(&result, "0:500000:10 10:400000:20", "0:600000:10 10:610000:5");
        assert_int_equal(result.warnings->len, 1);
        assert_contains(g_ptr_array_index(result.warnings, 0), "are not sorted by start");
        assert_contains(g_ptr_array_index(result.warnings, 0), "Podman sorts them");
        resolved_clear(&result);

        const char *const podman[] = {option, "layout=podman", NULL};
        result = resolve(podman, &files->paths, NULL);
        assert_maps(&result, "0:1:1 1:400000:20 21:500000:10", "0:1:1 1:600000:10 11:610000:5");
        assert_int_equal(result.warnings->len, 1);
        assert_contains(g_ptr_array_index(result.warnings, 0), "Docker reads them in the order");
        resolved_clear(&result);
        g_free(option);
    }
}

/* Lower gid 0 is the primary group, which need not have the number of the user. */
static void test_podman_primary_group(void **state)
{
    const Files *files = *state;
    const struct passwd *entry;
    setpwent();
    while ((entry = getpwent()) != NULL && entry->pw_uid == entry->pw_gid)
        continue;
    if (entry == NULL) {
        endpwent();
        skip();
    }
    char *name = g_strdup(entry->pw_name);
    char *uids = g_strdup_printf("0:%u:1 1:700000:5", entry->pw_uid);
    char *gids = g_strdup_printf("0:%u:1 1:700000:5", entry->pw_gid);
    endpwent();

    char *line = g_strdup_printf("%s:700000:5\n", name);
    char *ranges = write_file(files->directory, "ranges", line);
    char *option = g_strdup_printf("map=%s:%s", ranges, name);
    const char *const options[] = {option, "layout=podman", NULL};
    Resolved result = resolve(options, &files->paths, NULL);
    assert_maps(&result, uids, gids);
    resolved_clear(&result);
    g_unlink(ranges);
    g_free(option);
    g_free(ranges);
    g_free(line);
    g_free(gids);
    g_free(uids);
    g_free(name);
}

static void test_podman_needs_the_user(void **state)
{
    const Files *files = *state;
    static const char *const options[] = {"map=subid:" USER, "layout=podman", NULL};
    Resolved result = resolve(options, &files->paths, NULL);
    assert_contains(result.message,
                    "layout=podman begins with the user's own ID: there is no user");
    resolved_clear(&result);
}

static void test_invert(void **state)
{
    const Files *files = *state;
    static const char *const options[] = {"invert", "map=subid:" USER, NULL};
    Resolved result = resolve(options, &files->paths, NULL);
    assert_maps(&result, "10000:0:65536 220000:65536:6000", "20000:0:65536");
    resolved_clear(&result);
}

/* The issue's own words. */
static void test_message(void **state)
{
    (void)state;
    Resolved result = resolve_one("map=/etc/subuid:remapfs-nobody-has-this");
    if (strstr(result.message, "No such file") != NULL) {
        resolved_clear(&result);
        skip();
    }
    assert_contains(result.message, "map=/etc/subuid:remapfs-nobody-has-this: no range for user "
                                    "'remapfs-nobody-has-this' in /etc/subuid\n"
                                    "  add one, for example:  usermod --add-subuids ");
    resolved_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_existing_user),
        cmocka_unit_test(test_podman_needs_the_user),
        cmocka_unit_test(test_podman_primary_group),
        cmocka_unit_test(test_invert),
        cmocka_unit_test(test_message),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
