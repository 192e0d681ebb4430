/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lower directories in the middle of being listed.
 *
 * The kernel does not tell when it opens or closes a directory (zero-message opendir, see
 * negotiate.c): it asks for the entries after a position, and when it does so again where the last
 * answer ended, the stream that gave it goes on. Otherwise it begins with a new one. Between two
 * requests a stream is idle; of these a few are kept, the latest.
 *
 * Where positions do not last (lower_mount.h), directories are opened, and each opening has a
 * stream of its own.
 *
 * No entries are kept from one request to the next. The kernel keeps a listing with the time of
 * modification that the directory had when the listing began: what is in it must not have been read
 * before that, as it would be if another listing had left it here. */
#pragma once

#include "base/errint.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

/* Of whoever has it; in the list, of nobody. */
typedef struct DirStream {
    TAILQ_ENTRY(DirStream) link; /* the list's lock */
    uint64_t node;
    uint64_t opening; /* the file handle; 0: the kernel opens without us */
    int fd;
    off_t position; /* cookie of the entry that was given last */
} DirStream;

typedef struct {
    pthread_mutex_t lock;
    TAILQ_HEAD(DirStreamHead, DirStream) idle; /* lock; the latest first */
    unsigned n_idle;                           /* lock */
} DirStreams;

void dir_streams_init(DirStreams *streams);
void dir_streams_clear(DirStreams *streams);

/* The idle stream of this OPENING of NODE that is at POSITION, which is the caller's then; NULL:
 * there is none. */
DirStream *dir_streams_take(DirStreams *streams, uint64_t node, uint64_t opening, off_t position);

/* STREAM is idle, and the one that is so for the longest time goes when there are too many. */
void dir_streams_keep(DirStreams *streams, DirStream *stream);

/* The kernel forgets NODE: its idle streams go. */
void dir_streams_forget(DirStreams *streams, uint64_t node);

/* A stream of the directory FD, which is taken over, also on failure, from POSITION on (0: from the
 * beginning). NULL: out of memory. */
DirStream *dir_stream_new(uint64_t node, uint64_t opening, int fd, off_t position);
void dir_stream_free(DirStream *stream);
