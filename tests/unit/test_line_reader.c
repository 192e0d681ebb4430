/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines, their numbers, and what is no text file. */
#include "cmocka_all.h"
#include "core/line_reader.h"
#include "resolve.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* LINES reads "NUMBER:TEXT|NUMBER:TEXT..." */
static const struct {
    const char *text;
    const char *lines;
} cases[] = {
    {"",                        ""            },
    {"\n\n",                    ""            },
    {"a",                       "1:a|"        },
    {"a\n",                     "1:a|"        },
    {"a\nb",                    "1:a|2:b|"    },
    {"\n# comment\n  # x\nb\n", "4:b|"        },
    {" \t\n  a b  \n",          "2:  a b  |"  },
    {"a # b\n",                 "1:a # b|"    },
    {"a\r\n",                   "1:a\r|"      },
    {"a\n\n\nb\n#\nc",          "1:a|4:b|6:c|"},
};

static char *read_all(LineReader *reader)
{
    GString *lines = g_string_new(NULL);
    unsigned number;
    const char *line;
    while ((line = line_reader_next(reader, &number)) != NULL)
        g_string_append_printf(lines, "%u:%s|", number, line);
    assert_null(line_reader_next(reader, &number));
    return g_string_free(lines, FALSE);
}

static void test_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        LineReader *reader = line_reader_new("name", cases[i].text, strlen(cases[i].text), NULL);
        assert_non_null(reader);
        assert_string_equal(line_reader_name(reader), "name");
        char *lines = read_all(reader);
        assert_string_equal(lines, cases[i].lines);
        g_free(lines);
        line_reader_free(reader);
    }
}

static void test_nul(void **state)
{
    (void)state;
    static const char text[] = "a\nb\n#\0\nc";
    GError *error = NULL;
    assert_null(line_reader_new("name", text, sizeof(text) - 1, &error));
    assert_contains(error->message, "name:3: a NUL byte");
    g_error_free(error);
}

static void check_refused(const char *path, const char *message)
{
    GError *error = NULL;
    assert_null(line_reader_open(path, path, &error));
    assert_contains(error->message, message);
    assert_contains(error->message, path);
    g_error_free(error);
}

/* A FIFO without a writer and a terminal would block; this test then runs into its time limit. */
static void test_other_files(void **state)
{
    (void)state;
    char *directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    char *fifo = g_build_filename(directory, "fifo", NULL);
    char *missing = g_build_filename(directory, "missing", NULL);
    assert_int_equal(mkfifo(fifo, 0600), 0);

    check_refused(directory, "is a directory, not a regular file");
    check_refused(fifo, "is a FIFO, not a regular file");
    check_refused("/dev/zero", "is a device, not a regular file");
    check_refused(missing, "No such file or directory");
    check_refused("", "cannot open");

    g_unlink(fifo);
    g_rmdir(directory);
    g_free(missing);
    g_free(fifo);
    g_free(directory);
}

static void test_size_limit(void **state)
{
    (void)state;
    char *directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    char *path = write_file(directory, "long", "# ");
    LineReader *reader = line_reader_open(path, path, NULL);
    assert_non_null(reader);
    line_reader_free(reader);
    /* A hole: as long as the limit allows, but of NUL bytes; and longer than it. */
    assert_int_equal(truncate(path, 16 * 1024 * 1024), 0);
    check_refused(path, ":1: a NUL byte");
    assert_int_equal(truncate(path, 16 * 1024 * 1024 + 1), 0);
    check_refused(path, "has more than 16777216 bytes");
    g_unlink(path);
    g_rmdir(directory);
    g_free(path);
    g_free(directory);
}

static void test_proc_file(void **state)
{
    (void)state;
    LineReader *reader = line_reader_open("/proc/self/status", "status", NULL);
    assert_non_null(reader);
    char *lines = read_all(reader);
    assert_contains(lines, "Uid:");
    g_free(lines);
    line_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),       cmocka_unit_test(test_nul),
        cmocka_unit_test(test_other_files), cmocka_unit_test(test_size_limit),
        cmocka_unit_test(test_proc_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
