/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resources that go away with the scope that declared them, errno untouched. */
#pragma once

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0) {
        int saved = errno;
        close(*fd);
        errno = saved;
    }
}

static inline void cleanup_free(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}

static inline void cleanup_unlock(pthread_mutex_t **mutex)
{
    pthread_mutex_unlock(*mutex);
}

/* int fd AUTO_CLOSE = -1; */
#define AUTO_CLOSE CLEANUP(cleanup_close)

/* char *buffer AUTO_FREE = NULL; for memory from malloc(3) */
#define AUTO_FREE CLEANUP(cleanup_free)

/* Holds the mutex until the end of the enclosing block; once a block. */
#define LOCK_SCOPE(mutex)                                                                          \
    pthread_mutex_t *scope_lock CLEANUP(cleanup_unlock) = (mutex);                                 \
    pthread_mutex_lock(scope_lock)

/* Takes the descriptor out of an AUTO_CLOSE variable. */
static inline int steal_fd(int *fd)
{
    int stolen = *fd;
    *fd = -1;
    return stolen;
}

/* Takes the pointer out of a variable with a cleanup attribute. */
#define STEAL(pointer)                                                                             \
    __extension__({                                                                                \
        __typeof__(pointer) stolen_ = (pointer);                                                   \
        (pointer) = NULL;                                                                          \
        stolen_;                                                                                   \
    })
