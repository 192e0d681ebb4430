/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/lock_ranges.h: the same as an array with one element for each byte. */
#include "cmocka_all.h"
#include "fs/lock_ranges.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BYTES = 24, /* the last of them stands for all that follow */
};

static void set(LockRanges *ranges, int64_t first, int64_t last, LockKind kind)
{
    assert_int_equal(lock_ranges_reserve(ranges), 0);
    lock_ranges_set(ranges, &(LockRange){first, last, kind});
}

/* "0-4x 5-9s": as text, - for no end. */
static void assert_ranges(const LockRanges *ranges, const char *expected)
{
    char text[256] = "";

    for (size_t i = 0; i < ranges->n; i++) {
        const LockRange *range = &ranges->items[i];
        char last[24] = "";
        if (range->last != INT64_MAX)
            snprintf(last, sizeof(last), "%d", (int)range->last);
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d-%s%c", i > 0 ? " " : "",
                 (int)range->first, last, range->kind == LOCK_SHARED ? 's' : 'x');
    }
    assert_string_equal(text, expected);
}

typedef struct {
    int64_t first;
    int64_t last;
    LockKind kind;
    const char *then;
} Step;

static void follows_fcntl(void **state)
{
    static const Step steps[] = {
        {10, 19,        LOCK_EXCLUSIVE, "10-19x"                               },
        {30, 39,        LOCK_EXCLUSIVE, "10-19x 30-39x"                        },
        {20, 29,        LOCK_EXCLUSIVE, "10-39x"                               }, /* joined */
        {15, 24,        LOCK_SHARED,    "10-14x 15-24s 25-39x"                 }, /* downgraded in the middle */
        {15, 19,        LOCK_EXCLUSIVE, "10-19x 20-24s 25-39x"                 }, /* upgraded */
        {12, 12,        LOCK_NONE,      "10-11x 13-19x 20-24s 25-39x"          },
        {0,  9,         LOCK_SHARED,    "0-9s 10-11x 13-19x 20-24s 25-39x"     },
        {40, INT64_MAX, LOCK_EXCLUSIVE, "0-9s 10-11x 13-19x 20-24s 25-x"       },
        {50, 59,        LOCK_NONE,      "0-9s 10-11x 13-19x 20-24s 25-49x 60-x"},
        {8,  60,        LOCK_SHARED,    "0-60s 61-x"                           },
        {0,  INT64_MAX, LOCK_EXCLUSIVE, "0-x"                                  },
        {0,  INT64_MAX, LOCK_EXCLUSIVE, "0-x"                                  },
        {0,  0,         LOCK_NONE,      "1-x"                                  },
        {5,  INT64_MAX, LOCK_NONE,      "1-4x"                                 },
        {7,  9,         LOCK_NONE,      "1-4x"                                 },
        {0,  INT64_MAX, LOCK_NONE,      ""                                     },
    };
    LockRanges ranges = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        set(&ranges, steps[i].first, steps[i].last, steps[i].kind);
        assert_ranges(&ranges, steps[i].then);
    }
    lock_ranges_clear(&ranges);
}

/* Sorted, disjoint, joined; and each byte is of the kind that the model says. */
static void check(const LockRanges *ranges, const LockKind *model)
{
    LockKind found[BYTES] = {LOCK_NONE};

    for (size_t i = 0; i < ranges->n; i++) {
        const LockRange *range = &ranges->items[i];
        assert_true(range->first <= range->last && range->kind != LOCK_NONE);
        if (i > 0) {
            const LockRange *before = range - 1;
            assert_true(before->last < range->first);
            assert_true(before->kind != range->kind || before->last + 1 < range->first);
        }
        for (int64_t byte = range->first; byte < BYTES && byte <= range->last; byte++)
            found[byte] = range->kind;
        assert_true((range->last == INT64_MAX) == (range->last >= BYTES - 1));
    }
    assert_memory_equal(found, model, sizeof(found));
}

static LockRange random_range(void)
{
    LockRange range = {rand() % BYTES, 0, (LockKind)(rand() % 3)};

    range.last = range.first + rand() % (BYTES - range.first);
    if (range.last == BYTES - 1)
        range.last = INT64_MAX;
    return range;
}

static bool model_conflicts(const LockKind *model, const LockRange *wanted)
{
    for (int64_t byte = wanted->first; byte < BYTES && byte <= wanted->last; byte++) {
        if (model[byte] != LOCK_NONE && wanted->kind != LOCK_NONE &&
            (model[byte] == LOCK_EXCLUSIVE || wanted->kind == LOCK_EXCLUSIVE))
            return true;
    }
    return false;
}

static void equals_bytes(void **state)
{
    LockRanges ranges = {0};
    LockKind model[BYTES] = {LOCK_NONE};

    (void)state;
    srand(1);
    for (int i = 0; i < 200000; i++) {
        const LockRange range = random_range();
        const LockRange wanted = random_range();
        set(&ranges, range.first, range.last, range.kind);
        for (int64_t byte = range.first; byte < BYTES && byte <= range.last; byte++)
            model[byte] = range.kind;
        check(&ranges, model);
        const LockRange *conflict = lock_ranges_conflict(&ranges, &wanted);
        assert_int_equal(conflict != NULL, model_conflicts(model, &wanted));
        if (conflict != NULL)
            assert_true(conflict->first <= wanted.last && conflict->last >= wanted.first);
    }
    lock_ranges_clear(&ranges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_fcntl),
        cmocka_unit_test(equals_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
