/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of volumes: which are refused, and what call of remapfs is made of the others. */
#include "cmocka_all.h"
#include "resolve.h"
#include "volume-driver/volume_options.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

static JsonObject *options_of(const char *json, GError **error)
{
    JsonNode *node = json_from_string(json, NULL);
    JsonObject *options = volume_options_new(node, error);
    g_clear_pointer(&node, json_node_unref);
    return options;
}

static JsonObject *right_options_of(const char *json)
{
    GError *error = NULL;
    JsonObject *options = options_of(json, &error);
    if (options == NULL)
        fail_msg("%s: %s", json, error->message);
    return options;
}

static void test_refused(void **state)
{
    static const struct {
        const char *json;
        const char *message;
    } cases[] = {
        {"null",                                       "there is no source"                      },
        {"{}",                                         "create the volume with -o source="       },
        {"[]",                                         "not a JSON object"                       },
        {"\"source\"",                                 "not a JSON object"                       },
        {"{\"source\":\"\"}",                          "source=: not an absolute path"           },
        {"{\"source\":\"srv\"}",                       "source=srv: not an absolute path"        },
        {"{\"source\":\"/srv/../etc\"}",               "source=/srv/../etc: not an absolute path"},
        {"{\"source\":\"/srv/..\"}",                   "without '..'"                            },
        {"{\"source\":\"/srv\\n/x\"}",                 "source: a control character"             },
        {"{\"source\":1}",                             "source: its value is not a string"       },
        {"{\"source\":null}",                          "source: its value is not a string"       },
        {"{\"source\":[\"/srv\"]}",                    "source: its value is not a string"       },
        {"{\"source\":\"/srv\",\"ro\":true}",          "ro: its value is not a string"           },
        {"{\"source\":\"/srv\",\"\":\"x\"}",           "'': not a name of an option"             },
        {"{\"source\":\"/srv\",\"ro,suid\":\"\"}",     "'ro,suid': not a name"                   },
        {"{\"source\":\"/srv\",\"ro suid\":\"\"}",     "'ro suid': not a name"                   },
        {"{\"source\":\"/srv\",\"a=b\":\"\"}",         "'a=b': not a name"                       },
        {"{\"source\":\"/srv\",\"a\\nb\":\"\"}",       "'a?b': not a name"                       },
        {"{\"source\":\"/srv\",\"map\":\"a\\tb\"}",    "map: a control character"                },
        {"{\"source\":\"/srv\",\"create\":\"\"}",      "create=: not a mode"                     },
        {"{\"source\":\"/srv\",\"create\":\"75\"}",    "create=75: not a mode"                   },
        {"{\"source\":\"/srv\",\"create\":\"0o755\"}", "create=0o755: not a mode"                },
        {"{\"source\":\"/srv\",\"create\":\"0785\"}",  "create=0785: not a mode"                 },
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        assert_null(options_of(cases[i].json, &error));
        assert_contains(error->message, cases[i].message);
        g_clear_error(&error);
    }
}

/* The words of the call, with a bar between them. The caller frees. */
static char *call_text(const char *json, const char *mountpoint)
{
    JsonObject *options = right_options_of(json);
    GPtrArray *words = volume_options_call(options, "/bin/remapfs", mountpoint);
    char *text = g_strjoinv("|", (char **)words->pdata);
    g_ptr_array_unref(words);
    json_object_unref(options);
    return text;
}

static void test_calls(void **state)
{
    static const struct {
        const char *json;
        const char *call;
    } cases[] = {
        {"{\"source\":\"/srv\"}",                                                   "-o|map=docker|--|/srv|/mnt"        },
        {"{\"source\":\"/srv\",\"map\":\"subid:bob\"}",                             "-o|map=subid:bob|--|/srv|/mnt"     },
        {"{\"uidmap\":\"0:1:1\",\"source\":\"/srv\"}",                              "-o|uidmap=0:1:1|--|/srv|/mnt"      },
        {"{\"gidmap\":\"0:1:1\",\"source\":\"/srv\"}",                              "-o|gidmap=0:1:1|--|/srv|/mnt"      },
        {"{\"source\":\"/srv\",\"suid\":\"\",\"map\":\"1:2\",\"create\":\"0755\"}",
         "-o|suid|-o|map=1:2|--|/srv|/mnt"                                                                              },
 /* What would be another option, or another word for a shell, is part of the value. */
        {"{\"source\":\"/srv\",\"map\":\"1:2,suid\"}",                              "-o|map=1:2\\,suid|--|/srv|/mnt"    },
        {"{\"source\":\"/srv\",\"map\":\"1:2\\\\,suid\"}",                          "-o|map=1:2\\\\\\,suid|--|/srv|/mnt"},
        {"{\"source\":\"/srv\",\"map\":\"1:2 -o suid\"}",                           "-o|map=1:2 -o suid|--|/srv|/mnt"   },
        {"{\"source\":\"/srv\",\"map\":\"$(id);`id`\"}",                            "-o|map=$(id);`id`|--|/srv|/mnt"    },
        {"{\"source\":\"/srv\",\"--help\":\"\",\"map\":\"1:2\"}",
         "-o|--help|-o|map=1:2|--|/srv|/mnt"                                                                            },
        {"{\"source\":\"/-o\",\"map\":\"1:2\"}",                                    "-o|map=1:2|--|/-o|/mnt"            },
        {"{\"source\":\"/a b,c\",\"map\":\"1:2\"}",                                 "-o|map=1:2|--|/a b,c|/mnt"         },
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *got = call_text(cases[i].json, "/mnt");
        char *expected = g_strconcat("/bin/remapfs|", cases[i].call, NULL);
        assert_string_equal(got, expected);
        g_free(got);
        g_free(expected);
    }
    char *got = call_text("{\"source\":\"/srv\"}", NULL);
    assert_string_equal(got, "/bin/remapfs|--print-map|-o|map=docker|--|/srv");
    g_free(got);
}

static void test_equal(void **state)
{
    static const struct {
        const char *one;
        const char *other;
        bool equal;
    } cases[] = {
        {"{\"source\":\"/a\",\"map\":\"1:2\"}", "{\"map\":\"1:2\",\"source\":\"/a\"}", true },
        {"{\"source\":\"/a\",\"map\":\"1:2\"}", "{\"map\":\"1:3\",\"source\":\"/a\"}", false},
        {"{\"source\":\"/a\",\"map\":\"1:2\"}", "{\"source\":\"/a\"}",                 false},
        {"{\"source\":\"/a\"}",                 "{\"source\":\"/a\",\"ro\":\"\"}",     false},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        JsonObject *one = right_options_of(cases[i].one);
        JsonObject *other = right_options_of(cases[i].other);
        assert_true(volume_options_equal(one, other) == cases[i].equal);
        json_object_unref(one);
        json_object_unref(other);
    }
}

/* Prepares DIRECTORY/NAME with this value of "create", or none. Returns the message, or NULL. */
static char *prepare(const char *directory, const char *name, const char *create)
{
    GError *error = NULL;
    char *message = NULL;
    char *json = g_strdup_printf("{\"source\":\"%s/%s\"%s%s%s}", directory, name,
                                 create != NULL ? ",\"create\":\"" : "",
                                 create != NULL ? create : "", create != NULL ? "\"" : "");
    JsonObject *options = right_options_of(json);
    if (!volume_options_prepare_source(options, &error))
        message = g_strdup(error->message);
    g_clear_error(&error);
    json_object_unref(options);
    g_free(json);
    return message;
}

static void assert_mode(const char *directory, const char *name, mode_t mode)
{
    struct stat attr;
    char *path = g_build_filename(directory, name, NULL);
    assert_int_equal(stat(path, &attr), 0);
    assert_int_equal(attr.st_mode, S_IFDIR | mode);
    g_free(path);
}

static void test_source(void **state)
{
    static const struct {
        const char *name;
        const char *create;
        const char *message;
    } cases[] = {
        {"none",      NULL,   "have it made with -o create="},
        {"none/none", "0755", "cannot create it: No such"   },
        {"file",      NULL,   "not a directory"             },
        {"file",      "0755", "not a directory"             },
        {"file/x",    "0755", "Not a directory"             },
        {"dangling",  "0755", "source="                     },
    };
    char *directory = g_dir_make_tmp(NULL, NULL);
    char *file = write_file(directory, "file", "");
    char *link = g_build_filename(directory, "dangling", NULL);
    (void)state;
    assert_int_equal(symlink("nowhere", link), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *message = prepare(directory, cases[i].name, cases[i].create);
        assert_contains(message, cases[i].message);
        g_free(message);
    }
    mode_t mask = umask(077);
    assert_null(prepare(directory, "made", "2775"));
    umask(mask);
    assert_mode(directory, "made", 02775);
    /* One that is there stays as it is. */
    assert_null(prepare(directory, "made", "700"));
    assert_null(prepare(directory, "made", NULL));
    assert_mode(directory, "made", 02775);
    char *made = g_build_filename(directory, "made", NULL);
    g_rmdir(made);
    g_unlink(link);
    g_unlink(file);
    g_rmdir(directory);
    g_free(made);
    g_free(link);
    g_free(file);
    g_free(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
