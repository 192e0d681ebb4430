/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests over io_uring instead of /dev/fuse: on the processor of who asks, without a system call
 * to read them (Documentation/filesystems/fuse/fuse-io-uring.rst of the kernel).
 *
 * The kernel has a queue for each processor. Each thread here has a ring of its own with one entry
 * in one queue, so that whatever blocks it, be it a slow disk or the wait for a lock, holds up
 * nobody else: when the last idle thread of a queue gets a request, another one is started. That,
 * and that waits can be interrupted, is what libfuse (3.18) does not offer; so only the bytes
 * come and go here, and libfuse handles them as if it had read them. INIT, FORGET and INTERRUPT
 * still come by /dev/fuse, and notifications go there.
 *
 * All rings are made beforehand, for URING_CMD on the device and nothing else: io_uring could
 * open files behind the back of a seccomp filter. */
#pragma once

#include "base/errint.h"
#include "fs/fuse_api.h"

#include <sys/uio.h>

typedef struct RingPool RingPool;

/* A parameter of the kernel that has to be Y, and what *REFUSAL says if it is not. */
#define RING_POOL_PARAMETER "/sys/module/fuse/parameters/enable_uring"
#define RING_POOL_OFF "fuse.enable_uring is off, see 'remapfs --check'"

/* For a SESSION that is mounted; it stays the caller's. Before the sandbox, and after the last
 * fork(2). *REFUSAL says from now on why there is no io_uring, or is NULL once there is; it has to
 * outlive the pool. NULL: there will be none. */
RingPool *ring_pool_new(struct fuse_session *session, const char *_Atomic *refusal);

/* Ends the threads, which waits until each has answered what it is working on, and lets go of the
 * device. What is written from now on goes there. */
void ring_pool_stop(RingPool *pool);

/* It was stopped, and nobody writes any more. */
void ring_pool_free(RingPool *pool);

/* SIZE bytes of a REQUEST were read from the device. */
void ring_pool_see_request(RingPool *pool, const void *request, size_t size);

/* An answer or a notification, whose first part is a struct fuse_out_header. Goes to whoever has
 * the request, else to DEVICE. As writev(2). */
ssize_t ring_pool_write(RingPool *pool, int device, const struct iovec *parts, int n_parts);
