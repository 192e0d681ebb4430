/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two classes for a power of two: the first bit says which power, the next which half. */
#include "fs/counters.h"

#include <time.h>

uint64_t counters_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static unsigned time_class(uint64_t ns)
{
    unsigned power = ns < 2 ? 1 : 63 - (unsigned)__builtin_clzll(ns);
    unsigned class = 2 * power + (ns >> (power - 1) & 1);

    return class < TIME_CLASSES ? class : TIME_CLASSES - 1;
}

/* The least time of the next class. */
static uint64_t class_end(unsigned class)
{
    return (UINT64_C(3) + class % 2) << (class / 2 - 1);
}

void counters_add(Counters *counters, unsigned kind, uint64_t since)
{
    Counter *counter = &counters->kinds[kind];
    unsigned class = time_class(counters_now() - since);

    atomic_fetch_add_explicit(&counter->times[class], 1, memory_order_relaxed);
}

/* Of the COUNT times, the least that PERCENT of them do not exceed, to the end of its class. */
static uint64_t quantile(const uint64_t times[TIME_CLASSES], uint64_t count, unsigned percent)
{
    uint64_t wanted = (count * percent + 99) / 100;
    unsigned class = 2;

    for (uint64_t seen = 0; class < TIME_CLASSES - 1; class ++) {
        seen += times[class];
        if (seen >= wanted)
            break;
    }
    return count > 0 ? class_end(class) : 0;
}

CounterSummary counters_summary(const Counters *counters, unsigned kind)
{
    uint64_t times[TIME_CLASSES];
    CounterSummary summary = {0};

    for (unsigned class = 0; class < TIME_CLASSES; class ++) {
        times[class] =
            atomic_load_explicit(&counters->kinds[kind].times[class], memory_order_relaxed);
        summary.count += times[class];
    }
    summary.p50 = quantile(times, summary.count, 50);
    summary.p99 = quantile(times, summary.count, 99);
    return summary;
}
