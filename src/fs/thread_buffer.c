/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A malloc(3) of a megabyte is an mmap(2) and a munmap(2) each time; so it is done once. */
#include "fs/thread_buffer.h"

#include <pthread.h>
#include <stdlib.h>

static _Thread_local struct {
    char *bytes;
    size_t size;
} buffer;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void)
{
    if (pthread_key_create(&key, free) != 0)
        abort();
}

char *thread_buffer(size_t size)
{
    if (size <= buffer.size)
        return buffer.bytes;
    pthread_once(&once, make_key);
    char *grown = malloc(size);
    if (grown == NULL)
        return NULL;
    free(buffer.bytes);
    buffer.bytes = grown;
    buffer.size = size;
    pthread_setspecific(key, grown);
    return grown;
}
