/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities that a program gives up for itself and for all that it runs, see capabilities(7). */
#pragma once

#include "base/errint.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    unsigned capability;
    const char *reason;
} CapRow;

/* What remapfs takes: to mount, to serve, and to make its sandbox. For programs that run it as
 * root; the units in contrib/systemd have the same list. */
extern const CapRow caps_of_remapfs[];
extern const size_t caps_of_remapfs_count;

/* As one bit each. */
uint64_t caps_mask(const CapRow *rows, size_t n);

/* Nothing but the N ROWS stays permitted, effective or in the bounding set of the calling thread,
 * and so of whatever it executes; nothing stays inheritable. What is not there already does not
 * come by it. Takes CAP_SETPCAP if the bounding set has more. */
ErrInt caps_limit(const CapRow *rows, size_t n);

/* Only these of what is permitted are effective, for the calling thread, until it executes
 * something. */
ErrInt caps_use(const CapRow *rows, size_t n);
