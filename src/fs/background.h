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
    bool ended;      /* lock; the thread is to return */
} Background;

/* LOCK stays the owner's. */
void background_init(Background *background, pthread_mutex_t *lock);

/* There is something to do; under the lock. False: nobody will, as it was ended or no thread could
 * be made. */
bool background_wake(Background *background, void *(*run)(void *), void *data);

/* Ends the thread and waits for that; without the lock. */
void background_end(Background *background);

/* Once it was ended, or if it was never woken. */
void background_clear(Background *background);
