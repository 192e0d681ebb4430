/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All ranges of a file of subordinate IDs, and who shares IDs with whom. */
#include "check/subid_table.h"
#include "cmocka_all.h"
#include "resolve.h"

#include <stdlib.h>
#include <unistd.h>

static GArray *read_table(const char *text)
{
    char directory[] = "/tmp/test_subid_table.XXXXXX";
    assert_non_null(mkdtemp(directory));
    char *file = write_file(directory, "subuid", text);
    GArray *table = subid_table_read(file);
    unlink(file);
    rmdir(directory);
    g_free(file);
    return table;
}

static void test_read(void **state)
{
    (void)state;
    GArray *table = read_table("# comment\nbob:100:10\n\nbad\nbob:1:0\nalice:4294967290:6\n"
                               "x:1:-1\n1000:200:5\n");
    assert_int_equal(table->len, 2);
    assert_string_equal(g_array_index(table, SubidLine, 0).owner, "bob");
    assert_int_equal(g_array_index(table, SubidLine, 0).line, 2);
    assert_string_equal(g_array_index(table, SubidLine, 1).owner, "1000");
    assert_int_equal(g_array_index(table, SubidLine, 1).line, 8);
    static char name[] = "bob";
    const Account bob = {.kind = ID_UID, .given = name, .name = name, .has_id = true, .id = 1000};
    assert_int_equal(subid_table_total(table, &bob), 15);
    assert_int_equal(subid_table_end(table), 100000);
    g_array_unref(table);
    assert_null(subid_table_read("/nonexistent/subuid"));
}

static const struct {
    const char *text;
    const char *overlaps; /* "LINE-LINE ..." */
    uint64_t end;
} cases[] = {
    {"",                                                        "",        100000    },
    {"a:100000:65536\nb:165536:65536\n",                        "",        231072    },
    {"a:100000:65536\nb:165535:65536\n",                        "1-2",     231071    },
    {"b:165535:65536\na:100000:65536\n",                        "2-1",     231071    },
    {"a:100000:1000\nb:100000:10\nc:100500:10\n",               "1-2 1-3", 101000    },
    {"a:100000:1000\na:100010:10\nb:101000:1\n",                "",        101001    },
 /* root by name and by number */
    {"root:100000:10\n0:100005:10\n",                           "",        100015    },
    {"root:100000:10\n1:100005:10\n",                           "1-2",     100015    },
    {"a:4294967294:1\nb:4294967294:1\nc:2147483648:2147483647", "3-1 3-2", 4294967295},
};

static void test_overlaps(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GArray *table = read_table(cases[i].text);
        GArray *overlaps = subid_table_overlaps(table);
        GString *text = g_string_new(NULL);
        for (guint j = 0; j < overlaps->len; j++) {
            const SubidOverlap *overlap = &g_array_index(overlaps, SubidOverlap, j);
            g_string_append_printf(text, "%s%u-%u", j > 0 ? " " : "", overlap->one->line,
                                   overlap->other->line);
        }
        assert_string_equal(text->str, cases[i].overlaps);
        assert_true(subid_table_end(table) == cases[i].end);
        g_string_free(text, TRUE);
        g_array_unref(overlaps);
        g_array_unref(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_overlaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
