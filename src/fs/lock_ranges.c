/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sorted array: files with more than a few locked ranges are rare. */
#include "fs/lock_ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    GROWTH_MAX = 2, /* by one change: a range is cut in two with another between */
};

ErrInt lock_ranges_reserve(LockRanges *ranges)
{
    size_t grown = ranges->allocated == 0 ? 4 : 2 * ranges->allocated;
    LockRange *items;

    if (ranges->allocated - ranges->n >= GROWTH_MAX)
        return 0;
    items = reallocarray(ranges->items, grown, sizeof(*items));
    if (items == NULL)
        return -ENOMEM;
    ranges->items = items;
    ranges->allocated = grown;
    return 0;
}

/* The first item that ends at FIRST or behind it. */
static size_t find(const LockRanges *ranges, int64_t first)
{
    size_t low = 0;
    size_t high = ranges->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->items[middle].last < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void replace(LockRanges *ranges, size_t begin, size_t end, const LockRange *pieces, size_t n)
{
    memmove(ranges->items + begin + n, ranges->items + end,
            (ranges->n - end) * sizeof(*ranges->items));
    memcpy(ranges->items + begin, pieces, n * sizeof(*pieces));
    ranges->n = ranges->n - (end - begin) + n;
}

void lock_ranges_set(LockRanges *ranges, const LockRange *range)
{
    LockRange *items = ranges->items;
    LockRange middle = *range;
    LockRange pieces[3];
    size_t n = 0;
    size_t begin = find(ranges, range->first);
    size_t end = begin;

    while (end < ranges->n && items[end].first <= range->last)
        end++;
    if (begin == end && range->kind == LOCK_NONE)
        return;
    /* Neighbours of the same kind are taken in, as if they were covered. */
    if (begin > 0 && items[begin - 1].kind == range->kind &&
        items[begin - 1].last == range->first - 1)
        begin--;
    if (end < ranges->n && items[end].kind == range->kind && items[end].first - 1 == range->last)
        end++;
    if (begin < end && items[begin].first < range->first) {
        if (items[begin].kind == range->kind)
            middle.first = items[begin].first;
        else
            pieces[n++] = (LockRange){items[begin].first, range->first - 1, items[begin].kind};
    }
    if (begin < end && items[end - 1].last > range->last && items[end - 1].kind == range->kind)
        middle.last = items[end - 1].last;
    if (range->kind != LOCK_NONE)
        pieces[n++] = middle;
    if (begin < end && items[end - 1].last > middle.last)
        pieces[n++] = (LockRange){range->last + 1, items[end - 1].last, items[end - 1].kind};
    replace(ranges, begin, end, pieces, n);
}

const LockRange *lock_ranges_conflict(const LockRanges *ranges, const LockRange *wanted)
{
    if (wanted->kind == LOCK_NONE)
        return NULL;
    for (size_t i = find(ranges, wanted->first); i < ranges->n; i++) {
        if (ranges->items[i].first > wanted->last)
            break;
        if (wanted->kind == LOCK_EXCLUSIVE || ranges->items[i].kind == LOCK_EXCLUSIVE)
            return &ranges->items[i];
    }
    return NULL;
}

struct flock lock_range_flock(const LockRange *range)
{
    const int type = range->kind == LOCK_NONE     ? F_UNLCK
                     : range->kind == LOCK_SHARED ? F_RDLCK
                                                  : F_WRLCK;

    return (struct flock){
        .l_type = (short)type,
        .l_whence = SEEK_SET,
        .l_start = range->first,
        .l_len = range->last == INT64_MAX ? 0 : range->last - range->first + 1,
    };
}

void lock_ranges_clear(LockRanges *ranges)
{
    free(ranges->items);
    *ranges = (LockRanges){0};
}
