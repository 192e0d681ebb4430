/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subordinate ranges of a user, in the layouts of Docker and of Podman. */
#include "cmocka_all.h"
#include "core/subid.h"
#include "resolve.h"

static char bob_name[] = "bob";
static char bob_number[] = "1000";
static char ghost_number[] = "2000";

static const Account bob = {
    .kind = ID_UID, .given = bob_name, .name = bob_name, .has_id = true, .id = 1000};
static const Account bob_by_number = {
    .kind = ID_UID, .given = bob_number, .name = bob_name, .has_id = true, .id = 1000};
/* Not in the user data base. */
static const Account bob_unknown = {.kind = ID_UID, .given = bob_name};
static const Account ghost = {.kind = ID_UID, .given = ghost_number, .has_id = true, .id = 2000};

#define TWO "bob:10000:65536\nbob:220000:6000\n"
#define REVERSED "rev:1:1\nbob:700000:1000\nbob:600000:65536\n"

/* Two ranges: the spec's example and moby's and containers/storage's results for it. Reversed:
 * measured with Docker 20.10 and Podman 4.3. */
static const struct {
    const char *text;
    const Account *owner;
    MapLayout layout;
    const char *map;
    bool order_matters;
} good[] = {
    {TWO,                                      &bob,           MAP_LAYOUT_DOCKER, "0:10000:65536 65536:220000:6000",           false},
    {TWO,                                      &bob,           MAP_LAYOUT_PODMAN, "0:1000:1 1:10000:65536 65537:220000:6000",  false},
    {TWO,                                      &bob_by_number, MAP_LAYOUT_DOCKER, "0:10000:65536 65536:220000:6000",           false},
    {TWO,                                      &bob_unknown,   MAP_LAYOUT_DOCKER, "0:10000:65536 65536:220000:6000",           false},
    {REVERSED,                                 &bob,           MAP_LAYOUT_DOCKER, "0:700000:1000 1000:600000:65536",           true },
    {REVERSED,                                 &bob,           MAP_LAYOUT_PODMAN, "0:1000:1 1:600000:65536 65537:700000:1000", true },
    {"1000:5000:10\nalice:1:1\nbob:6000:10\n", &bob,           MAP_LAYOUT_DOCKER, "0:5000:10 10:6000:10",
     false                                                                                                                          },
    {"1000:5000:10\n",                         &bob_by_number, MAP_LAYOUT_DOCKER, "0:5000:10",                                 false},
    {"2000:5000:10\nbob:1:1\n",                &ghost,         MAP_LAYOUT_DOCKER, "0:5000:10",                                 false},
    {"bob:2147483647:2147483648\n",            &bob,           MAP_LAYOUT_PODMAN, "0:1000:1 1:2147483647:2147483648",
     false                                                                                                                          },
    {"bob:65534:1\nbob:4294967294:1\n",        &bob,           MAP_LAYOUT_DOCKER, "0:65534:1 1:4294967294:1",                  false},
};

static char *list_text(const ExtentList *list)
{
    GString *text = g_string_new(NULL);
    size_t n;
    const IdExtent *items = extent_list_items(list, &n);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%u:%u:%u", i > 0 ? " " : "", items[i].lower, items[i].shown,
                               items[i].count);
    return g_string_free(text, FALSE);
}

static bool parse(const char *name, const char *text, const Account *owner, MapLayout layout,
                  ExtentList *list, bool *ret_order_matters, GError **error)
{
    const SubidRules rules = {.layout = layout, .own_id = owner->id};
    LineReader *reader = line_reader_new(name, text, strlen(text), NULL);
    assert_non_null(reader);
    bool done = subid_parse(reader, owner, &rules, list, ret_order_matters, error);
    line_reader_free(reader);
    return done;
}

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        ExtentList *list = extent_list_new();
        GError *error = NULL;
        bool order_matters;
        if (!parse("subuid", good[i].text, good[i].owner, good[i].layout, list, &order_matters,
                   &error))
            fail_msg("%s", error->message);
        char *map = list_text(list);
        assert_string_equal(map, good[i].map);
        assert_int_equal(order_matters, good[i].order_matters);
        g_free(map);
        extent_list_free(list);
    }
}

/* The values that the issue gives for bob:10000:65536 and bob:220000:6000. */
static void test_values(void **state)
{
    (void)state;
    static const struct {
        MapLayout layout;
        uint32_t lower;
        bool mapped;
        uint32_t shown;
    } cases[] = {
        {MAP_LAYOUT_DOCKER, 0,     true,  10000 },
        {MAP_LAYOUT_DOCKER, 1000,  true,  11000 },
        {MAP_LAYOUT_DOCKER, 65535, true,  75535 },
        {MAP_LAYOUT_DOCKER, 65536, true,  220000},
        {MAP_LAYOUT_DOCKER, 71535, true,  225999},
        {MAP_LAYOUT_DOCKER, 71536, false, 0     },
        {MAP_LAYOUT_PODMAN, 0,     true,  1000  },
        {MAP_LAYOUT_PODMAN, 1,     true,  10000 },
        {MAP_LAYOUT_PODMAN, 1001,  true,  11000 },
        {MAP_LAYOUT_PODMAN, 65536, true,  75535 },
        {MAP_LAYOUT_PODMAN, 65537, true,  220000},
        {MAP_LAYOUT_PODMAN, 71536, true,  225999},
        {MAP_LAYOUT_PODMAN, 71537, false, 0     },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ExtentList *list = extent_list_new();
        bool order_matters;
        assert_true(parse("subuid", TWO, &bob, cases[i].layout, list, &order_matters, NULL));
        size_t n;
        const IdExtent *items = extent_list_items(list, &n);
        IdMap *map = idmap_new(ID_UID, items, n, NULL);
        ShownId shown = shown_id(0);
        assert_int_equal(idmap_to_shown(map, lower_id(cases[i].lower), &shown), cases[i].mapped);
        assert_int_equal(shown.value, cases[i].shown);
        idmap_free(map);
        extent_list_free(list);
    }
}

static void test_lines_are_named(void **state)
{
    (void)state;
    ExtentList *list = extent_list_new();
    bool order_matters;
    assert_true(parse("/x/subuid", REVERSED, &bob, MAP_LAYOUT_PODMAN, list, &order_matters, NULL));
    size_t n;
    const IdExtent *items = extent_list_items(list, &n);
    assert_int_equal(n, 3);
    assert_int_equal(items[0].line, 0); /* the user's own ID is in no line */
    assert_int_equal(items[1].line, 3);
    assert_int_equal(items[2].line, 2);
    assert_string_equal(items[1].source, "/x/subuid");
    extent_list_free(list);
}

static const struct {
    const char *file;
    const char *text;
    const Account *owner;
    const char *message;
} bad[] = {
    {"/etc/subuid", "",                      &bob,
     "no range for user 'bob' in /etc/subuid\n"
     "  add one, for example:  usermod --add-subuids 100000-165535 bob"                     },
    {"/etc/subuid", "alice:100000:65536\n",  &bob,         "--add-subuids 165536-231071 bob"},
    {"/etc/subgid", "alice:100000:65536\n",  &bob,         "--add-subgids 165536-231071 bob"},
    {"/srv/subuid", "alice:200000:10\n",     &bob,         "bob:200010:65536"               },
    {"/etc/subuid", "alice:4294967200:10\n", &bob,         "bob:START:COUNT"                },
    {"/etc/subuid", "1000:1:1\n",            &bob_unknown, "no range for user 'bob'"        },
    {"/etc/subuid", "bob:1:1\n",             &ghost,       "no range for user '2000'"       },
    {"/etc/subuid", "Bob:1:1\nbob2:1:1\n",   &bob,         "no range for user 'bob'"        },
};

static void test_no_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        ExtentList *list = extent_list_new();
        GError *error = NULL;
        bool order_matters;
        assert_false(parse(bad[i].file, bad[i].text, bad[i].owner, MAP_LAYOUT_DOCKER, list,
                           &order_matters, &error));
        assert_contains(error->message, bad[i].message);
        g_error_free(error);
        extent_list_free(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_lines_are_named),
        cmocka_unit_test(test_no_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
