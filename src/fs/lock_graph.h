/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who of the mount's users holds which ranges of which files, and who waits for whom.
 *
 * The locks that we take below belong to open file descriptions, among which the kernel finds no
 * deadlock; so it is found here. A wait is for whoever else holds a range in its way at the moment
 * of asking: a circle is closed by the wait that begins last, and that one is refused.
 *
 * What is not found is a circle through somebody who is not in here: a process of the host, or of
 * another mount of the same lower directory. Nor do waits for flock(2) count, as in the kernel.
 * Other than there, open file descriptions of callers (F_OFD_SETLKW) do count: FUSE does not tell
 * them from processes. An owner counts as waiting when one of its threads waits.
 *
 * Not locked. */
#pragma once

#include "fs/hash_index.h"
#include "fs/lock_ranges.h"

#include <stdbool.h>
#include <sys/types.h>

/* One owner's part in one file. */
typedef struct {
    HashLink link;
    uint64_t node;
    uint64_t owner;
    pid_t pid; /* of who locked last */
    LockRanges ranges;
} LockHolder;

typedef struct LockWait {
    struct LockWait *next;
    struct LockWait *to_visit; /* the list of a search */
    bool seen;                 /* by a search */
    uint64_t node;
    uint64_t owner;
    LockRange wanted;
} LockWait;

typedef struct {
    HashIndex holders; /* by node */
    LockWait *waits;
} LockGraph;

/* -ENOMEM. */
ErrInt lock_graph_init(LockGraph *graph);

/* The holders and waits in it are the caller's. */
void lock_graph_clear(LockGraph *graph);

/* HOLDER must have its node and owner; there is at most one of both. */
void lock_graph_add(LockGraph *graph, LockHolder *holder);
void lock_graph_remove(LockGraph *graph, LockHolder *holder);

/* The next holder of something in NODE after AFTER; the first one for NULL. NULL: no more. */
LockHolder *lock_graph_next(const LockGraph *graph, uint64_t node, const LockHolder *after);

LockHolder *lock_graph_find(const LockGraph *graph, uint64_t node, uint64_t owner);

/* Somebody else than OWNER whose lock is in the way of WANTED, or NULL. */
const LockHolder *lock_graph_blocker(const LockGraph *graph, uint64_t node, uint64_t owner,
                                     const LockRange *wanted);

/* Adds WAIT, of which node, owner and wanted are set, until lock_graph_end_wait(). -EDEADLK: it
 * would close a circle; it is not added. The search gives up after a bounded number of steps. */
ErrInt lock_graph_begin_wait(LockGraph *graph, LockWait *wait);
void lock_graph_end_wait(LockGraph *graph, LockWait *wait);
