/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the libfuse that we were built with can do beyond the oldest one that will do. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *name;
    bool compiled_in;
} Feature;

/* *RET_N features; static. */
const Feature *features(size_t *ret_n);
