/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that do nothing but one blocking system call. */
#include "fs/lock_wait.h"

#include "base/cleanup.h"
#include "fs/reply.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    WAITERS_MAX = 1024,
    STACK_SIZE = 128 * 1024,
};

#define SIGNAL SIGRTMIN

/* At once, then every five milliseconds. */
static const struct itimerspec repeated = {
    .it_value = {.tv_nsec = 1},
    .it_interval = {.tv_nsec = 5 * 1000 * 1000},
};

struct LockWaiter {
    LockWaiters *all;
    LockWaiter *next; /* all->lock */
    LockWaiter **place;
    fuse_req_t req;
    LockJob job;
    pthread_mutex_t lock;
    bool has_timer;         /* lock */
    timer_t timer;          /* lock */
    _Atomic ErrInt stopped; /* what it is answered; 0: it goes on */
};

static void do_nothing(int signal_number)
{
    (void)signal_number;
}

void lock_waiters_init(LockWaiters *waiters)
{
    const struct sigaction action = {.sa_handler = do_nothing}; /* no SA_RESTART */

    *waiters = (LockWaiters){.n = 0};
    pthread_mutex_init(&waiters->lock, NULL);
    pthread_cond_init(&waiters->gone, NULL);
    sigaction(SIGNAL, &action, NULL);
}

void lock_waiters_clear(LockWaiters *waiters)
{
    pthread_cond_destroy(&waiters->gone);
    pthread_mutex_destroy(&waiters->lock);
}

/* One waiter, from outside */

static void stop(LockWaiter *waiter, ErrInt answer)
{
    LOCK_SCOPE(&waiter->lock);

    waiter->stopped = answer;
    if (waiter->has_timer)
        timer_settime(waiter->timer, 0, &repeated, NULL);
}

static void on_interrupt(fuse_req_t req, void *data)
{
    (void)req;
    stop(data, -EINTR);
}

/* The thread */

static ErrInt prepare(LockWaiter *waiter)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGNAL};
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGNAL);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    event._sigev_un._tid = gettid();
    LOCK_SCOPE(&waiter->lock);
    if (timer_create(CLOCK_MONOTONIC, &event, &waiter->timer) < 0)
        return -ENOLCK;
    waiter->has_timer = true;
    return 0;
}

static void unprepare(LockWaiter *waiter)
{
    LOCK_SCOPE(&waiter->lock);

    if (waiter->has_timer)
        timer_delete(waiter->timer);
    waiter->has_timer = false;
}

static void leave(LockWaiter *waiter)
{
    LockWaiters *all = waiter->all;

    pthread_mutex_lock(&all->lock);
    *waiter->place = waiter->next;
    if (waiter->next != NULL)
        waiter->next->place = waiter->place;
    pthread_mutex_destroy(&waiter->lock);
    free(waiter);
    all->n--;
    pthread_cond_signal(&all->gone);
    pthread_mutex_unlock(&all->lock);
}

static void *run(void *data)
{
    LockWaiter *waiter = data;
    ErrInt r = prepare(waiter);

    if (r == 0) {
        /* Calls on_interrupt() at once when the interrupt was faster than we. */
        fuse_req_interrupt_func(waiter->req, on_interrupt, waiter);
        do {
            r = waiter->stopped != 0 ? -EINTR : waiter->job.wait(waiter->job.data);
        } while (r == -EINTR && waiter->stopped == 0);
        if (r == -EINTR)
            r = waiter->stopped;
        /* From here on no interrupt is under way. */
        fuse_req_interrupt_func(waiter->req, NULL, NULL);
    }
    unprepare(waiter);
    waiter->job.done(waiter->job.data);
    reply_result(waiter->req, r);
    leave(waiter);
    return NULL;
}

static ErrInt start_thread(LockWaiter *waiter)
{
    pthread_attr_t attr;
    pthread_t thread;
    int r;

    if (pthread_attr_init(&attr) != 0)
        return -ENOLCK;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    r = pthread_create(&thread, &attr, run, waiter);
    pthread_attr_destroy(&attr);
    return r != 0 ? -ENOLCK : 0;
}

/* All of them */

static void enter(LockWaiters *waiters, LockWaiter *waiter)
{
    waiter->next = waiters->waiters;
    waiter->place = &waiters->waiters;
    if (waiter->next != NULL)
        waiter->next->place = &waiter->next;
    waiters->waiters = waiter;
    waiters->n++;
}

ErrInt lock_waiters_add(LockWaiters *waiters, fuse_req_t req, const LockJob *job)
{
    LockWaiter *waiter = malloc(sizeof(*waiter));
    ErrInt r;

    if (waiter == NULL)
        return -ENOLCK;
    *waiter = (LockWaiter){.all = waiters, .req = req, .job = *job};
    pthread_mutex_init(&waiter->lock, NULL);
    pthread_mutex_lock(&waiters->lock);
    r = waiters->ended || waiters->n >= WAITERS_MAX ? -ENOLCK : start_thread(waiter);
    if (r == 0)
        enter(waiters, waiter);
    pthread_mutex_unlock(&waiters->lock);
    if (r < 0) {
        pthread_mutex_destroy(&waiter->lock);
        free(waiter);
    }
    return r;
}

/* With what the kernel says itself of requests that are lost. It takes EINTR for its own, and would
 * tell a caller without a signal of ERESTARTSYS (fs/fuse/file.c, fuse_setlk()). */
void lock_waiters_end(LockWaiters *waiters)
{
    LOCK_SCOPE(&waiters->lock);

    waiters->ended = true;
    for (LockWaiter *waiter = waiters->waiters; waiter != NULL; waiter = waiter->next)
        stop(waiter, -ECONNABORTED);
    while (waiters->n > 0)
        pthread_cond_wait(&waiters->gone, &waiters->lock);
}

unsigned lock_waiters_count(LockWaiters *waiters)
{
    LOCK_SCOPE(&waiters->lock);

    return waiters->n;
}
