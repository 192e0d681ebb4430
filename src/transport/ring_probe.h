/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gets requests going that wait although an entry is free for them.
 *
 * Of requests that wait for an entry, one that is committed gets the next, but one that is
 * registered gets none (fuse_uring_do_register() of Linux 6.18). So what waits when all threads are
 * busy and another one is started would wait on, until something else is asked on the same
 * processor. To ask something ourselves, the kernel is told to send nothing of what it has cached
 * of a regular file (FUSE_NOTIFY_RETRIEVE), which it does by a request in the queue of the calling
 * thread's processor. That takes a file that the kernel knows: one of those that requests were
 * about lately. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { RING_PROBE_FILES = 8 };

typedef struct {
    int device;
    _Atomic uint64_t n_asked;
    _Atomic unsigned n_noted;
    _Atomic uint64_t files[RING_PROBE_FILES]; /* nodes; 0: none */
} RingProbe;

/* A request was about FILE, a node, or 0. */
void ring_probe_note(RingProbe *probe, uint64_t file);

/* By a thread that stays on its processor. Without a file that the kernel knows, nothing happens.
 */
void ring_probe_ask(RingProbe *probe);
