/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/hash_index.h: nothing is lost or found twice while the table grows and shrinks. */
#include "cmocka_all.h"
#include "fs/hash_index.h"

#include <stdlib.h>

typedef struct {
    HashLink link;
    uint64_t number;
} Entry;

static uint64_t mixed(const HashLink *link)
{
    return hash_mix(((const Entry *)link)->number);
}

static uint64_t always_same(const HashLink *link)
{
    (void)link;
    return 5;
}

static size_t count(const HashIndex *index, uint64_t number)
{
    const Entry probe = {.number = number};
    HashLink *link = hash_index_chain(index, index->hash(&probe.link));
    size_t n = 0;

    for (; link != NULL; link = link->next)
        n += ((Entry *)link)->number == number;
    return n;
}

static void check_all(HashFunction *hash, size_t total)
{
    Entry *entries = calloc(total, sizeof(*entries));
    HashIndex index;

    assert_int_equal(hash_index_init(&index, hash), 0);
    for (size_t i = 0; i < total; i++) {
        assert_int_equal(count(&index, i), 0);
        entries[i].number = i;
        hash_index_insert(&index, &entries[i].link);
        assert_int_equal(count(&index, i), 1);
        assert_int_equal(count(&index, i / 2), 1);
    }
    for (size_t i = 0; i < total; i++)
        assert_int_equal(count(&index, i), 1);
    for (size_t i = 0; i < total; i += 2)
        hash_index_remove(&index, &entries[i].link);
    for (size_t i = 0; i < total; i++)
        assert_int_equal(count(&index, i), i % 2);
    assert_int_equal(index.n_entries, total / 2);
    hash_index_clear(&index);
    free(entries);
}

static void finds_each_entry_once(void **state)
{
    (void)state;
    check_all(mixed, 100000);
}

static void works_when_all_hashes_are_the_same(void **state)
{
    (void)state;
    check_all(always_same, 1000);
}

/* The promise of linear hashing: about as many buckets as entries, and chains that stay short. */
static void chains_stay_short(void **state)
{
    enum { TOTAL = 200000 };
    Entry *entries = calloc(TOTAL, sizeof(*entries));
    HashIndex index;
    size_t longest = 0;

    (void)state;
    assert_int_equal(hash_index_init(&index, mixed), 0);
    for (size_t i = 0; i < TOTAL; i++) {
        entries[i].number = i;
        hash_index_insert(&index, &entries[i].link);
    }
    for (size_t bucket = 0; bucket < index.n_buckets; bucket++) {
        size_t length = 0;
        for (HashLink *link = index.buckets[bucket]; link != NULL; link = link->next)
            length++;
        longest = length > longest ? length : longest;
    }
    assert_in_range(index.n_buckets, TOTAL / 2, TOTAL * 2);
    assert_in_range(longest, 1, 20);
    hash_index_clear(&index);
    free(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_entry_once),
        cmocka_unit_test(works_when_all_hashes_are_the_same),
        cmocka_unit_test(chains_stay_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
