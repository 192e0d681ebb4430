/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From owners to open file descriptions, see fcntl(2) on these. */
#include "fs/lock_table.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "fs/relieved_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum {
    RANGES_MAX =
        1024 * 1024, /* of all owners; the kernel's own memory for them is ten times ours */
};

static LockOwner *owner_of(LockHolder *holder)
{
    return (LockOwner *)holder;
}

/* Life */

ErrInt lock_table_init(LockTable *table, const Relief *relief, Shares *shares, int proc_fd)
{
    *table = (LockTable){.relief = relief, .shares = shares, .proc_fd = proc_fd};
    pthread_mutex_init(&table->lock, NULL);
    return lock_graph_init(&table->graph);
}

static void free_owner(LockTable *table, LockOwner *owner)
{
    cleanup_close(&owner->fd);
    shares_give_back(table->shares, owner->share);
    lock_ranges_clear(&owner->holder.ranges);
    pthread_mutex_destroy(&owner->serial);
    free(owner);
}

void lock_table_clear(LockTable *table)
{
    HashIndex *holders = &table->graph.holders;

    for (size_t i = 0; i < holders->n_buckets; i++) {
        HashLink *link = holders->buckets[i];
        while (link != NULL) {
            HashLink *next = link->next;
            free_owner(table, owner_of((LockHolder *)link));
            link = next;
        }
    }
    lock_graph_clear(&table->graph);
    pthread_mutex_destroy(&table->lock);
}

static LockOwner *new_owner(LockTable *table, const LockClient *client, const ShareUser *user)
{
    LockOwner *owner AUTO_FREE = malloc(sizeof(*owner));
    Share *share;

    if (owner == NULL || shares_take(table->shares, user, &share) < 0)
        return NULL;
    *owner = (LockOwner){
        .holder = {.node = client->node, .owner = client->owner},
          .fd = -1, .share = share
    };
    pthread_mutex_init(&owner->serial, NULL);
    return STEAL(owner);
}

ErrInt lock_table_use(LockTable *table, const LockClient *client, const ShareUser *user,
                      LockOwner **ret_owner)
{
    LockOwner *owner;
    LOCK_SCOPE(&table->lock);

    owner = owner_of(lock_graph_find(&table->graph, client->node, client->owner));
    if (owner == NULL) {
        owner = new_owner(table, client, user);
        if (owner == NULL)
            return -ENOLCK;
        lock_graph_add(&table->graph, &owner->holder);
        table->n_owners++;
    }
    owner->handle = client->handle;
    owner->given_up = false;
    if (client->pid > 0)
        owner->holder.pid = client->pid;
    owner->refs++;
    *ret_owner = owner;
    return 0;
}

LockOwner *lock_table_find(LockTable *table, const LockClient *client)
{
    LockOwner *owner;

    if (table->n_owners == 0)
        return NULL;
    LOCK_SCOPE(&table->lock);
    owner = owner_of(lock_graph_find(&table->graph, client->node, client->owner));
    if (owner != NULL)
        owner->refs++;
    return owner;
}

/* Under the lock: nobody finds it any more. */
static void detach(LockTable *table, LockOwner *owner)
{
    lock_graph_remove(&table->graph, &owner->holder);
    table->n_owners--;
    owner->detached = true;
}

/* Under the lock. One without locks is kept for its next lock, unless the kernel gave it up. */
static LockOwner *take_if_unused(LockTable *table, LockOwner *owner)
{
    if (owner->refs > 0)
        return NULL;
    if (!owner->detached) {
        if (owner->holder.ranges.n > 0 || (!owner->given_up && owner->fd >= 0))
            return NULL;
        detach(table, owner);
    }
    return owner;
}

void lock_table_disuse(LockTable *table, LockOwner *owner)
{
    LockOwner *unused;

    pthread_mutex_lock(&table->lock);
    owner->refs--;
    unused = take_if_unused(table, owner);
    pthread_mutex_unlock(&table->lock);
    if (unused != NULL)
        free_owner(table, unused);
}

/* Locks */

static ErrInt lock_fd(int fd, int command, const LockRange *range)
{
    struct flock flock = lock_range_flock(range);

    if (fcntl(fd, command, &flock) == 0)
        return 0;
    return errno == EACCES ? -EAGAIN : -errno;
}

static int reopen(const LockTable *table, int fd, int flags)
{
    return relieved_openat(table->relief, table->proc_fd, fd_name(fd).text, flags | O_NONBLOCK, 0);
}

/* Under serial. For both kinds of locks, whatever the caller opened the file for; where that cannot
 * be, for what the caller can. A file without a name has no other way to be opened than through
 * the handle. */
static ErrInt open_owner(LockTable *table, LockOwner *owner)
{
    int handle;

    if (owner->fd >= 0)
        return 0;
    pthread_mutex_lock(&table->lock);
    handle = (int)owner->handle;
    pthread_mutex_unlock(&table->lock);
    owner->fd = reopen(table, handle, O_RDWR);
    if (owner->fd < 0)
        owner->fd = reopen(table, handle, fcntl(handle, F_GETFL) & O_ACCMODE);
    return owner->fd < 0 ? -ENOLCK : 0;
}

/* Under the lock: not for one who has so many that others could lack them, see shares.h. */
static bool allows_range(const LockTable *table, const LockOwner *owner)
{
    size_t left = table->n_ranges < RANGES_MAX ? RANGES_MAX - table->n_ranges : 0;

    return shares_allow(owner->share->n_ranges, owner->share->group->n_ranges, left);
}

/* Under serial: what was locked can be recorded. */
static ErrInt reserve(LockTable *table, LockOwner *owner, LockKind kind)
{
    LOCK_SCOPE(&table->lock);

    if (kind != LOCK_NONE && !allows_range(table, owner))
        return -ENOLCK;
    return lock_ranges_reserve(&owner->holder.ranges) < 0 ? -ENOLCK : 0;
}

static void record(LockTable *table, LockOwner *owner, const LockRange *range)
{
    LOCK_SCOPE(&table->lock);
    size_t before = owner->holder.ranges.n;

    lock_ranges_set(&owner->holder.ranges, range);
    size_t added = owner->holder.ranges.n - before; /* or removed, as the difference wraps around */
    table->n_ranges += added;
    owner->share->n_ranges += added;
    owner->share->group->n_ranges += added;
}

ErrInt lock_table_set(LockTable *table, LockOwner *owner, const LockRange *range)
{
    ErrInt r;
    LOCK_SCOPE(&owner->serial);

    r = open_owner(table, owner);
    if (r == 0)
        r = reserve(table, owner, range->kind);
    if (r == 0)
        r = lock_fd(owner->fd, F_OFD_SETLK, range);
    if (r == 0)
        record(table, owner, range);
    return r;
}

ErrInt lock_table_await(const LockOwner *owner, const LockRange *range)
{
    return lock_fd(owner->fd, F_OFD_SETLKW, range);
}

ErrInt lock_table_begin_wait(LockTable *table, LockWait *wait)
{
    LOCK_SCOPE(&table->lock);

    return lock_graph_begin_wait(&table->graph, wait);
}

void lock_table_end_wait(LockTable *table, LockWait *wait)
{
    LOCK_SCOPE(&table->lock);

    lock_graph_end_wait(&table->graph, wait);
}

/* Asking */

static ErrInt test_fd(int fd, struct flock *flock)
{
    return fcntl(fd, F_OFD_GETLK, flock) < 0 ? -errno : 0;
}

static ErrInt test_owner(LockOwner *owner, const LockClient *client, struct flock *flock)
{
    LOCK_SCOPE(&owner->serial);

    return test_fd(owner->fd >= 0 ? owner->fd : (int)client->handle, flock);
}

/* Who has the lock RANGE: the kernel does not know of open file descriptions. */
static pid_t pid_of_holder(LockTable *table, const LockClient *client, LockRange range)
{
    const LockHolder *holder;

    range.kind = LOCK_EXCLUSIVE; /* so that shared ones are found, too */
    LOCK_SCOPE(&table->lock);

    holder = lock_graph_blocker(&table->graph, client->node, client->owner, &range);
    return holder != NULL && holder->pid > 0 ? holder->pid : -1;
}

ErrInt lock_table_test(LockTable *table, const LockClient *client, const LockRange *wanted,
                       LockRange *ret_range, pid_t *ret_pid)
{
    LockOwner *owner = lock_table_find(table, client);
    struct flock flock = lock_range_flock(wanted);
    ErrInt r;

    /* The handle never has such locks itself. */
    if (owner == NULL) {
        r = test_fd((int)client->handle, &flock);
    } else {
        r = test_owner(owner, client, &flock);
        lock_table_disuse(table, owner);
    }
    if (r < 0)
        return r;
    *ret_range = (LockRange){
        .first = flock.l_start,
        .last = flock.l_len == 0 ? INT64_MAX : flock.l_start + flock.l_len - 1,
        .kind = flock.l_type == F_UNLCK   ? LOCK_NONE
                : flock.l_type == F_RDLCK ? LOCK_SHARED
                                          : LOCK_EXCLUSIVE,
    };
    *ret_pid = flock.l_pid;
    if (ret_range->kind != LOCK_NONE && flock.l_pid == -1)
        *ret_pid = pid_of_holder(table, client, *ret_range);
    return 0;
}

/* Giving up */

bool lock_table_needs_flush(LockTable *table, uint64_t node, int flags)
{
    if ((flags & O_ACCMODE) != O_RDONLY)
        return true;
    if (table->n_owners == 0)
        return false;
    LOCK_SCOPE(&table->lock);
    return lock_graph_next(&table->graph, node, NULL) != NULL;
}

/* Not just by closing: a wait of the same owner's may go on through the descriptor, as it does for
 * a thread whose file another thread closes. */
static void drop(LockTable *table, LockOwner *owner)
{
    static const LockRange all = {0, INT64_MAX, LOCK_NONE};

    pthread_mutex_lock(&owner->serial);
    if (owner->fd >= 0)
        lock_fd(owner->fd, F_OFD_SETLK, &all);
    record(table, owner, &all);
    pthread_mutex_unlock(&owner->serial);

    pthread_mutex_lock(&table->lock);
    owner->given_up = true;
    pthread_mutex_unlock(&table->lock);
    lock_table_disuse(table, owner);
}

void lock_table_drop_owner(LockTable *table, const LockClient *client)
{
    LockOwner *owner = lock_table_find(table, client);

    if (owner != NULL)
        drop(table, owner);
}

/* An owner that locked through the handle. It is detached at once: the kernel may have a new open
 * file at the address of the old one already, and so the same owner, whose locks are not to go. */
static LockOwner *take_handle(LockTable *table, const LockClient *client)
{
    LockHolder *holder = NULL;
    LOCK_SCOPE(&table->lock);

    while ((holder = lock_graph_next(&table->graph, client->node, holder)) != NULL) {
        LockOwner *owner = owner_of(holder);
        if (owner->handle == client->handle) {
            owner->refs++;
            detach(table, owner);
            return owner;
        }
    }
    return NULL;
}

void lock_table_drop_handle(LockTable *table, const LockClient *client)
{
    LockOwner *owner;

    if (table->n_owners == 0)
        return;
    while ((owner = take_handle(table, client)) != NULL)
        drop(table, owner);
}
