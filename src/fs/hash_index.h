/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An intrusive hash table that grows one bucket at a time, so that no insertion is ever slow:
 * linear hashing (Litwin 1980). Not locked; the owner locks. */
#pragma once

#include "base/errint.h"

#include <stddef.h>
#include <stdint.h>

typedef struct HashLink {
    struct HashLink *next;
} HashLink;

typedef uint64_t HashFunction(const HashLink *link);

typedef struct {
    HashLink **buckets;
    size_t allocated;
    size_t n_buckets;
    size_t n_entries;
    HashFunction *hash;
} HashIndex;

/* -ENOMEM. HASH gives the well-mixed hash of an entry, always the same one. */
ErrInt hash_index_init(HashIndex *index, HashFunction *hash);

/* Frees the buckets; the entries are the caller's. */
void hash_index_clear(HashIndex *index);

/* Always succeeds: without memory for more buckets the chains grow longer instead. */
void hash_index_insert(HashIndex *index, HashLink *link);

/* LINK must be in the index. */
void hash_index_remove(HashIndex *index, HashLink *link);

/* The first entry of the bucket in which entries of this hash are; the rest by ->next. */
HashLink *hash_index_chain(const HashIndex *index, uint64_t hash);

/* Spreads a number over all 64 bits (the finalizer of MurmurHash3, public domain). */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    x ^= x >> 33;
    return x;
}
