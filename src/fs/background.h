/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread for what is done of our own accord, there from the first time on that there is something
 * to do. What it is to do, its owner keeps, under a lock of the owner's. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

typedef struct {
    pthread_mutex_t *lock;  /* the owner's */
    pthread_cond_t changed; /* there is something to do, or ended; waits go by CLOCK_MONOTONIC */
    pthread_t thread;
    bool has_thread; /* lock */
    bool rests;      /* lock; in background_rest() */
    bool ended;      /* lock; the thread is to return */
} Background;

/* LOCK stays the owner's. */
void background_init(Background *background, pthread_mutex_t *lock);

/* There is something to do; under the lock. False: nobody will, as it was ended or no thread could
 * be made. */
bool background_wake(Background *background, void *(*run)(void *), void *data);

/* For the thread, under the lock: there is nothing to do, until there is or it is to return (or for
 * no reason, as pthread_cond_wait(3) comes back). Who waits for a time on CHANGED itself is woken
 * only to return: what there is to do by then, it finds. */
void background_rest(Background *background);

/* Ends the thread and waits for that; without the lock. */
void background_end(Background *background);

/* Once it was ended, or if it was never woken. */
void background_clear(Background *background);
