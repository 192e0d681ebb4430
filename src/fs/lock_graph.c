/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The edges of the graph are not stored: they follow from the ranges whenever somebody asks. */
#include "fs/lock_graph.h"

#include <errno.h>

enum {
    SEARCH_STEPS_MAX = 100 * 1000, /* about a millisecond */
};

static uint64_t holder_hash(const HashLink *link)
{
    return hash_mix(((const LockHolder *)link)->node);
}

ErrInt lock_graph_init(LockGraph *graph)
{
    *graph = (LockGraph){.waits = NULL};
    return hash_index_init(&graph->holders, holder_hash);
}

void lock_graph_clear(LockGraph *graph)
{
    hash_index_clear(&graph->holders);
}

void lock_graph_add(LockGraph *graph, LockHolder *holder)
{
    hash_index_insert(&graph->holders, &holder->link);
}

void lock_graph_remove(LockGraph *graph, LockHolder *holder)
{
    hash_index_remove(&graph->holders, &holder->link);
}

LockHolder *lock_graph_next(const LockGraph *graph, uint64_t node, const LockHolder *after)
{
    HashLink *link =
        after != NULL ? after->link.next : hash_index_chain(&graph->holders, hash_mix(node));

    while (link != NULL && ((LockHolder *)link)->node != node)
        link = link->next;
    return (LockHolder *)link;
}

LockHolder *lock_graph_find(const LockGraph *graph, uint64_t node, uint64_t owner)
{
    LockHolder *holder = lock_graph_next(graph, node, NULL);

    while (holder != NULL && holder->owner != owner)
        holder = lock_graph_next(graph, node, holder);
    return holder;
}

static bool blocks(const LockHolder *holder, uint64_t owner, const LockRange *wanted)
{
    return holder->owner != owner && lock_ranges_conflict(&holder->ranges, wanted) != NULL;
}

const LockHolder *lock_graph_blocker(const LockGraph *graph, uint64_t node, uint64_t owner,
                                     const LockRange *wanted)
{
    const LockHolder *holder = lock_graph_next(graph, node, NULL);

    while (holder != NULL && !blocks(holder, owner, wanted))
        holder = lock_graph_next(graph, node, holder);
    return holder;
}

/* Puts the waits of OWNER that were not seen yet before *LIST. Returns the steps that it took. */
static size_t push_waits(const LockGraph *graph, uint64_t owner, LockWait **list)
{
    size_t steps = 0;

    for (LockWait *wait = graph->waits; wait != NULL; wait = wait->next) {
        steps++;
        if (wait->owner == owner && !wait->seen) {
            wait->seen = true;
            wait->to_visit = *list;
            *list = wait;
        }
    }
    return steps;
}

/* Whether those who block START wait, in the end, for its owner. */
static bool closes_circle(const LockGraph *graph, LockWait *start)
{
    LockWait *list = start;
    size_t steps = 0;

    for (LockWait *wait = graph->waits; wait != NULL; wait = wait->next)
        wait->seen = false;
    start->to_visit = NULL;
    while (list != NULL) {
        const LockWait *wait = list;
        const LockHolder *holder = NULL;
        list = wait->to_visit;
        while ((holder = lock_graph_next(graph, wait->node, holder)) != NULL) {
            if (++steps > SEARCH_STEPS_MAX)
                return false;
            if (!blocks(holder, wait->owner, &wait->wanted))
                continue;
            if (holder->owner == start->owner)
                return true;
            steps += push_waits(graph, holder->owner, &list);
        }
    }
    return false;
}

ErrInt lock_graph_begin_wait(LockGraph *graph, LockWait *wait)
{
    if (closes_circle(graph, wait))
        return -EDEADLK;
    wait->next = graph->waits;
    graph->waits = wait;
    return 0;
}

void lock_graph_end_wait(LockGraph *graph, LockWait *wait)
{
    LockWait **place = &graph->waits;

    while (*place != wait)
        place = &(*place)->next;
    *place = wait->next;
}
