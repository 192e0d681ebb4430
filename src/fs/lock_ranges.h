/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The byte ranges that one owner has locked in one file, with the semantics of fcntl(2): a new lock
 * replaces what it covers of older ones, neighbours of one kind are joined. Not locked. */
#pragma once

#include "base/errint.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    LOCK_NONE, /* in lock_ranges_set(): gives up what was locked */
    LOCK_SHARED,
    LOCK_EXCLUSIVE,
} LockKind;

typedef struct {
    int64_t first;
    int64_t last; /* included; INT64_MAX: however long the file becomes */
    LockKind kind;
} LockRange;

/* Sorted, disjoint. All zero: none. */
typedef struct {
    LockRange *items;
    size_t n;
    size_t allocated;
} LockRanges;

/* Makes sure that the next lock_ranges_set() needs no memory. -ENOMEM. */
ErrInt lock_ranges_reserve(LockRanges *ranges);

/* RANGE is of its kind now. At most two items more than before; lock_ranges_reserve() first. */
void lock_ranges_set(LockRanges *ranges, const LockRange *range);

/* The first of RANGES that another owner's lock WANTED would have to wait for, or NULL. */
const LockRange *lock_ranges_conflict(const LockRanges *ranges, const LockRange *wanted);

/* As fcntl(2) takes it. */
struct flock lock_range_flock(const LockRange *range);

void lock_ranges_clear(LockRanges *ranges);
