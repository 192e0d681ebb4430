/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fs/background.h"

#include <time.h>

void background_init(Background *background, pthread_mutex_t *lock)
{
    pthread_condattr_t attr;

    *background = (Background){.lock = lock};
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&background->changed, &attr);
    pthread_condattr_destroy(&attr);
}

bool background_wake(Background *background, void *(*run)(void *), void *data)
{
    if (background->ended)
        return false;
    if (!background->has_thread)
        background->has_thread = pthread_create(&background->thread, NULL, run, data) == 0;
    if (background->rests)
        pthread_cond_signal(&background->changed);
    return background->has_thread;
}

void background_rest(Background *background)
{
    background->rests = true;
    pthread_cond_wait(&background->changed, background->lock);
    background->rests = false;
}

void background_end(Background *background)
{
    bool has_thread;

    pthread_mutex_lock(background->lock);
    background->ended = true;
    has_thread = background->has_thread;
    background->has_thread = false;
    pthread_cond_signal(&background->changed);
    pthread_mutex_unlock(background->lock);
    if (has_thread)
        pthread_join(background->thread, NULL);
}

void background_clear(Background *background)
{
    pthread_cond_destroy(&background->changed);
}
