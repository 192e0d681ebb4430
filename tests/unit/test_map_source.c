/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kind of source a value is. */
#include "cmocka_all.h"
#include "core/map_source.h"
#include "resolve.h"

static const struct {
    const char *option;
    const char *message;
} bad[] = {
    {"map=",                     "no source of a map\n  write one of: LOWER:SHOWN:COUNT"},
    {"map=bob",                  "no source of a map"                                   },
    {"map=dockers",              "no source of a map"                                   },
    {"map=Docker",               "no source of a map"                                   },
    {"map=docker:x",             "use uidmap= for names of users"                       },
    {"map=etc/subuid:bob",       "a relative path"                                      },
    {"map=./uid_map",            "a relative path"                                      },
    {"map=userns:",              "nothing follows 'userns:'\n  write userns:/PATH"      },
    {"map=userns:self",          "a relative path"                                      },
    {"map=subid:",               "nothing follows 'subid:'"                             },
    {"map=pid:",                 "nothing follows 'pid:'"                               },
    {"map=/nonexistent/uid_map", "cannot open /nonexistent/uid_map: No such file"       },
    {"map=/nonexistent/s:bob",   "cannot open /nonexistent/s: No such file"             },
    {"map=/a:b/uid_map",         "cannot open /a:b/uid_map: No such file"               },
    {"map=/proc",                "/proc is a directory, not a regular file"             },
    {"map=/",                    "/ is a directory"                                     },
    {"gidmap=docker",            "there is no /nonexistent/daemon.json"                 },
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_fails(bad[i].option, bad[i].message);
}

static void test_control_characters(void **state)
{
    (void)state;
    Resolved result = resolve_one("map=0:1\n2");
    assert_string_equal(result.message, "map=0:1?2: a control character (shown as '?')");
    resolved_clear(&result);
}

static void test_sibling(void **state)
{
    (void)state;
    static const struct {
        const char *path, *uid, *gid, *sibling;
    } cases[] = {
        {"/etc/subuid",          "subuid", "subgid", "/etc/subgid"         },
        {"/srv/subuid.d/subuid", "subuid", "subgid", "/srv/subuid.d/subgid"},
        {"/srv/bob.subuid.bak",  "subuid", "subgid", "/srv/bob.subgid.bak" },
        {"/srv/subuid/ranges",   "subuid", "subgid", "/srv/subuid/ranges"  },
        {"/proc/1/uid_map",      "uid",    "gid",    "/proc/1/gid_map"     },
        {"/proc/1/gid_map",      "uid",    "gid",    "/proc/1/gid_map"     },
        {"/uid/map",             "uid",    "gid",    "/uid/map"            },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *sibling = map_source_sibling(cases[i].path, cases[i].uid, cases[i].gid);
        assert_string_equal(sibling, cases[i].sibling);
        g_free(sibling);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_sibling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
