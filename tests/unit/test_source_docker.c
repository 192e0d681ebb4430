/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source docker: every form that dockerd takes, with the user daemon (1:1) of every Debian. */
#include "cmocka_all.h"
#include "resolve.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>

#define UIDS "0:231072:65536 65536:100000:10"
#define GIDS "0:331072:65536"

/* As moby's parseRemappedRoot() and LoadIdentityMapping() treat them. */
static const struct {
    const char *json;
    const char *message; /* NULL: the map is UIDS and GIDS */
} cases[] = {
    {"{\"userns-remap\":\"daemon\"}",          NULL                                  },
    {"{\"userns-remap\":\"1\"}",               NULL                                  },
    {"{\"userns-remap\":\"daemon:daemon\"}",   NULL                                  },
    {"{\"userns-remap\":\"1:1\"}",             NULL                                  },
    {"{\"userns-remap\":\"daemon:1\"}",        NULL                                  },
    {"{\"userns-remap\":\"1:daemon\"}",        NULL                                  },
    {"{\"userns-remap\":\"1:root\"}",          NULL                                  },
    {"{\"userns-remap\":\"no-such-user\"}",    "there is no user 'no-such-user'"     },
    {"{\"userns-remap\":\"4000000001\"}",      "there is no user '4000000001'"       },
    {"{\"userns-remap\":\"1:no-such-group\"}", "there is no group 'no-such-group'"   },
    {"{\"userns-remap\":\"1:\"}",              "the name of the group is empty"      },
    {"{\"userns-remap\":\":1\"}",              "the name of the user is empty"       },
    {"{\"userns-remap\":\"1:1:1\"}",           "write USER or USER:GROUP"            },
    {"{\"userns-remap\":\"root\"}",            "Docker does not remap root to itself"},
    {"{\"userns-remap\":\"bin\"}",             "no range for user 'bin'"             },
    {"{\"userns-remap\":\"a\\nb\"}",           "\"a?b\": a control character"        },
    {"{}",                                     "Docker does not remap users here"    },
};

typedef struct {
    char *directory;
    char *subuid;
    char *subgid;
} Files;

static int set_up(void **state)
{
    Files *files = g_new0(Files, 1);
    files->directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    /* File order, not sorted; by name and by number; a line of the group daemon does not exist in
     * a file that is searched for the user. */
    files->subuid = write_file(files->directory, "subuid",
                               "daemon:231072:65536\nother:7:1\n1:100000:10\n"
                               "dockremap:400000:65536\n");
    files->subgid =
        write_file(files->directory, "subgid", "daemon:331072:65536\ndockremap:500000:65536\n");
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

static Resolved resolve_json(const Files *files, const char *json)
{
    char *config = write_file(files->directory, "daemon.json", json);
    const MapPaths paths = {files->subuid, files->subgid, config};
    /* Docker's layout whatever layout= says: it is Docker that is asked. */
    static const char *const options[] = {"map=docker", "layout=podman", NULL};
    Resolved result = resolve(options, &paths, NULL);
    g_unlink(config);
    g_free(config);
    return result;
}

static void test_forms(void **state)
{
    const struct passwd *entry = getpwnam("daemon");
    if (entry == NULL || entry->pw_uid != 1 || getgrnam("daemon") == NULL ||
        getpwnam("bin") == NULL)
        skip();
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Resolved result = resolve_json(*state, cases[i].json);
        if (cases[i].message == NULL)
            assert_maps(&result, UIDS, GIDS);
        else
            assert_contains(result.message, cases[i].message);
        resolved_clear(&result);
    }
}

static void test_default(void **state)
{
    bool exists = getpwnam("dockremap") != NULL;
    Resolved result = resolve_json(*state, "{\"userns-remap\":\"default\"}");
    if (exists)
        assert_maps(&result, "0:400000:65536", "0:500000:65536");
    else
        assert_contains(result.message, "there is no user 'dockremap'");
    resolved_clear(&result);
}

static void test_no_file(void **state)
{
    (void)state;
    assert_fails("map=docker", "there is no /nonexistent/daemon.json: Docker does not remap");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_default),
        cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
