/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lower directories in the middle of being listed.
 *
 * The kernel does not tell when it opens or closes a directory (zero-message opendir, see
 * negotiate.c): it asks for the entries after a position, and when it does so again where the last
 * answer ended, the stream that gave it goes on. Otherwise it begins with a new one. Between two
 * requests a stream is idle; of these a few are kept, the latest. */
#pragma once

#include "base/errint.h"

#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

enum {
    DIR_STREAM_BUFFER = 32 * 1024, /* bytes that are read from the lower directory at once */
};

/* Of whoever has it; in the list, of nobody. */
typedef struct DirStream {
    TAILQ_ENTRY(DirStream) link; /* the list's lock */
    uint64_t node;
    int fd;
    off_t position; /* cookie of the entry before `next`, where the listing goes on */
    size_t next;    /* entries before this offset have been given */
    size_t length;
    bool ended;
    _Alignas(struct dirent64) char entries[DIR_STREAM_BUFFER];
} DirStream;

typedef struct {
    pthread_mutex_t lock;
    TAILQ_HEAD(DirStreamHead, DirStream) idle; /* lock; the latest first */
    unsigned n_idle;                           /* lock */
} DirStreams;

void dir_streams_init(DirStreams *streams);
void dir_streams_clear(DirStreams *streams);

/* The idle stream of NODE that is at POSITION, which is the caller's then; NULL: there is none. */
DirStream *dir_streams_take(DirStreams *streams, uint64_t node, off_t position);

/* STREAM is idle, and the one that is so for the longest time goes when there are too many. */
void dir_streams_keep(DirStreams *streams, DirStream *stream);

/* The kernel forgets NODE: its idle streams go. */
void dir_streams_forget(DirStreams *streams, uint64_t node);

/* A stream of the directory FD, which is taken over, also on failure, from POSITION on (0: from the
 * beginning). -ENOMEM, or what lseek(2) says. */
ErrInt dir_stream_new(uint64_t node, int fd, off_t position, DirStream **ret_stream);
void dir_stream_free(DirStream *stream);

/* The next entry, not consumed yet; NULL at the end. */
ErrInt dir_stream_peek(DirStream *stream, const struct dirent64 **ret_entry);
void dir_stream_consume(DirStream *stream, const struct dirent64 *entry);
