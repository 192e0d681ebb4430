/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/shares.h: whoever comes next gets something, and what is given back is there again. */
#include "cmocka_all.h"
#include "fs/shares.h"

#include <errno.h>

enum { LIMIT = 1000 };

typedef struct {
    Share *held[LIMIT];
    size_t n;
} Held;

/* Takes all that UID of GROUP gets. */
static void take_all(Shares *shares, uint64_t uid, uint64_t group, Held *held)
{
    const ShareUser user = {uid, group};
    ErrInt r;

    while ((r = shares_take(shares, &user, &held->held[held->n])) == 0)
        held->n++;
    assert_int_equal(r, -ENFILE);
}

static void give_all_back(Shares *shares, Held *held)
{
    while (held->n > 0)
        shares_give_back(shares, held->held[--held->n]);
}

static void leaves_half_to_others(void **state)
{
    Shares shares;
    Held first = {.n = 0};
    Held second = {.n = 0};

    (void)state;
    assert_int_equal(shares_init(&shares, LIMIT), 0);
    take_all(&shares, 5, 0, &first);
    assert_int_equal(first.n, LIMIT / 2);
    take_all(&shares, 6, 0, &second);
    assert_int_equal(second.n, LIMIT / 4);
    give_all_back(&shares, &first);
    take_all(&shares, 6, 0, &second);
    assert_int_equal(second.n, LIMIT / 2);
    give_all_back(&shares, &second);
    assert_int_equal(shares.n, 0);
    assert_int_equal(shares.by_key.n_entries, 0);
    shares_clear(&shares);
}

static void leaves_a_quarter_to_other_groups(void **state)
{
    Shares shares;
    Held many = {.n = 0};
    Held other = {.n = 0};

    (void)state;
    assert_int_equal(shares_init(&shares, LIMIT), 0);
    for (uint64_t uid = 100000; uid < 165536; uid++)
        take_all(&shares, uid, 100000, &many);
    assert_in_range(many.n, LIMIT * 3 / 4, LIMIT * 3 / 4 + 3);
    take_all(&shares, 0, 0, &other);
    assert_in_range(other.n, LIMIT / 8 - 2, LIMIT / 8);
    give_all_back(&shares, &many);
    give_all_back(&shares, &other);
    assert_int_equal(shares.by_key.n_entries, 0);
    shares_clear(&shares);
}

/* As after a change of the map. */
static void survives_another_group(void **state)
{
    const ShareUser before = {5, 0};
    const ShareUser after = {5, 1};
    Shares shares;
    Share *one;
    Share *other;

    (void)state;
    assert_int_equal(shares_init(&shares, LIMIT), 0);
    assert_int_equal(shares_take(&shares, &before, &one), 0);
    assert_int_equal(shares_take(&shares, &after, &other), 0);
    shares_give_back(&shares, one);
    shares_give_back(&shares, other);
    assert_int_equal(shares.by_key.n_entries, 0);
    shares_clear(&shares);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_half_to_others),
        cmocka_unit_test(leaves_a_quarter_to_other_groups),
        cmocka_unit_test(survives_another_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
