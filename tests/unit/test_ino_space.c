/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/ino_space.h: numbers of the root stay, those of others never collide, each stays the same. */
#include "cmocka_all.h"
#include "fs/ino_space.h"

#include <stdlib.h>

#define ROOT 100
#define TOP (UINT64_C(1) << 63)

static int new_space(void **state)
{
    *state = ino_space_new(ROOT);
    return *state != NULL ? 0 : -1;
}

static int free_space(void **state)
{
    ino_space_free(*state);
    return 0;
}

static uint64_t map(void **state, dev_t device, uint64_t lower)
{
    uint64_t ino = 0;

    assert_int_equal(ino_space_map(*state, device, lower, &ino), 0);
    return ino;
}

static void root_keeps_its_numbers(void **state)
{
    static const uint64_t numbers[] = {1, 2, 4294967296, UINT64_C(1) << 48, TOP - 1};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        assert_true(map(state, ROOT, numbers[i]) == numbers[i]);
}

static int compare(const void *a, const void *b)
{
    const uint64_t *left = a;
    const uint64_t *right = b;

    return (*left > *right) - (*left < *right);
}

/* Every device of many, and numbers at every limit of the scheme, all at once. */
static void no_two_are_the_same(void **state)
{
    enum { DEVICES = 300 };
    static const uint64_t numbers[] = {
        1, 2, 256, (UINT64_C(1) << 48) - 1, UINT64_C(1) << 48, TOP - 1, TOP, UINT64_MAX};
    enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };
    static uint64_t seen[DEVICES * NUMBERS];
    size_t n = 0;

    for (dev_t device = ROOT; device < ROOT + DEVICES; device++)
        for (size_t i = 0; i < NUMBERS; i++)
            seen[n++] = map(state, device, numbers[i]);
    n = 0;
    for (dev_t device = ROOT; device < ROOT + DEVICES; device++)
        for (size_t i = 0; i < NUMBERS; i++)
            assert_true(map(state, device, numbers[i]) == seen[n++]);
    qsort(seen, n, sizeof(seen[0]), compare);
    for (size_t i = 1; i < n; i++)
        assert_true(seen[i - 1] != seen[i]);
}

/* With more devices than the scheme has places for, numbers are counted, and still do not collide
 * with the last place's. */
static void more_devices_than_places(void **state)
{
    uint64_t last = 0;

    for (dev_t device = 1000; device < 1000 + 0x8001; device++) {
        uint64_t ino = map(state, device, 7);
        assert_true(ino != last);
        assert_true((ino & TOP) != 0);
        last = ino;
    }
    assert_true(map(state, 1000 + 0x7fff, 7) != map(state, 1000 + 0x8000, 7));
    assert_true(map(state, 1000 + 0x8000, 7) == last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(root_keeps_its_numbers, new_space, free_space),
        cmocka_unit_test_setup_teardown(no_two_are_the_same, new_space, free_space),
        cmocka_unit_test_setup_teardown(more_devices_than_places, new_space, free_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
