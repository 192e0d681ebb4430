/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The maps below tests/data/maps: what each file begins with is what must come of it.
 *
 * "# expect-map: LOWER:SHOWN:COUNT ...", with "# expect-warning: TEXT" perhaps below it, in good/;
 * "# expect: TEXT", a part of the message, in bad/. NAME.map is read as a uid_map, NAME.subuid for
 * the user bob. */
#include "cmocka_all.h"
#include "resolve.h"

#include <stdlib.h>

static char *data_directory(const char *name)
{
    const char *data = getenv("TEST_DATA");
    return g_build_filename(data != NULL ? data : "tests/data", "maps", name, NULL);
}

/* What follows KEY on a comment line of the file; NULL: there is none. */
static char *header(const char *path, const char *key)
{
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        fail_msg("cannot read %s", path);
    char *value = NULL;
    char **lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; lines[i] != NULL && value == NULL; i++)
        if (g_str_has_prefix(lines[i], key))
            value = g_strdup(lines[i] + strlen(key));
    g_strfreev(lines);
    g_free(text);
    return value;
}

static char *option_for(const char *path)
{
    if (g_str_has_suffix(path, ".subuid"))
        return g_strdup_printf("uidmap=%s:bob", path);
    return g_strdup_printf("uidmap=%s", path);
}

static void check_good(const char *path, const Resolved *result)
{
    char *map = header(path, "# expect-map: ");
    assert_non_null(map);
    assert_maps(result, map, "");
    g_free(map);

    char *warning = header(path, "# expect-warning: ");
    /* The other warning is that there is no gid map. */
    assert_int_equal(result->warnings->len, warning != NULL ? 2 : 1);
    if (warning != NULL)
        assert_contains(g_ptr_array_index(result->warnings, 0), warning);
    g_free(warning);
}

static void check_bad(const char *path, const Resolved *result)
{
    char *message = header(path, "# expect: ");
    assert_non_null(message);
    assert_contains(result->message, message);
    assert_contains(result->message, path);
    g_free(message);
}

static void walk(const char *name, void (*check)(const char *path, const Resolved *result))
{
    char *directory = data_directory(name);
    GDir *files = g_dir_open(directory, 0, NULL);
    if (files == NULL)
        fail_msg("no %s: run below the source directory, or set TEST_DATA", directory);
    int n = 0;
    const char *file;
    while ((file = g_dir_read_name(files)) != NULL) {
        /* A source's path is absolute; the data directory need not be. */
        char *joined = g_build_filename(directory, file, NULL);
        char *path = g_canonicalize_filename(joined, NULL);
        char *option = option_for(path);
        print_message("%s\n", path);
        const char *const options[] = {option, NULL};
        Resolved result = resolve(options, &no_paths, NULL);
        check(path, &result);
        resolved_clear(&result);
        g_free(option);
        g_free(path);
        g_free(joined);
        n++;
    }
    g_dir_close(files);
    g_free(directory);
    assert_true(n > 0);
}

static void test_good(void **state)
{
    (void)state;
    walk("good", check_good);
}

static void test_bad(void **state)
{
    (void)state;
    walk("bad", check_bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
