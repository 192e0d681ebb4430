/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of the volume plugin protocol, with a mounter that only notes what it is to do. */
#include "cmocka_all.h"
#include "resolve.h"
#include "volume-driver/calls.h"
#include "volume-driver/recovery.h"

#include <glib/gstdio.h>

#define SOURCE "\"Opts\":{\"source\":\"/\",\"map\":\"0:1:2\"}"

typedef struct {
    Mounter mounter;
    pthread_mutex_t lock;
    GHashTable *states; /* name -> MountState, of those that are not absent */
    GString *log;       /* "+NAME" for a mount, "-NAME" for an unmount */
    bool refuses;
} FakeMounter;

static FakeMounter fake;
static Driver driver;
static char *directory;
static char *state_path;

static MountState fake_state(const char *name)
{
    return (MountState)GPOINTER_TO_INT(g_hash_table_lookup(fake.states, name));
}

static bool fake_check(const Mounter *mounter, JsonObject *options, GError **error)
{
    (void)mounter;
    if (!json_object_has_member(options, "bad"))
        return true;
    g_set_error(error, G_FILE_ERROR, 0, "bad: unknown option");
    return false;
}

static MountState fake_look(const Mounter *mounter, const char *name, GError **error)
{
    (void)mounter;
    pthread_mutex_lock(&fake.lock);
    MountState state = fake_state(name);
    pthread_mutex_unlock(&fake.lock);
    if (state == MOUNT_UNKNOWN)
        g_set_error(error, G_FILE_ERROR, 0, "something else is mounted there");
    return state;
}

static bool fake_mount(const Mounter *mounter, const char *name, JsonObject *options,
                       GError **error)
{
    (void)mounter;
    (void)options;
    pthread_mutex_lock(&fake.lock);
    bool is_right = !fake.refuses && fake_state(name) == MOUNT_ABSENT;
    if (is_right)
        g_hash_table_insert(fake.states, g_strdup(name), GINT_TO_POINTER(MOUNT_LIVE));
    g_string_append_printf(fake.log, "+%s ", name);
    pthread_mutex_unlock(&fake.lock);
    if (!is_right)
        g_set_error(error, G_FILE_ERROR, 0, "cannot mount");
    return is_right;
}

static int fake_open_daemon(const Mounter *mounter, const char *name, GError **error)
{
    (void)mounter;
    (void)name;
    (void)error;
    return -1;
}

static bool fake_unmount(const Mounter *mounter, const char *name, GError **error)
{
    (void)mounter;
    (void)error;
    pthread_mutex_lock(&fake.lock);
    if (g_hash_table_remove(fake.states, name))
        g_string_append_printf(fake.log, "-%s ", name);
    pthread_mutex_unlock(&fake.lock);
    return true;
}

/* A driver that starts with what the state file has. */
static void start_driver(void)
{
    GError *error = NULL;
    driver.table = volume_table_open(state_path, &error);
    if (driver.table == NULL)
        fail_msg("%s", error->message);
    driver.recovery = recovery_new(&driver);
}

static void stop_driver(void)
{
    recovery_finish(driver.recovery, false);
    volume_table_free(driver.table);
}

/* Returns when it has recovered. */
static void restart_driver(void)
{
    stop_driver();
    start_driver();
    recovery_start(driver.recovery);
    recovery_finish(driver.recovery, false);
    driver.recovery = recovery_new(&driver);
}

static int set_up(void **state)
{
    (void)state;
    directory = g_dir_make_tmp(NULL, NULL);
    state_path = g_build_filename(directory, "state", NULL);
    fake.mounter = (Mounter){
        .directory = "/nowhere",
        .check = fake_check,
        .look = fake_look,
        .mount = fake_mount,
        .open_daemon = fake_open_daemon,
        .unmount = fake_unmount,
    };
    fake.refuses = false;
    fake.states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fake.log = g_string_new(NULL);
    pthread_mutex_init(&fake.lock, NULL);
    driver.mounter = &fake.mounter;
    start_driver();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stop_driver();
    g_hash_table_unref(fake.states);
    g_string_free(fake.log, TRUE);
    g_unlink(state_path);
    g_rmdir(directory);
    g_free(state_path);
    g_free(directory);
    return 0;
}

/* Bodies as the two engines send them, see the protocol: byte for byte. */
static void assert_call(const char *path, const char *body, unsigned status, const char *answer)
{
    unsigned got_status;
    char *got = calls_answer(&driver, path, body, strlen(body), &got_status);
    if (got_status != status || strcmp(got, answer) != 0)
        fail_msg("%s %s: %u %s, not %u %s", path, body, got_status, got, status, answer);
    g_free(got);
}

static void assert_fails_with(const char *path, const char *body, const char *part)
{
    unsigned status;
    char *got = calls_answer(&driver, path, body, strlen(body), &status);
    if (status != 500 || !g_str_has_prefix(got, "{\"Err\":\"") || strstr(got, part) == NULL)
        fail_msg("%s %s: %u %s, not an error with %s", path, body, status, got, part);
    g_free(got);
}

static void assert_done(const char *path, const char *body)
{
    assert_call(path, body, 200, "{\"Err\":\"\"}");
}

static void assert_mounts(const char *body)
{
    assert_call("/VolumeDriver.Mount", body, 200, "{\"Mountpoint\":\"/nowhere/v\",\"Err\":\"\"}");
}

static void assert_log(const char *expected)
{
    assert_string_equal(fake.log->str, expected);
    g_string_truncate(fake.log, 0);
}

static void test_protocol(void **state)
{
    (void)state;
    assert_call("/Plugin.Activate", "", 200, "{\"Implements\":[\"VolumeDriver\"]}");
    assert_call("/VolumeDriver.Capabilities", "{}\n", 200,
                "{\"Capabilities\":{\"Scope\":\"local\"}}");
    assert_call("/VolumeDriver.List", "{}\n", 200, "{\"Volumes\":[],\"Err\":\"\"}");
    assert_fails_with("/VolumeDriver.Get", "{\"Name\":\"v\"}\n", "no such volume");
    assert_done("/VolumeDriver.Create", "{\"Name\":\"v\"," SOURCE "}\n");
    assert_call("/VolumeDriver.List", "", 200,
                "{\"Volumes\":[{\"Name\":\"v\",\"Mountpoint\":\"\"}],\"Err\":\"\"}");
    assert_call("/VolumeDriver.Path", "{\"Name\":\"v\"}", 200,
                "{\"Mountpoint\":\"\",\"Err\":\"\"}");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}\n");
    assert_call("/VolumeDriver.Path", "{\"Name\":\"v\"}", 200,
                "{\"Mountpoint\":\"/nowhere/v\",\"Err\":\"\"}");
    assert_call("/VolumeDriver.List", "{}", 200,
                "{\"Volumes\":[{\"Name\":\"v\",\"Mountpoint\":\"/nowhere/v\"}],\"Err\":\"\"}");
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_done("/VolumeDriver.Remove", "{\"Name\":\"v\"}\n");
    assert_fails_with("/VolumeDriver.Remove", "{\"Name\":\"v\"}\n", "no such volume: v");
    assert_call("/VolumeDriver.Nix", "{}", 404, "{\"Err\":\"there is no such call\"}");
    assert_log("+v -v ");
}

static void test_get(void **state)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    unsigned status;
    (void)state;
    assert_done("/VolumeDriver.Create", "{\"Name\":\"v\"," SOURCE "}\n");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}\n");
    char *got = calls_answer(&driver, "/VolumeDriver.Get", "{\"Name\":\"v\"}", 12, &status);
    assert_int_equal(status, 200);
    assert_true(json_parser_load_from_data(parser, got, -1, NULL));
    g_free(got);
    JsonObject *answer = json_node_get_object(json_parser_get_root(parser));
    JsonObject *volume = json_object_get_object_member(answer, "Volume");
    JsonObject *details = json_object_get_object_member(volume, "Status");
    assert_string_equal(json_object_get_string_member(answer, "Err"), "");
    assert_string_equal(json_object_get_string_member(volume, "Name"), "v");
    assert_string_equal(json_object_get_string_member(volume, "Mountpoint"), "/nowhere/v");
    GDateTime *created =
        g_date_time_new_from_iso8601(json_object_get_string_member(volume, "CreatedAt"), NULL);
    assert_non_null(created);
    g_date_time_unref(created);
    assert_int_equal(json_array_get_length(json_object_get_array_member(details, "mounts")), 1);
}

static void test_refused(void **state)
{
    static const struct {
        const char *path;
        const char *body;
        const char *part;
    } cases[] = {
        {"/VolumeDriver.Create",  "{",                                                         "not JSON"                     },
        {"/VolumeDriver.Create",  "[]",                                                        "not a JSON object"            },
        {"/VolumeDriver.Create",  "{\"Name\":5}",                                              "\\\"Name\\\" is not"          },
        {"/VolumeDriver.Create",  "{}",                                                        "name of the volume is missing"},
        {"/VolumeDriver.Create",  "{\"Name\":\"\"," SOURCE "}",                                "name of the volume is missing"},
        {"/VolumeDriver.Create",  "{\"Name\":\"..\"," SOURCE "}",                              "not a name"                   },
        {"/VolumeDriver.Create",  "{\"Name\":\".a\"," SOURCE "}",                              "not a name"                   },
        {"/VolumeDriver.Create",  "{\"Name\":\"a/b\"," SOURCE "}",                             "not a name"                   },
        {"/VolumeDriver.Create",  "{\"Name\":\"a\\nb\"," SOURCE "}",                           "'a?b'"                        },
        {"/VolumeDriver.Create",  "{\"Name\":\"\xc3\xa9\"," SOURCE "}",                        "not a name"                   },
        {"/VolumeDriver.Create",  "{\"Name\":\"v\",\"Opts\":null}",                            "there is no source"           },
        {"/VolumeDriver.Create",  "{\"Name\":\"v\",\"Opts\":{}}",                              "there is no source"           },
        {"/VolumeDriver.Create",  "{\"Name\":\"v\"}",                                          "there is no source"           },
        {"/VolumeDriver.Create",  "{\"Name\":\"v\",\"Opts\":[]}",                              "not a JSON object"            },
        {"/VolumeDriver.Create",  "{\"Name\":\"v\",\"Opts\":{\"source\":\"/none\"}}",
         "source=/none: No such"                                                                                              },
        {"/VolumeDriver.Create",  "{\"Name\":\"v\",\"Opts\":{\"source\":\"/\",\"bad\":\"\"}}",
         "unknown option"                                                                                                     },
        {"/VolumeDriver.Mount",   "{\"Name\":\"v\",\"ID\":\"1\"}",                             "no such volume: v"            },
        {"/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}",                             "no such volume: v"            },
        {"/VolumeDriver.Mount",   "{\"Name\":\"w\"}",                                          "ID of the mount is missing"   },
        {"/VolumeDriver.Mount",   "{\"Name\":\"w\",\"ID\":\"\"}",                              "ID of the mount is missing"   },
        {"/VolumeDriver.Mount",   "{\"Name\":\"w\",\"ID\":[\"1\"]}",                           "\\\"ID\\\" is not a string"   },
        {"/VolumeDriver.Mount",   "{\"Name\":\"w\",\"ID\":\"\\u0007\"}",                       "not an ID"                    },
        {"/VolumeDriver.Unmount", "{\"Name\":\"w\",\"ID\":null}",                              "ID of the mount is missing"   },
        {"/VolumeDriver.Create",  "{\"Name\":\"w\",\"Opts\":{\"source\":\"/\"}}",
         "with other options"                                                                                                 },
    };
    (void)state;
    assert_done("/VolumeDriver.Create", "{\"Name\":\"w\"," SOURCE "}");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_fails_with(cases[i].path, cases[i].body, cases[i].part);
    assert_call("/VolumeDriver.List", "{}", 200,
                "{\"Volumes\":[{\"Name\":\"w\",\"Mountpoint\":\"\"}],\"Err\":\"\"}");
    assert_log("");
}

static void test_bounds(void **state)
{
    (void)state;
    char *longest = g_strnfill(255, 'n');
    char *body = g_strdup_printf("{\"Name\":\"%s\"," SOURCE "}", longest);
    assert_done("/VolumeDriver.Create", body);
    g_free(body);
    body = g_strdup_printf("{\"Name\":\"%sn\"," SOURCE "}", longest);
    assert_fails_with("/VolumeDriver.Create", body, "more than 255");
    g_free(body);
    g_free(longest);
    body = g_strnfill(CALLS_MAX_BYTES + 1, ' ');
    assert_fails_with("/VolumeDriver.List", body, "more than 16384 bytes");
    memset(body, '[', CALLS_MAX_BYTES);
    body[CALLS_MAX_BYTES] = '\0';
    assert_fails_with("/VolumeDriver.List", body, "more than 16 brackets");
    g_free(body);
}

/* A set of IDs, not a number of calls. */
static void test_counts(void **state)
{
    (void)state;
    assert_done("/VolumeDriver.Create", "{\"Name\":\"v\"," SOURCE "}");
    assert_done("/VolumeDriver.Create", "{\"Name\":\"v\"," SOURCE "}");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"2\"}");
    assert_log("+v ");
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"3\"}");
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_fails_with("/VolumeDriver.Remove", "{\"Name\":\"v\"}", "'v' is in use");
    assert_log("");
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"2\"}");
    assert_log("-v ");
    assert_done("/VolumeDriver.Remove", "{\"Name\":\"v\"}");
}

/* What a start finds: a volume that is in use stays mounted, or is mounted again; else not. */
static void test_restart(void **state)
{
    (void)state;
    assert_done("/VolumeDriver.Create", "{\"Name\":\"v\"," SOURCE "}");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_log("+v ");
    restart_driver();
    assert_log("");
    g_hash_table_insert(fake.states, g_strdup("v"), GINT_TO_POINTER(MOUNT_DEAD));
    restart_driver();
    assert_log("-v +v ");
    g_hash_table_remove_all(fake.states);
    restart_driver();
    assert_log("+v ");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"2\"}");
    restart_driver();
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_log("");
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"2\"}");
    assert_log("-v ");
    /* As after a crash between the mount and the note of it. */
    g_hash_table_insert(fake.states, g_strdup("v"), GINT_TO_POINTER(MOUNT_LIVE));
    restart_driver();
    assert_log("-v ");
}

static void test_dead(void **state)
{
    (void)state;
    assert_done("/VolumeDriver.Create", "{\"Name\":\"v\"," SOURCE "}");
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}");
    g_hash_table_insert(fake.states, g_strdup("v"), GINT_TO_POINTER(MOUNT_DEAD));
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_log("+v -v +v ");
    /* A mount of whoever had this name before is not taken for ours. */
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}");
    g_hash_table_insert(fake.states, g_strdup("v"), GINT_TO_POINTER(MOUNT_LIVE));
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_log("-v -v +v ");
    g_hash_table_insert(fake.states, g_strdup("v"), GINT_TO_POINTER(MOUNT_UNKNOWN));
    assert_fails_with("/VolumeDriver.Mount", "{\"Name\":\"v\",\"ID\":\"2\"}", "something else");
    assert_log("");
}

/* A failure leaves everything as it was. */
static void test_failures(void **state)
{
    (void)state;
    assert_done("/VolumeDriver.Create", "{\"Name\":\"v\"," SOURCE "}");
    fake.refuses = true;
    assert_fails_with("/VolumeDriver.Mount", "{\"Name\":\"v\",\"ID\":\"1\"}", "cannot mount");
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}");
    fake.refuses = false;
    assert_log("+v ");
    /* No file can be made by that name. */
    char *blocked = g_strconcat(state_path, ".new", NULL);
    assert_int_equal(g_mkdir(blocked, 0700), 0);
    assert_fails_with("/VolumeDriver.Mount", "{\"Name\":\"v\",\"ID\":\"1\"}", "cannot write it");
    assert_log("+v -v ");
    assert_fails_with("/VolumeDriver.Create", "{\"Name\":\"w\"," SOURCE "}", "cannot write it");
    assert_fails_with("/VolumeDriver.Remove", "{\"Name\":\"v\"}", "cannot write it");
    g_rmdir(blocked);
    assert_mounts("{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_int_equal(g_mkdir(blocked, 0700), 0);
    assert_fails_with("/VolumeDriver.Mount", "{\"Name\":\"v\",\"ID\":\"2\"}", "cannot write it");
    assert_fails_with("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}", "cannot write it");
    assert_log("+v ");
    g_rmdir(blocked);
    g_free(blocked);
    assert_done("/VolumeDriver.Unmount", "{\"Name\":\"v\",\"ID\":\"1\"}");
    assert_log("-v ");
    assert_call("/VolumeDriver.List", "{}", 200,
                "{\"Volumes\":[{\"Name\":\"v\",\"Mountpoint\":\"\"}],\"Err\":\"\"}");
}

enum { THREADS = 8, VOLUMES = 8, PAIRS = 80 };

static unsigned call_volume(const char *path, int volume, int id)
{
    unsigned status;
    g_autofree char *body = g_strdup_printf("{\"Name\":\"v%d\",\"ID\":\"%d\"}", volume, id);
    g_free(calls_answer(&driver, path, body, strlen(body), &status));
    return status;
}

/* Returns NULL, or something else when a call failed. */
static void *run_pairs(void *first)
{
    unsigned worst = 200;
    for (int i = GPOINTER_TO_INT(first); i < PAIRS; i += THREADS) {
        worst = MAX(worst, call_volume("/VolumeDriver.Mount", i % VOLUMES, i));
        worst = MAX(worst, call_volume("/VolumeDriver.Unmount", i % VOLUMES, i));
    }
    return worst == 200 ? NULL : first;
}

static void test_parallel(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    for (int i = 0; i < VOLUMES; i++) {
        char *body = g_strdup_printf("{\"Name\":\"v%d\"," SOURCE "}", i);
        assert_done("/VolumeDriver.Create", body);
        g_free(body);
    }
    /* The first half is in use all the time. */
    for (int i = 0; i < VOLUMES / 2; i++)
        assert_int_equal(call_volume("/VolumeDriver.Mount", i, PAIRS), 200);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_pairs, GINT_TO_POINTER(i)), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(g_hash_table_size(fake.states), VOLUMES / 2);
    g_string_truncate(fake.log, 0);
    restart_driver();
    assert_log("");
    for (int i = 0; i < VOLUMES / 2; i++)
        assert_int_equal(call_volume("/VolumeDriver.Unmount", i, PAIRS), 200);
    assert_int_equal(g_hash_table_size(fake.states), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_protocol), TEST(test_get),      TEST(test_refused),
        TEST(test_bounds),   TEST(test_counts),   TEST(test_restart),
        TEST(test_dead),     TEST(test_failures), TEST(test_parallel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
