/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linear hashing: buckets are split one after the other, in order, as entries come. */
#include "fs/hash_index.h"

#include <errno.h>
#include <stdlib.h>

enum {
    FIRST_BUCKETS = 64,
};

ErrInt hash_index_init(HashIndex *index, HashFunction *hash)
{
    *index = (HashIndex){.hash = hash};
    index->buckets = calloc(FIRST_BUCKETS, sizeof(*index->buckets));
    if (index->buckets == NULL)
        return -ENOMEM;
    index->allocated = FIRST_BUCKETS;
    index->n_buckets = FIRST_BUCKETS;
    return 0;
}

void hash_index_clear(HashIndex *index)
{
    free(index->buckets);
    *index = (HashIndex){0};
}

/* With n buckets, 2^k <= n < 2^(k+1), the first n - 2^k are split already: an entry whose k+1 low
 * bits name a bucket that does not exist yet is still in the one that its k low bits name. */
static size_t bucket_of(const HashIndex *index, uint64_t hash)
{
    size_t power = (size_t)1 << (63 - __builtin_clzll(index->n_buckets));
    size_t bucket = hash & (2 * power - 1);

    return bucket < index->n_buckets ? bucket : bucket - power;
}

static void push(HashLink **head, HashLink *link)
{
    link->next = *head;
    *head = link;
}

static void add_bucket(HashIndex *index)
{
    if (index->n_buckets == index->allocated) {
        HashLink **grown =
            reallocarray(index->buckets, index->allocated * 2, sizeof(*index->buckets));
        if (grown == NULL)
            return;
        index->buckets = grown;
        index->allocated *= 2;
    }
    size_t new_bucket = index->n_buckets++;
    size_t power = (size_t)1 << (63 - __builtin_clzll(new_bucket));
    HashLink *link = index->buckets[new_bucket - power];

    index->buckets[new_bucket] = NULL;
    index->buckets[new_bucket - power] = NULL;
    while (link != NULL) {
        HashLink *next = link->next;
        push(&index->buckets[bucket_of(index, index->hash(link))], link);
        link = next;
    }
}

void hash_index_insert(HashIndex *index, HashLink *link)
{
    if (index->n_entries >= index->n_buckets)
        add_bucket(index);
    push(&index->buckets[bucket_of(index, index->hash(link))], link);
    index->n_entries++;
}

void hash_index_remove(HashIndex *index, HashLink *link)
{
    HashLink **place = &index->buckets[bucket_of(index, index->hash(link))];

    while (*place != link)
        place = &(*place)->next;
    *place = link->next;
    index->n_entries--;
}

HashLink *hash_index_chain(const HashIndex *index, uint64_t hash)
{
    return index->buckets[bucket_of(index, hash)];
}
