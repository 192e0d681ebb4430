/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many threads wait for requests on /dev/fuse at a time.
 *
 * The kernel wakes the thread that has waited longest. Of many that wait so each request finds
 * another one, on another processor, with cold caches; and with two clients on two processors, two
 * that work take from the clients what they need themselves (tests/bench/RESULTS.md). So there is a
 * turn for one thread in two processors, and the thread keeps it while it works on a request and
 * comes back. The others are spare.
 *
 * There is one turn more as soon as requests wait for those that have one: when in 2 ms no
 * thread has come to read; or when a thread had to wait for something below (of each thread's
 * requests, one in 16 is looked at) and there was a request when it came back. A turn goes when so
 * many threads wait in read(2) as are enough; a second without need for one more makes that
 * one less.
 *
 * To sleep and to be woken costs more than many a request. So while one client has one request
 * after the other, the thread that would be the only one in read(2) looks out for the next one for
 * a moment before it sleeps there. Two clients need the processor themselves. */
#pragma once

#include "base/errint.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
    int device;              /* the caller's */
    unsigned least;          /* that may wait in read(2) in any case */
    bool may_look_out;       /* a client can have a processor meanwhile */
    sem_t free;              /* turns that no thread has */
    _Atomic unsigned enough; /* that may wait in read(2) now; at least LEAST */
    _Atomic unsigned reading;
    _Atomic unsigned n_read; /* requests; to see whether there are any */
    pthread_t keeper;        /* sees to it that somebody reads */
    bool has_keeper;
    _Atomic bool keeper_sleeps;
    sem_t keeper_wanted;
    _Atomic int64_t changed_at; /* ENOUGH; g_get_monotonic_time() */
} Turns;

/* For requests on DEVICE, while all threads that read have not ended. */
void turns_init(Turns *turns, int device);

/* A thread of its own starts, with all signals blocked. */
ErrInt turns_start(Turns *turns);

/* Ends it. Those that wait for a turn go on waiting. */
void turns_stop(Turns *turns);

/* As read(2) on the device, in the thread's turn. A cancellation point (pthreads(7)). A thread that
 * ends gives its turn to another. */
ssize_t turns_read(Turns *turns, void *buffer, size_t size);
