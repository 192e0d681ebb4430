/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many requests of each kind there were, and how long they took, for --status.
 *
 * Times are counted in classes, two for each power of two nanoseconds, so that a quantile is right
 * to half of itself. A request that is answered later (a wait for a lock) counts until then only as
 * far as its worker was busy with it. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COUNTERS_MAX = 48, /* kinds of requests */
    TIME_CLASSES = 64, /* up to two seconds, and all above */
};

typedef struct {
    _Atomic uint64_t times[TIME_CLASSES];
} Counter;

typedef struct {
    Counter kinds[COUNTERS_MAX];
} Counters;

/* Of a clock that only goes forward, in nanoseconds. */
uint64_t counters_now(void);

/* One more request of KIND, which began at SINCE (as of counters_now()). */
void counters_add(Counters *counters, unsigned kind, uint64_t since);

typedef struct {
    uint64_t count;
    uint64_t p50; /* nanoseconds: half of them took no longer */
    uint64_t p99;
} CounterSummary;

CounterSummary counters_summary(const Counters *counters, unsigned kind);
