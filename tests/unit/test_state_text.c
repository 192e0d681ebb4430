/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The volume driver's state: what is written is read, what is damaged costs nothing else. */
#include "cmocka_all.h"
#include "resolve.h"
#include "volume-driver/state_file.h"
#include "volume-driver/state_text.h"
#include "volume-driver/volume.h"

#include <glib/gstdio.h>

#define VOLUME(name)                                                                               \
    "{\"name\":\"" name "\",\"options\":{\"source\":\"/srv\",\"ro\":\"\"},"                        \
    "\"created\":\"2026-01-31T12:00:00Z\",\"mounts\":[\"a\",\"b\",\"a\"]}"
#define STATE(volumes) "{\"version\":1,\"volumes\":[" volumes "]}"

static void unref(void *volume)
{
    volume_unref(volume);
}

/* "NAME ..." of the volumes that are read, and "| MESSAGE ..." of faults. The caller frees. */
static char *read_text(const char *text, size_t length)
{
    GPtrArray *volumes = g_ptr_array_new_with_free_func(unref);
    GPtrArray *faults = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    GString *result = g_string_new(NULL);
    if (!state_text_read(text, length, volumes, faults, &error))
        g_string_append_printf(result, "error: %s ", error->message);
    for (guint i = 0; i < volumes->len; i++)
        g_string_append_printf(result, "%s ", ((Volume *)volumes->pdata[i])->name);
    for (guint i = 0; i < faults->len; i++)
        g_string_append_printf(result, "| %s ", (char *)faults->pdata[i]);
    g_clear_error(&error);
    g_ptr_array_unref(volumes);
    g_ptr_array_unref(faults);
    return g_string_free(result, FALSE);
}

static void test_faults(void **state)
{
    static const struct {
        const char *text;
        const char *result;
    } cases[] = {
        {STATE(""),                                                      ""                                                },
        {STATE(VOLUME("a") "," VOLUME("b")),                             "a b "                                            },
        {"",                                                             "error: not a JSON object"                        },
        {"{",                                                            "error: not JSON"                                 },
        {"[]",                                                           "error: not a JSON object"                        },
        {"{}",                                                           "error: \"version\" is not 1"                     },
        {"{\"version\":\"1\",\"volumes\":[]}",                           "error: \"version\" is not 1"                     },
        {"{\"version\":2,\"volumes\":[]}",                               "error: \"version\" is not 1"                     },
        {"{\"version\":1}",                                              "error: \"volumes\" is not an array"              },
        {"{\"version\":1,\"volumes\":{}}",                               "error: \"volumes\" is not an array"              },
 /* Of several volumes the other ones stay. */
        {STATE(VOLUME("a") ",3," VOLUME("b")),                           "a b | volume 2: not a JSON object "              },
        {STATE(VOLUME("a") ",null"),                                     "a | volume 2: not a JSON object "                },
        {STATE(VOLUME("a") "," VOLUME("a")),                             "a | volume 2: 'a' is there already "             },
        {STATE(VOLUME("../a") "," VOLUME("b")),                          "b | volume 1: '../a': not a name"                },
        {STATE("{}," VOLUME("b")),                                       "b | volume 1: the name of the volume is missing "},
        {STATE("{\"name\":5}," VOLUME("b")),                             "b | volume 1: the name of the volume is missing "},
        {STATE("{\"name\":\"a\",\"created\":\"today\"}"),                "| volume 1: \"created\" is not a time "          },
        {STATE("{\"name\":\"a\",\"created\":\"2026-01-31T12:00:00Z\"}"),
         "| volume 1: there is no source"                                                                                  },
        {STATE("{\"name\":\"a\",\"created\":\"2026-01-31T12:00:00Z\",\"options\":{\"source\":\"/"
               "\"}}"),
         "| volume 1: \"mounts\" is not an array "                                                                         },
        {STATE(
             "{\"name\":\"a\",\"created\":\"2026-01-31T12:00:00Z\",\"options\":{\"source\":\"/\"},"
             "\"mounts\":[\"x\",1]}"),
         "| volume 1: the ID of the mount is missing "                                                                     },
        {STATE(
             "{\"name\":\"a\",\"created\":\"2026-01-31T12:00:00Z\",\"options\":{\"source\":\"/\"},"
             "\"mounts\":[\"\\n\"]}"),
         "| volume 1: not an ID"                                                                                           },
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *result = read_text(cases[i].text, strlen(cases[i].text));
        if (!g_str_has_prefix(result, cases[i].result))
            fail_msg("%s: '%s', not '%s'", cases[i].text, result, cases[i].result);
        g_free(result);
    }
}

static void test_cut_off(void **state)
{
    static const char whole[] = STATE(VOLUME("a") "," VOLUME("b"));
    (void)state;
    for (size_t length = 0; length < strlen(whole); length++) {
        char *part = g_strndup(whole, length);
        char *result = read_text(part, length);
        if (!g_str_has_prefix(result, "error: "))
            fail_msg("%s: '%s'", part, result);
        g_free(result);
        g_free(part);
    }
}

static JsonObject *some_options(void)
{
    JsonObject *options = json_object_new();
    json_object_set_string_member(options, "source", "/srv/\"quoted\" \\ \xc3\xa9");
    json_object_set_string_member(options, "map", "0:1:2");
    return options;
}

static void test_round_trip(void **state)
{
    GPtrArray *volumes = g_ptr_array_new_with_free_func(unref);
    GPtrArray *again = g_ptr_array_new_with_free_func(unref);
    GPtrArray *faults = g_ptr_array_new_with_free_func(g_free);
    size_t length;
    (void)state;
    g_ptr_array_add(volumes, volume_new("one", some_options(), NULL));
    g_ptr_array_add(volumes, volume_new("two", some_options(), "2026-01-31T12:00:00Z"));
    g_hash_table_add(((Volume *)volumes->pdata[1])->ids, g_strdup("an ID"));
    char *text = state_text_write(volumes, &length);
    assert_int_equal(length, strlen(text));
    assert_true(state_text_read(text, length, again, faults, NULL));
    assert_int_equal(again->len, 2);
    assert_int_equal(faults->len, 0);
    for (guint i = 0; i < 2; i++) {
        const Volume *was = volumes->pdata[i];
        const Volume *is = again->pdata[i];
        assert_string_equal(is->name, was->name);
        assert_string_equal(is->created, was->created);
        assert_string_equal(json_object_get_string_member(is->options, "source"),
                            json_object_get_string_member(was->options, "source"));
        assert_int_equal(json_object_get_size(is->options), 2);
        assert_int_equal(g_hash_table_size(is->ids), i);
    }
    assert_true(g_hash_table_contains(((Volume *)again->pdata[1])->ids, "an ID"));
    g_free(text);
    g_ptr_array_unref(volumes);
    g_ptr_array_unref(again);
    g_ptr_array_unref(faults);
}

/* The number of volumes in the file. */
static guint count_in(const char *path)
{
    GPtrArray *volumes = state_file_read(path, NULL);
    assert_non_null(volumes);
    guint n = volumes->len;
    g_ptr_array_unref(volumes);
    return n;
}

static void assert_text(const char *path, const char *expected)
{
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
    g_free(text);
}

/* Each damaged file is kept, under a name of its own; and only once. */
static void test_set_aside(void **state)
{
    static const char half[] = STATE(VOLUME("a") ",{}");
    char *directory = g_dir_make_tmp(NULL, NULL);
    char *path = g_build_filename(directory, "state", NULL);
    char *first = g_build_filename(directory, "state.damaged-1", NULL);
    char *second = g_build_filename(directory, "state.damaged-2", NULL);
    char *third = g_build_filename(directory, "state.damaged-3", NULL);
    (void)state;
    assert_int_equal(count_in(path), 0);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    assert_true(g_file_set_contents(path, "garbage", -1, NULL));
    assert_int_equal(count_in(path), 0);
    assert_true(g_file_set_contents(path, half, -1, NULL));
    assert_int_equal(count_in(path), 1);
    assert_int_equal(count_in(path), 1);
    assert_text(first, "garbage");
    assert_text(second, half);
    assert_false(g_file_test(third, G_FILE_TEST_EXISTS));
    g_unlink(path);
    g_unlink(first);
    g_unlink(second);
    g_rmdir(directory);
    g_free(path);
    g_free(first);
    g_free(second);
    g_free(third);
    g_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
