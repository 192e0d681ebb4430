/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FUSE over io_uring, for headers older than Linux 6.14: <linux/fuse.h> and
 * Documentation/filesystems/fuse/fuse-io-uring.rst of the kernel. */
#pragma once

#include <linux/fuse.h>
#include <stdint.h>

#define URING_ABI_OVER_IO_URING (UINT32_C(1) << (41 - 32)) /* of flags2 in INIT */

enum {
    URING_ABI_REGISTER = 1,         /* an entry of a queue, which then waits for a request */
    URING_ABI_COMMIT_AND_FETCH = 2, /* an answer, after which the entry waits for the next one */
};

/* What the kernel and we share of an entry, beside its payload: the arguments of a request but the
 * first, or the results of an answer. */
typedef struct {
    char in_out[128]; /* struct fuse_in_header, struct fuse_out_header */
    char first_argument[128];
    struct {
        uint64_t flags;
        uint64_t commit_id; /* names the request in a commit */
        uint32_t payload_size;
        uint32_t padding;
        uint64_t reserved;
    } entry;
} UringHeader;

/* In the command area of a submission. */
typedef struct {
    uint64_t flags;
    uint64_t commit_id;
    uint16_t queue;
    uint8_t padding[6];
} UringCommand;
