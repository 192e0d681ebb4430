/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An open directory, what the file handle of OPENDIR refers to. */
#pragma once

#include "fs/fuse_api.h"

#include <dirent.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
    OPEN_DIR_BUFFER = 32 * 1024, /* bytes that are read from the lower directory at once */
};

/* Entries that were read from below but did not fit a reply wait here for the next one. */
typedef struct OpenDir {
    LIST_ENTRY(OpenDir) link; /* the list's lock */
    pthread_mutex_t lock;
    int fd;
    off_t position; /* lock; cookie of the entry before `next`, where a listing goes on */
    size_t next;    /* lock */
    size_t length;  /* lock */
    _Alignas(struct dirent64) char entries[OPEN_DIR_BUFFER]; /* lock */
} OpenDir;

/* All that are open. */
typedef struct {
    pthread_mutex_t lock;
    LIST_HEAD(, OpenDir) dirs;
} OpenDirs;

void open_dirs_init(OpenDirs *list);

/* Closes what is still open. There must be no requests any more. */
void open_dirs_clear(OpenDirs *list);

/* FD is taken over, also on failure. NULL: out of memory. */
OpenDir *open_dirs_add(OpenDirs *list, int fd);

/* Closes DIR and frees it. */
void open_dirs_remove(OpenDirs *list, OpenDir *dir);

static inline OpenDir *open_dir_of(const struct fuse_file_info *fi)
{
    return (OpenDir *)(uintptr_t)fi->fh;
}
