/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A short list, looked through from its front. */
#include "fs/dir_streams.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    IDLE_MAX = 32,
};

void dir_streams_init(DirStreams *streams)
{
    pthread_mutex_init(&streams->lock, NULL);
    TAILQ_INIT(&streams->idle);
    streams->n_idle = 0;
}

void dir_streams_clear(DirStreams *streams)
{
    while (!TAILQ_EMPTY(&streams->idle)) {
        DirStream *stream = TAILQ_FIRST(&streams->idle);
        TAILQ_REMOVE(&streams->idle, stream, link);
        dir_stream_free(stream);
    }
    pthread_mutex_destroy(&streams->lock);
}

/* Under the lock. */
static void remove_idle(DirStreams *streams, DirStream *stream)
{
    TAILQ_REMOVE(&streams->idle, stream, link);
    streams->n_idle--;
}

DirStream *dir_streams_take(DirStreams *streams, uint64_t node, uint64_t opening, off_t position)
{
    DirStream *stream;
    LOCK_SCOPE(&streams->lock);

    TAILQ_FOREACH(stream, &streams->idle, link)
    {
        if (stream->node == node && stream->opening == opening && stream->position == position) {
            remove_idle(streams, stream);
            return stream;
        }
    }
    return NULL;
}

void dir_streams_keep(DirStreams *streams, DirStream *stream)
{
    DirStream *oldest = NULL;

    pthread_mutex_lock(&streams->lock);
    TAILQ_INSERT_HEAD(&streams->idle, stream, link);
    if (++streams->n_idle > IDLE_MAX) {
        oldest = TAILQ_LAST(&streams->idle, DirStreamHead);
        remove_idle(streams, oldest);
    }
    pthread_mutex_unlock(&streams->lock);
    if (oldest != NULL)
        dir_stream_free(oldest);
}

/* Under the lock. */
static DirStream *find_of(DirStreams *streams, uint64_t node)
{
    DirStream *stream;

    TAILQ_FOREACH(stream, &streams->idle, link)
    {
        if (stream->node == node)
            return stream;
    }
    return NULL;
}

void dir_streams_forget(DirStreams *streams, uint64_t node)
{
    DirStream *stream;

    do {
        pthread_mutex_lock(&streams->lock);
        stream = find_of(streams, node);
        if (stream != NULL)
            remove_idle(streams, stream);
        pthread_mutex_unlock(&streams->lock);
        if (stream != NULL)
            dir_stream_free(stream);
    } while (stream != NULL);
}

DirStream *dir_stream_new(uint64_t node, uint64_t opening, int fd, off_t position)
{
    DirStream *stream = malloc(sizeof(*stream));

    if (stream == NULL)
        close(fd);
    else
        *stream = (DirStream){.node = node, .opening = opening, .fd = fd, .position = position};
    return stream;
}

void dir_stream_free(DirStream *stream)
{
    close(stream->fd);
    free(stream);
}
