/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring of io_uring(7) that can do nothing but serve a FUSE device, and watch an event. */
#pragma once

#include "transport/ring_entry.h"

#include <liburing.h>

typedef struct {
    struct io_uring uring;
} Ring;

/* What ring_next() returns beside an entry. */
typedef enum {
    RING_ENTRY,
    RING_EVENT, /* can be read */
    RING_END,   /* of the connection; or it never began */
} RingNews;

/* For at most N_ENTRIES at once. -errno as of io_uring_setup(2). */
ErrInt ring_init(Ring *ring, unsigned n_entries, int device, int event_fd);
void ring_clear(Ring *ring);

/* By the thread that uses it from now on. */
ErrInt ring_enable(Ring *ring);

/* These three are submitted by the next ring_submit() or ring_next(). */

/* Watches the event once. */
void ring_watch_event(Ring *ring);

/* PARTS has to last until it is submitted. */
void ring_register(Ring *ring, RingEntry *entry, struct iovec parts[2]);

/* Gives the kernel the answer, and the entry for another request. */
void ring_commit(Ring *ring, RingEntry *entry);

void ring_submit(Ring *ring);

/* Waits. *RET_ENTRY has a request when it returns RING_ENTRY. What comes of a probe (ring_probe.h)
 * is committed at once. */
RingNews ring_next(Ring *ring, RingEntry **ret_entry, ErrInt *ret_error);
