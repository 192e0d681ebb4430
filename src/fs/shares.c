/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users and groups are in one table, as long as they have something. */
#include "fs/shares.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>

/* No uid and no group has this bit. */
#define USER_BIT (UINT64_C(1) << 32)

static uint64_t key_hash(const HashLink *link)
{
    return hash_mix(((const Share *)link)->key);
}

ErrInt shares_init(Shares *shares, size_t limit)
{
    *shares = (Shares){.limit = limit};
    pthread_mutex_init(&shares->lock, NULL);
    return hash_index_init(&shares->by_key, key_hash);
}

void shares_clear(Shares *shares)
{
    for (size_t i = 0; i < shares->by_key.n_buckets; i++) {
        HashLink *link = shares->by_key.buckets[i];
        while (link != NULL) {
            HashLink *next = link->next;
            free(link);
            link = next;
        }
    }
    hash_index_clear(&shares->by_key);
    pthread_mutex_destroy(&shares->lock);
}

/* Under the lock. NULL: out of memory. */
static Share *find_or_make(Shares *shares, uint64_t key, Share *group)
{
    HashLink *link = hash_index_chain(&shares->by_key, hash_mix(key));

    while (link != NULL && ((Share *)link)->key != key)
        link = link->next;
    if (link != NULL)
        return (Share *)link;
    Share *share = malloc(sizeof(*share));
    if (share == NULL)
        return NULL;
    *share = (Share){.key = key, .group = group};
    hash_index_insert(&shares->by_key, &share->by_key);
    return share;
}

static void drop_if_unused(Shares *shares, Share *share)
{
    if (share == NULL || share->n > 0)
        return;
    hash_index_remove(&shares->by_key, &share->by_key);
    free(share);
}

/* Users of a group that has nothing have nothing. */
static void drop_both_if_unused(Shares *shares, Share *user, Share *group)
{
    drop_if_unused(shares, user);
    drop_if_unused(shares, group);
}

ErrInt shares_take(Shares *shares, const ShareUser *user, Share **ret_share)
{
    LOCK_SCOPE(&shares->lock);
    Share *group = find_or_make(shares, user->group, NULL);
    Share *share = group == NULL ? NULL : find_or_make(shares, user->uid | USER_BIT, group);

    if (share == NULL) {
        drop_both_if_unused(shares, NULL, group);
        return -ENOMEM;
    }
    /* Another one than now if the map has changed since. */
    if (share->group != group) {
        drop_if_unused(shares, group);
        group = share->group;
    }
    if (!shares_allow(share->n, group->n, shares->limit - shares->n)) {
        drop_both_if_unused(shares, share, group);
        return -ENFILE;
    }
    share->n++;
    group->n++;
    shares->n++;
    *ret_share = share;
    return 0;
}

void shares_give_back(Shares *shares, Share *share)
{
    if (share == NULL)
        return;
    LOCK_SCOPE(&shares->lock);
    Share *group = share->group;

    share->n--;
    group->n--;
    shares->n--;
    drop_both_if_unused(shares, share, group);
}
