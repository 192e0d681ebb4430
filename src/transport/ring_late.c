/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One thread that commits, and others for the requests that come in return. */
#include "transport/ring_late.h"

#include "base/cleanup.h"

#include <errno.h>
#include <sys/eventfd.h>

enum { LATE_ENTRIES = 256 }; /* to be committed at once; more take more calls */

typedef struct {
    RingLate *late;
    RingEntry *entry;
} Task;

ErrInt ring_late_init(RingLate *late, struct fuse_session *session, int device)
{
    ErrInt r;

    *late = (RingLate){.session = session};
    late->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (late->event_fd < 0)
        return -errno;
    r = ring_init(&late->ring, LATE_ENTRIES, device, late->event_fd);
    if (r < 0) {
        close(late->event_fd);
        return r;
    }
    pthread_mutex_init(&late->mutex, NULL);
    pthread_cond_init(&late->nobody_serves, NULL);
    return 0;
}

void ring_late_clear(RingLate *late)
{
    pthread_cond_destroy(&late->nobody_serves);
    pthread_mutex_destroy(&late->mutex);
    ring_clear(&late->ring);
    close(late->event_fd);
}

void ring_late_commit(RingLate *late, RingEntry *entry)
{
    {
        LOCK_SCOPE(&late->mutex);
        entry->next_answered = late->answered;
        late->answered = entry;
    }
    eventfd_write(late->event_fd, 1);
}

static void serve(RingLate *late, RingEntry *entry)
{
    if (ring_entry_serve(entry, late->session))
        ring_late_commit(late, entry);
}

static void *serve_once(void *data)
{
    Task *task = data;
    RingLate *late = task->late;

    serve(late, task->entry);
    free(task);
    LOCK_SCOPE(&late->mutex);
    late->n_serving--;
    if (late->n_serving == 0)
        pthread_cond_signal(&late->nobody_serves);
    return NULL;
}

static ErrInt start_serving(RingLate *late, RingEntry *entry)
{
    Task *task = malloc(sizeof(*task));
    pthread_t thread;

    if (task == NULL)
        return -ENOMEM;
    *task = (Task){late, entry};
    LOCK_SCOPE(&late->mutex);
    if (pthread_create(&thread, NULL, serve_once, task) != 0) {
        free(task);
        return -EAGAIN;
    }
    pthread_detach(thread);
    late->n_serving++;
    return 0;
}

/* Returns whether it is the end. */
static bool commit_answered(RingLate *late)
{
    RingEntry *entry;
    eventfd_t ignored;

    eventfd_read(late->event_fd, &ignored);
    LOCK_SCOPE(&late->mutex);
    entry = late->answered;
    late->answered = NULL;
    while (entry != NULL) {
        RingEntry *next = entry->next_answered;
        ring_commit(&late->ring, entry);
        entry = next;
    }
    return late->is_stopping;
}

static void *commit_all(void *data)
{
    RingLate *late = data;
    RingEntry *entry;
    RingNews news;
    ErrInt r;

    if (ring_enable(&late->ring) < 0)
        return NULL;
    ring_watch_event(&late->ring);
    while ((news = ring_next(&late->ring, &entry, &r)) != RING_END) {
        if (news == RING_ENTRY) {
            /* Without another thread it is served late, but served. */
            if (start_serving(late, entry) < 0)
                serve(late, entry);
            continue;
        }
        if (commit_answered(late))
            break;
        ring_watch_event(&late->ring);
    }
    return NULL;
}

ErrInt ring_late_start(RingLate *late)
{
    ErrInt r = -pthread_create(&late->thread, NULL, commit_all, late);

    late->is_running = r == 0;
    return r;
}

void ring_late_stop(RingLate *late)
{
    if (!late->is_running)
        return;
    {
        LOCK_SCOPE(&late->mutex);
        late->is_stopping = true;
    }
    eventfd_write(late->event_fd, 1);
    pthread_join(late->thread, NULL);
    late->is_running = false;
    LOCK_SCOPE(&late->mutex);
    while (late->n_serving > 0)
        pthread_cond_wait(&late->nobody_serves, &late->mutex);
}
