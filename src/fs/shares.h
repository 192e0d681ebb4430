/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors that are kept open for users of the mount, shared so that nobody gets all of them.
 *
 * A user may have as many as are left, and the users of one extent of the map, who may be one and
 * the same root of a container, three times as many. So there is always something left for the
 * next. What is shared is a limit below that of the process: a request that opens something for
 * itself only finds a descriptor, too. */
#pragma once

#include "fs/hash_index.h"

#include <pthread.h>
#include <stdbool.h>

typedef struct {
    uint64_t uid;
    uint64_t group; /* the same for all users of an extent, and of a gap between two */
} ShareUser;

/* What one user has, or one group. */
typedef struct Share {
    HashLink by_key; /* lock */
    uint64_t key;
    struct Share *group; /* of a user */
    size_t n;            /* lock */
    size_t n_ranges;     /* lock_table.h, and its lock */
} Share;

typedef struct {
    pthread_mutex_t lock;
    HashIndex by_key; /* lock */
    size_t limit;
    size_t n; /* lock */
} Shares;

/* -ENOMEM. */
ErrInt shares_init(Shares *shares, size_t limit);

/* What was not given back goes, too. */
void shares_clear(Shares *shares);

/* Takes one descriptor for USER. -ENFILE: there is none for this one. -ENOMEM. */
ErrInt shares_take(Shares *shares, const ShareUser *user, Share **ret_share);

/* SHARE may be NULL. */
void shares_give_back(Shares *shares, Share *share);

/* Whether somebody who has N, in a group that has N_GROUP, may have one more while LEFT are left.
 */
static inline bool shares_allow(size_t n, size_t n_group, size_t left)
{
    return n < left && n_group / 3 < left;
}
