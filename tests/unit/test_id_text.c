/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers and owners as users write them. */
#include "cmocka_all.h"
#include "core/id_text.h"
#include "resolve.h"

static void test_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message; /* NULL: it is 7 */
    } cases[] = {
        {"7",           NULL                                                     },
        {"",            "FIELD is empty"                                         },
        {"11",          "FIELD 11 is more than 10"                               },
        {"99999999999", "FIELD 99999999999 is more than 10"                      },
        {"7x",          "FIELD '7x' is not a decimal number\n  write digits only"},
        {"7\x1b[1m",    "FIELD '7?[1m' is not"                                   },
        {"7\n8",        "FIELD '7?8' is not"                                     },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        uint32_t number = 7;
        bool done = id_text_parse(cases[i].text, "FIELD", 10, &number, &error);
        assert_int_equal(done, cases[i].message == NULL);
        assert_int_equal(number, 7);
        if (!done)
            assert_contains(error->message, cases[i].message);
        g_clear_error(&error);
    }
}

static void test_owner(void **state)
{
    (void)state;
    uint32_t ids[ID_KIND_COUNT];
    bool has_gid;
    assert_true(id_text_parse_owner("5", ids, &has_gid, NULL));
    assert_int_equal(ids[ID_UID], 5);
    assert_int_equal(ids[ID_GID], 5);
    assert_false(has_gid);
    assert_true(id_text_parse_owner("4294967294:0", ids, &has_gid, NULL));
    assert_int_equal(ids[ID_UID], 4294967294);
    assert_int_equal(ids[ID_GID], 0);
    assert_true(has_gid);

    static const char *const bad[] = {"", ":", "5:", ":5", "5:6:7", "5:x", "4294967295", "0:-1"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        ids[ID_UID] = 1;
        assert_false(id_text_parse_owner(bad[i], ids, NULL, NULL));
        assert_int_equal(ids[ID_UID], 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number),
        cmocka_unit_test(test_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
