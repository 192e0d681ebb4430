/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fcntl(2) locks of the mount's users, taken on the lower files.
 *
 * For each inode, every lock owner of the kernel's (a process, by its table of descriptors, or a
 * caller's open file) has an open file description of the lower file to itself, and its locks are
 * that one's (F_OFD_SETLK): so owners exclude each other, other mounts of the lower directory and
 * processes of the host. It is opened at the owner's first lock and closed, which gives up all of
 * them at once, when the kernel says that the owner closed a descriptor of the file (FLUSH), or
 * that the open file through which it locked is gone (RELEASE; the only sign for owners that are an
 * open file). The same ranges are kept in a LockGraph.
 *
 * Order of locks: an owner's `serial`, then the table's `lock`. System calls on the lower file are
 * made under `serial` only, or, when they block, under none. */
#pragma once

#include "fs/inode_table.h"
#include "fs/lock_graph.h"
#include "fs/shares.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct {
    pthread_mutex_t lock;
    LockGraph graph; /* lock; its holders are LockOwners */
    size_t n_ranges; /* lock; of all owners */
    _Atomic size_t n_owners;
    const struct Relief *relief; /* relieved_open.h */
    Shares *shares;
    int proc_fd;
} LockTable;

typedef struct {
    LockHolder holder; /* lock; first, as it stands for the whole. `ranges` changes under both. */
    pthread_mutex_t serial;
    int fd;          /* set once, under serial; -1: no lock yet */
    Share *share;    /* that it is counted in */
    uint64_t handle; /* lock; the open file through which the last lock was asked for */
    size_t refs;     /* lock; requests that use it */
    bool given_up;   /* lock; by the kernel, after the last lock was taken */
    bool detached;   /* lock; not in the graph any more */
} LockOwner;

/* Who asks for a lock. */
typedef struct {
    uint64_t node;
    uint64_t owner;
    uint64_t handle; /* a lower descriptor of the file */
    pid_t pid;       /* 0: not known */
} LockClient;

/* PROC_FD (/proc/self/fd), RELIEF and SHARES stay the caller's. -ENOMEM. */
ErrInt lock_table_init(LockTable *table, const struct Relief *relief, Shares *shares, int proc_fd);

/* Closes every owner's descriptor. There must be no requests any more. */
void lock_table_clear(LockTable *table);

/* The owner, made when it is new, for USER; in use until lock_table_disuse(). -ENOLCK. */
ErrInt lock_table_use(LockTable *table, const LockClient *client, const ShareUser *user,
                      LockOwner **ret_owner);

/* The owner when there is one, else NULL. */
LockOwner *lock_table_find(LockTable *table, const LockClient *client);
void lock_table_disuse(LockTable *table, LockOwner *owner);

/* Locks or unlocks RANGE and records it. -EAGAIN: somebody else's lock is in the way. */
ErrInt lock_table_set(LockTable *table, LockOwner *owner, const LockRange *range);

/* Waits below until RANGE could be locked; only lock_table_set() tells whether it still can. A
 * signal ends it with -EINTR. At least one lock_table_set() must have been tried before. */
ErrInt lock_table_await(const LockOwner *owner, const LockRange *range);

/* Between these two, OWNER waits. -EDEADLK: it would wait for itself. */
ErrInt lock_table_begin_wait(LockTable *table, LockWait *wait);
void lock_table_end_wait(LockTable *table, LockWait *wait);

/* Whether the kernel must tell (FLUSH) when a descriptor of an open file of NODE, opened with FLAGS
 * as of open(2), is closed; or else it need not, and RELEASE, which comes in the background, will
 * do. That makes a difference only for locks, and exclusive ones need an open file that can write.
 * So a file that is opened for reading and of which no locks are known does without. A shared lock
 * that is then taken through it ends when the open file does: later than for other owners, should
 * the owner close or exit while another process has inherited the open file. */
bool lock_table_needs_flush(LockTable *table, uint64_t node, int flags);

/* What is in the way of WANTED, or LOCK_NONE. *RET_PID: of whom, -1 when nobody knows. */
ErrInt lock_table_test(LockTable *table, const LockClient *client, const LockRange *wanted,
                       LockRange *ret_range, pid_t *ret_pid);

/* All locks of CLIENT's owner in its node go: FLUSH. */
void lock_table_drop_owner(LockTable *table, const LockClient *client);

/* All locks in CLIENT's node that were taken through its handle go: RELEASE. */
void lock_table_drop_handle(LockTable *table, const LockClient *client);
