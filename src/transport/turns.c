/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transport/turns.h"

#include "base/thread.h"

#include <glib.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    ENOUGH_MAX = 8,
    LOOKED_AT = 16,  /* one request in so many */
    QUIET_TICKS = 5, /* of the keeper's without a request; then it sleeps, once somebody reads */
    LOOKOUT_US = 20, /* about what it takes to be woken */
    SOON_US = 50,    /* and a bit more: the last request came so soon after the one before */
};

/* A thread's own */
static _Thread_local struct {
    unsigned n_read;
    long n_waits;      /* when the request was read; -1: it is not looked at */
    uint32_t client;   /* the thread that the last request was of */
    bool is_same;      /* as that before */
    int64_t waited_us; /* for that request */
} own = {.n_waits = -1};

static void give_turn(gpointer data)
{
    Turns *turns = (Turns *)data;

    sem_post(&turns->free);
}

/* The turns that one was given of, or NULL. */
static GPrivate turn = G_PRIVATE_INIT(give_turn);

void turns_init(Turns *turns, int device)
{
    const guint n = g_get_num_processors();

    *turns = (Turns){.device = device, .least = CLAMP(n / 2, 1, ENOUGH_MAX), .may_look_out = n > 1};
    turns->enough = turns->least;
    sem_init(&turns->free, 0, turns->least);
    sem_init(&turns->keeper_wanted, 0, 0);
}

/* More turns, and fewer */

static bool is_waited_for(const Turns *turns)
{
    struct pollfd device = {.fd = turns->device, .events = POLLIN};

    return poll(&device, 1, 0) == 1 && (device.revents & POLLIN) != 0;
}

static void add_turn(Turns *turns)
{
    const unsigned enough = turns->enough;
    int n_free = 0;

    if (enough < ENOUGH_MAX)
        turns->enough = enough + 1;
    turns->changed_at = g_get_monotonic_time();
    sem_getvalue(&turns->free, &n_free);
    if (n_free == 0)
        sem_post(&turns->free);
}

static void expect_less(Turns *turns)
{
    unsigned enough = turns->enough;
    const int64_t now = g_get_monotonic_time();

    if (enough > turns->least && now - turns->changed_at >= G_USEC_PER_SEC &&
        atomic_compare_exchange_strong(&turns->enough, &enough, enough - 1))
        turns->changed_at = now;
}

/* How often the thread has waited so far (getrusage(2)). */
static long count_waits(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

static void begin_look(void)
{
    if (++own.n_read % LOOKED_AT == 0)
        own.n_waits = count_waits();
}

static void end_look(Turns *turns)
{
    if (own.n_waits < 0)
        return;
    if (count_waits() > own.n_waits && is_waited_for(turns))
        add_turn(turns);
    else
        expect_less(turns);
    own.n_waits = -1;
}

/* The keeper */

/* Until a request leaves nobody who reads */
static void sleep_until_needed(Turns *turns)
{
    turns->keeper_sleeps = true;
    if (turns->reading == 0)
        turns->keeper_sleeps = false;
    else
        sem_wait(&turns->keeper_wanted);
}

static void wake_keeper(Turns *turns)
{
    if (turns->keeper_sleeps && atomic_exchange(&turns->keeper_sleeps, false))
        sem_post(&turns->keeper_wanted);
}

static void *keep(void *data)
{
    static const struct timespec tick = {.tv_nsec = 2 * 1000 * 1000};
    Turns *turns = (Turns *)data;
    unsigned n_read, n_before = 0, n_quiet = 0;

    for (;;) {
        nanosleep(&tick, NULL);
        n_read = turns->n_read;
        n_quiet = n_read == n_before ? n_quiet + 1 : 0;
        n_before = n_read;
        if (n_quiet > 0 && turns->reading == 0 && (n_quiet == QUIET_TICKS || is_waited_for(turns)))
            add_turn(turns);
        if (n_quiet == QUIET_TICKS) {
            sleep_until_needed(turns);
            n_quiet = 0;
        }
    }
    return NULL;
}

ErrInt turns_start(Turns *turns)
{
    ErrInt r = thread_start(&turns->keeper, keep, turns);

    turns->has_keeper = r == 0;
    return r;
}

void turns_stop(Turns *turns)
{
    if (!turns->has_keeper)
        return;
    pthread_cancel(turns->keeper);
    pthread_join(turns->keeper, NULL);
    turns->has_keeper = false;
}

/* Reading */

/* A turn is only let go of while somebody reads, who has one and comes back with it. */
static void take_turn(Turns *turns)
{
    for (;;) {
        if (g_private_get(&turn) == NULL) {
            while (sem_wait(&turns->free) < 0)
                continue;
            g_private_set(&turn, turns);
        }
        if (turns->reading < turns->enough)
            return;
        g_private_set(&turn, NULL);
    }
}

/* Of several that wait, the kernel wakes one in read(2) in any case. */
static void look_out(const Turns *turns, int64_t since)
{
    if (!turns->may_look_out || !own.is_same || own.waited_us > SOON_US)
        return;
    while (turns->reading == 0 && !is_waited_for(turns) &&
           g_get_monotonic_time() - since < LOOKOUT_US)
        continue;
}

static void note_client(const struct fuse_in_header *request)
{
    if (request->pid == 0) /* the kernel's own, such as a RELEASE */
        return;
    own.is_same = request->pid == own.client;
    own.client = request->pid;
}

ssize_t turns_read(Turns *turns, void *buffer, size_t size)
{
    int64_t since;
    ssize_t n;

    end_look(turns);
    take_turn(turns);
    since = g_get_monotonic_time();
    look_out(turns, since);
    atomic_fetch_add(&turns->reading, 1);
    n = read(turns->device, buffer, size);
    atomic_fetch_add(&turns->n_read, 1);
    if (atomic_fetch_sub(&turns->reading, 1) == 1)
        wake_keeper(turns);
    if (n < (ssize_t)sizeof(struct fuse_in_header))
        return n;
    own.waited_us = g_get_monotonic_time() - since;
    note_client((const struct fuse_in_header *)buffer);
    begin_look();
    return n;
}
