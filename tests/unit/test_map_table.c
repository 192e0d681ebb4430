/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A map in words and as JSON. */
#include "cmocka_all.h"
#include "core/map_table.h"
#include "resolve.h"

#include <json-glib/json-glib.h>

static Resolved make(const char *policy)
{
    const char *const options[] = {"uidmap=0:100000:65536:65536:5:1", "gidmap=0:200000:10", policy,
                                   NULL};
    return resolve(options, &no_paths, NULL);
}

static void test_text(void **state)
{
    (void)state;
    Resolved result = make(NULL);
    char *text = map_table_text(result.owners, NULL, NULL);
    static const char *const parts[] = {
        "LOWER                  SHOWN                  KIND  SOURCE\n",
        "0-65535                100000-165535          uid   uidmap=0:100000:65536:65536:5:1\n",
        "65536                  5                      uid   ",
        "0-9                    200000-200009          gid   gidmap=0:200000:10\n",
        "\na file of lower uid 0 is shown as host uid 100000\n",
        "is shown as nobody\n  unmapped=nobody, hostroot=adopt\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        assert_contains(text, parts[i]);
    assert_null(strstr(text, "warning"));
    g_free(text);
    resolved_clear(&result);
}

static void test_policies(void **state)
{
    (void)state;
    static const struct {
        const char *option;
        const char *part;
    } cases[] = {
        {"unmapped=deny",                 "its files closed to all\n  unmapped=deny, "            },
        {"unmapped=keep",                 "is itself if the map does not use that ID, else nobody"},
        {"unmapped=squash:100007:200008", "is shown as uid 100007, gid 200008\n  unmapped=squash" },
        {"hostroot=deny",                 "\n  unmapped=nobody, hostroot=deny\n"                  },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Resolved result = make(cases[i].option);
        char *text = map_table_text(result.owners, NULL, NULL);
        assert_contains(text, cases[i].part);
        g_free(text);
        resolved_clear(&result);
    }
}

static void test_owner(void **state)
{
    (void)state;
    Resolved result = make(NULL);
    const LowerOwner mapped = {"/srv/\033data", lower_id(1000), lower_id(9)};
    char *text = map_table_text(result.owners, &mapped, NULL);
    assert_contains(text,
                    "/srv/?data is of lower uid 1000, gid 9, shown as uid 101000, gid 200009");
    assert_null(strstr(text, "warning"));
    g_free(text);

    const LowerOwner unmapped = {"/srv", lower_id(1000), lower_id(1000)};
    text = map_table_text(result.owners, &unmapped, NULL);
    assert_contains(text, "shown as uid 101000, gid nobody\n");
    assert_contains(text, "warning: gid 1000, the owner of /srv, is unmapped\n  add ");
    assert_contains(text, "gidmap=1000:SHOWN:1");
    assert_null(strstr(text, "warning: uid"));
    g_free(text);
    resolved_clear(&result);
}

static void test_direction_without_uids(void **state)
{
    (void)state;
    static const char *const options[] = {"gidmap=5:7", NULL};
    Resolved result = resolve(options, &no_paths, NULL);
    char *text = map_table_text(result.owners, NULL, NULL);
    assert_contains(text, "a file of lower gid 5 is shown as host gid 7\n");
    g_free(text);
    resolved_clear(&result);
}

static void test_json(void **state)
{
    (void)state;
    Resolved result = make(NULL);
    const LowerOwner owner = {"/srv/\xff\"x", lower_id(0), lower_id(4294967294)};
    char *text = map_table_json(result.owners, &owner, NULL);
    assert_true(g_str_has_suffix(text, "}\n"));
    JsonParser *parser = json_parser_new();
    assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    g_free(text);

    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *uids = json_object_get_array_member(root, "uid");
    assert_int_equal(json_array_get_length(uids), 2);
    JsonObject *extent = json_array_get_object_element(uids, 0);
    assert_int_equal(json_object_get_int_member(extent, "shown"), 100000);
    assert_int_equal(json_object_get_int_member(extent, "count"), 65536);
    assert_false(json_object_has_member(extent, "line"));
    assert_string_equal(json_object_get_string_member(root, "unmapped"), "nobody");
    assert_string_equal(json_object_get_string_member(root, "hostroot"), "adopt");
    JsonObject *lower = json_object_get_object_member(root, "lower");
    assert_string_equal(json_object_get_string_member(lower, "path"), "/srv/\xef\xbf\xbd\"x");
    assert_false(json_object_get_boolean_member(lower, "mapped"));
    JsonObject *uid = json_object_get_object_member(lower, "uid");
    assert_int_equal(json_object_get_int_member(uid, "shown"), 100000);
    JsonObject *gid = json_object_get_object_member(lower, "gid");
    assert_true(json_object_get_int_member(gid, "lower") == 4294967294);
    assert_true(json_object_get_null_member(gid, "shown"));
    g_object_unref(parser);
    resolved_clear(&result);
}

static void test_engine(void **state)
{
    (void)state;
    static const struct {
        MapEngine engine;
        const char *text;
        const char *json;
    } cases[] = {
        {{NULL, NULL},            "hostroot=adopt\n",         "\"adopt\"}\n"                                                         },
        {{"auto", NULL},
         "\nengine=auto: the kernel can mount by this map\n", "\"engine\":{\"asked\":\"auto\",\"used\":\"kernel\"}}\n"               },
        {{"auto", (char *)"x"},
         "\nengine=auto: fuse, since x\n",                    "\"engine\":{\"asked\":\"auto\",\"used\":\"fuse\",\"reason\":\"x\"}}\n"},
        {{"kernel", (char *)"x"},
         "\nengine=kernel: no mount, since x\n",              "\"engine\":{\"asked\":\"kernel\",\"used\":null,\"reason\":\"x\"}}\n"  },
    };
    Resolved result = resolve_one("map=0:1:1");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = map_table_text(result.owners, NULL, &cases[i].engine);
        char *json = map_table_json(result.owners, NULL, &cases[i].engine);
        if (!g_str_has_suffix(text, cases[i].text))
            fail_msg("%s", text);
        if (!g_str_has_suffix(json, cases[i].json))
            fail_msg("%s", json);
        g_free(text);
        g_free(json);
    }
    resolved_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),  cmocka_unit_test(test_policies),
        cmocka_unit_test(test_owner), cmocka_unit_test(test_direction_without_uids),
        cmocka_unit_test(test_json),  cmocka_unit_test(test_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
