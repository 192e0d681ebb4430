/* SPDX-License-Identifier: GPL-2.0-or-later */
/* offset:N. */
#include "cmocka_all.h"
#include "resolve.h"

static const struct {
    const char *option;
    const char *map;
} good[] = {
    {"map=offset:0",           "0:0:4294967295"     },
    {"map=offset:-0",          "0:0:4294967295"     },
    {"map=offset:1",           "0:1:4294967294"     },
    {"map=offset:100000",      "0:100000:4294867295"},
    {"map=offset:-100000",     "100000:0:4294867295"},
    {"map=offset:4294967294",  "0:4294967294:1"     },
    {"map=offset:-4294967294", "4294967294:0:1"     },
};

static const struct {
    const char *option;
    const char *message;
} bad[] = {
    {"map=offset:",            "nothing follows 'offset:'"           },
    {"map=offset:-",           "N is empty"                          },
    {"map=offset:+5",          "N '+5' is not a decimal number"      },
    {"map=offset:--5",         "N '-5' is not a decimal number"      },
    {"map=offset:5x",          "N '5x' is not a decimal number"      },
    {"map=offset:4294967295",  "N 4294967295 is more than 4294967294"},
    {"map=offset:-4294967296", "N 4294967296 is more than 4294967294"},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        Resolved result = resolve_one(good[i].option);
        assert_maps(&result, good[i].map, good[i].map);
        resolved_clear(&result);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_fails(bad[i].option, bad[i].message);
}

static void test_leaving_ids_are_unmapped(void **state)
{
    (void)state;
    Resolved result = resolve_one("uidmap=offset:10");
    const IdMap *map = result.owners->map[ID_UID];
    ShownId shown;
    LowerId lower;
    assert_true(idmap_to_shown(map, lower_id(4294967284), &shown));
    assert_int_equal(shown.value, 4294967294);
    assert_false(idmap_to_shown(map, lower_id(4294967285), &shown));
    assert_false(idmap_to_lower(map, shown_id(9), &lower));
    resolved_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_leaving_ids_are_unmapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
