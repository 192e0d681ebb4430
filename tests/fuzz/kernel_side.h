/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's side of a connection, without a kernel: it asks as the kernel would, over nodes and
 * open files that it was told of, and aborts when an answer is none that the kernel may get. */
#pragma once

#include "fs/filesystem.h"
#include "requirement.h"

#include <linux/fuse.h>
#include <pthread.h>

enum {
    NODES_MAX = 128,
    HANDLES_MAX = 32,
    ASKED_MAX = 512,
    STATX = 52, /* FUSE_STATX, newer than some <linux/fuse.h> */
};

typedef struct {
    uint64_t node;
    uint64_t lookups;
    uint32_t mode;
} KnownNode;

typedef struct {
    uint64_t node;
    uint64_t fh;
} KnownHandle;

typedef struct {
    uint32_t opcode;
    uint32_t room; /* bytes that the answer may have */
    bool refused;  /* the answer is not taken, as when the caller was killed */
    bool answered;
} Asked;

typedef struct {
    struct fuse_session *session;
    uint32_t first_shown; /* the answers show owners from here ... */
    uint32_t last_shown;  /* ... to there, or the one that is none */
    pthread_mutex_t lock; /* of what follows, as some answers come from other threads */
    KnownNode nodes[NODES_MAX];
    int n_nodes; /* the root is the first */
    KnownHandle handles[HANDLES_MAX];
    int n_handles;
    Asked asked[ASKED_MAX]; /* by the number of the request */
    int n_asked;
} KernelSide;

/* Called before and after each request is worked on, unless NULL. Not for what ends something, and
 * whose failure nobody hears of: without memory, libfuse drops that. */
extern void (*kernel_side_around)(bool begins);

/* Connects FS and sends INIT. There is one connection at a time. */
void kernel_side_start(KernelSide *kernel, Filesystem *fs);

/* Sends a request with BODY for NODE. ROOM: bytes that are asked for, 0 for all others. */
void kernel_side_ask(KernelSide *kernel, const struct fuse_in_header *header, const void *body,
                     size_t size, uint32_t room, bool refused);

/* Whether there is room for another request with what it may bring. */
bool kernel_side_has_room(const KernelSide *kernel);

/* Up to N lookups of NODE are forgotten, unless it is open or the root. */
void kernel_side_forget(KernelSide *kernel, int node, uint64_t n);

/* Interrupts the first request that waits, if there is one. */
void kernel_side_interrupt(KernelSide *kernel);

/* The file is closed: RELEASE. */
void kernel_side_release(KernelSide *kernel, int handle, uint32_t flags);

/* Ends all waits, closes and forgets everything, aborts unless FS has nothing left of it but the
 * root and every request was answered, and disconnects. */
void kernel_side_end(KernelSide *kernel, Filesystem *fs);
