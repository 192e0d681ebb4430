/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/thread.h"

#include <signal.h>

ErrInt thread_start(pthread_t *ret_thread, void *(*run)(void *), void *data)
{
    pthread_attr_t attr;
    sigset_t all;
    int r = pthread_attr_init(&attr);

    if (r != 0)
        return -r;
    sigfillset(&all);
    r = pthread_attr_setsigmask_np(&attr, &all);
    if (r == 0)
        r = pthread_create(ret_thread, &attr, run, data);
    pthread_attr_destroy(&attr);
    return -r;
}
