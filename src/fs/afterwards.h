/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel is to be told after a request, by a thread of its own.
 *
 * Not before it has taken in the answer: it would leave aside the attributes in there, as older
 * than what it was told (fs/fuse/inode.c, fuse_reverse_inval_inode(), fuse_change_attributes()),
 * and so decide by old ones. It takes them in some time after the reply was written, in the process
 * that asked; so this comes some milliseconds later. */
#pragma once

#include "fs/background.h"
#include "fs/fuse_api.h"

enum {
    AFTERWARDS_MAX = 1024, /* directories at once; of more some are left out */
};

typedef struct {
    struct fuse_session *session; /* set before there are requests */
    pthread_mutex_t lock;
    Background background;
    unsigned n;                     /* lock */
    uint64_t nodes[AFTERWARDS_MAX]; /* lock */
} Afterwards;

void afterwards_init(Afterwards *afterwards);

/* The listing that the kernel keeps of the directory NODE is old. */
void afterwards_forget_listing(Afterwards *afterwards, uint64_t node);

/* Ends the thread; nothing is told any more. */
void afterwards_end(Afterwards *afterwards);
void afterwards_clear(Afterwards *afterwards);
