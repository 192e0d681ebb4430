/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests that wait for a lock, each in a thread of its own: no worker waits, however many do.
 *
 * A wait is a system call that blocks. FUSE_INTERRUPT (a signal for the caller, or its death) and
 * the end of the session end it by a signal for that thread, whose handler does nothing. As the
 * signal may come just before the system call begins, a timer of the thread's sends it again and
 * again until the wait is over. */
#pragma once

#include "base/errint.h"
#include "fs/fuse_api.h"

#include <pthread.h>

typedef struct LockWaiter LockWaiter;

/* A waiter's own lock (LockWaiter) comes after this one and after libfuse's of its request. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t gone; /* a waiter */
    LockWaiter *waiters; /* lock */
    unsigned n;          /* lock */
    bool ended;          /* lock */
} LockWaiters;

/* WAIT blocks once: -EINTR when a signal came, and it may be called again. DONE frees DATA. */
typedef struct {
    ErrInt (*wait)(void *data);
    void (*done)(void *data);
    void *data;
} LockJob;

void lock_waiters_init(LockWaiters *waiters);

/* REQ is answered by what JOB's wait returns, or by -EINTR when it is interrupted; just before
 * that, it is done. -ENOLCK: there are too many; REQ and JOB stay the caller's. */
ErrInt lock_waiters_add(LockWaiters *waiters, fuse_req_t req, const LockJob *job);

/* Ends every wait with -ECONNABORTED, before the session is destroyed; later ones are refused. */
void lock_waiters_end(LockWaiters *waiters);

unsigned lock_waiters_count(LockWaiters *waiters);

void lock_waiters_clear(LockWaiters *waiters);
