/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of one of the kernel's queues: room for one request, and then for its answer. */
#pragma once

#include "base/errint.h"
#include "fs/fuse_api.h"
#include "transport/uring_abi.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/uio.h>

typedef enum {
    ENTRY_IDLE,     /* the kernel has it */
    ENTRY_TAKEN,    /* a thread passes its request to libfuse */
    ENTRY_LATE,     /* that thread has left it: whoever answers sees to it that it is committed */
    ENTRY_ANSWERED, /* the answer is where the kernel will take it from */
} EntryState;

typedef struct RingEntry {
    uint16_t queue;
    /* A mapping that begins with the header and, behind some space, ends with the payload. */
    UringHeader *header;
    size_t payload_size;
    _Atomic EntryState state;
    _Atomic uint64_t unique;         /* of its request */
    struct RingEntry *next;          /* of all */
    struct RingEntry *next_answered; /* of those that ring_late.h commits */
} RingEntry;

/* With room for a payload of this size; NULL: there is no memory. */
RingEntry *ring_entry_new(uint16_t queue, size_t payload_size);
void ring_entry_free(RingEntry *entry);

/* The header and the payload, as they are registered. */
void ring_entry_parts(const RingEntry *entry, struct iovec parts[2]);

/* Whether what the kernel put there comes of a probe (ring_probe.h), which nobody else is to know
 * of. Then the entry has its answer, and is to be committed. */
bool ring_entry_is_probe(RingEntry *entry);

/* Passes on to libfuse what the kernel put there. Returns whether it was answered, and is to be
 * committed now; else it is ENTRY_LATE. */
bool ring_entry_serve(RingEntry *entry, struct fuse_session *session);

/* The node of a request, if that should be a regular file; or 0. */
uint64_t ring_entry_file(const RingEntry *entry);

/* Whose request the calling thread serves, or NULL. */
RingEntry *ring_entry_at_hand(void);

/* Puts the answer there: a struct fuse_out_header, and what belongs to it. Returns what the state
 * was until then. */
EntryState ring_entry_answer(RingEntry *entry, const struct iovec *parts, int n_parts);
