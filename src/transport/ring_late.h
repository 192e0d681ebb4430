/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that come late, from another thread than the one that got the request, and maybe long
 * after it has got others: those of waits for locks.
 *
 * With an answer the kernel also gets the entry for another request, and that request will have to
 * be taken by the thread that gave the answer. Each thread that serves has one entry, and a request
 * that meets a second one would wait for the first. So the late ones are given back by a thread
 * that never serves: a request that meets one of its entries gets a thread of its own. As the
 * kernel uses the entries that were given back last, that is rare. */
#pragma once

#include "transport/ring.h"

typedef struct {
    Ring ring;
    struct fuse_session *session;
    int event_fd; /* eventfd(2): something is answered, or it is the end */
    pthread_t thread;
    bool is_running;
    pthread_mutex_t mutex;
    pthread_cond_t nobody_serves;
    RingEntry *answered;
    unsigned n_serving; /* threads */
    bool is_stopping;
} RingLate;

/* -errno as of io_uring_setup(2). */
ErrInt ring_late_init(RingLate *late, struct fuse_session *session, int device);
void ring_late_clear(RingLate *late);

ErrInt ring_late_start(RingLate *late);

/* Returns when all threads are done. */
void ring_late_stop(RingLate *late);

/* ENTRY was ENTRY_LATE, and has its answer. */
void ring_late_commit(RingLate *late, RingEntry *entry);
