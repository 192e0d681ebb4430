/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends a FUSE connection also when something is stuck that would keep it open.
 *
 * A connection ends when its device is closed, and a process that was killed closes it when the
 * last thread is gone. A thread that tells the kernel of a change (<fuse_lowlevel.h>,
 * fuse_lowlevel_notify_*()) can be stuck until a request is answered, and is not to be killed
 * meanwhile: with nobody left to answer, both would stay for ever, and whoever uses the mount with
 * them. The kernel's way out is to abort the connection (fusectl,
 * Documentation/filesystems/fuse.rst of the kernel). So a process of its own waits for our end, to
 * do that. */
#pragma once

#include "base/errint.h"

#include <sys/types.h>

typedef struct {
    int abort_fd; /* -1: none */
} Guard;

/* For the connection of the mount with this DEVICE, as of stat(2). To be called by the thread that
 * ends with the process, before there are others. -errno: it cannot be had. */
ErrInt guard_start(Guard *guard, dev_t device);

/* Aborts the connection: what waits for an answer gets ECONNABORTED. */
void guard_abort(const Guard *guard);

/* Frees it. The process ends with us. */
void guard_end(Guard *guard);
