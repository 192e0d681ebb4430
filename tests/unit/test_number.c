/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict decimal numbers. */
#include "base/number.h"
#include "cmocka_all.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *text;
    uint32_t max;
    ErrInt rc;
    uint32_t number;
} cases[] = {
    {"0",                    UINT32_MAX, 0,       0         },
    {"00",                   UINT32_MAX, 0,       0         },
    {"0000000000000000007",  UINT32_MAX, 0,       7         },
    {"65536",                UINT32_MAX, 0,       65536     },
    {"2147483647",           UINT32_MAX, 0,       2147483647},
    {"2147483648",           UINT32_MAX, 0,       2147483648},
    {"4294967294",           4294967294, 0,       4294967294},
    {"4294967295",           4294967294, -ERANGE, 0         },
    {"4294967295",           UINT32_MAX, 0,       4294967295},
    {"4294967296",           UINT32_MAX, -ERANGE, 0         },
    {"18446744073709551616", UINT32_MAX, -ERANGE, 0         },
    {"10",                   9,          -ERANGE, 0         },
    {"0",                    0,          0,       0         },
    {"",                     UINT32_MAX, -EINVAL, 0         },
    {"10x",                  UINT32_MAX, -EINVAL, 0         },
    {"x10",                  UINT32_MAX, -EINVAL, 0         },
    {"99999999999x",         UINT32_MAX, -EINVAL, 0         },
    {"-1",                   UINT32_MAX, -EINVAL, 0         },
    {"+1",                   UINT32_MAX, -EINVAL, 0         },
    {" 1",                   UINT32_MAX, -EINVAL, 0         },
    {"1 ",                   UINT32_MAX, -EINVAL, 0         },
    {"1\n",                  UINT32_MAX, -EINVAL, 0         },
    {"0x10",                 UINT32_MAX, -EINVAL, 0         },
    {"1e3",                  UINT32_MAX, -EINVAL, 0         },
    {"1.0",                  UINT32_MAX, -EINVAL, 0         },
    {"\xd9\xa1",             UINT32_MAX, -EINVAL, 0         },
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t number = 12345;
        ErrInt rc = number_parse(cases[i].text, strlen(cases[i].text), cases[i].max, &number);
        if (rc != cases[i].rc)
            fail_msg("'%s': %d, not %d", cases[i].text, rc, cases[i].rc);
        assert_int_equal(number, rc == 0 ? cases[i].number : 12345);
    }
}

static void test_length(void **state)
{
    (void)state;
    uint32_t number = 0;
    assert_int_equal(number_parse("123x", 3, UINT32_MAX, &number), 0);
    assert_int_equal(number, 123);
    assert_int_equal(number_parse("12\0", 3, UINT32_MAX, &number), -EINVAL);
    assert_int_equal(number_parse("12", 0, UINT32_MAX, &number), -EINVAL);
    assert_int_equal(number, 123);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
