/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon has done by a process outside of its sandbox, which knows nothing more than this:
 * no names of files, nothing that a request brings along. */
#pragma once

#include <pthread.h>
#include <stdint.h>

typedef enum {
    ERRAND_CALLER,  /* look at the process PID: an answer of CallerTraits for the group GID */
    ERRAND_UNMOUNT, /* unmount our mount: 1, it was tried */
} ErrandKind;

typedef struct {
    ErrandKind kind;
    int32_t pid;
    uint32_t gid;
} Errand;

/* To that process; FD is a socket (SOCK_SEQPACKET), or -1: there is none. */
typedef struct {
    pthread_mutex_t lock;
    int fd;
} ErrandRunner;

/* Waits for the answer; 0 also when there is nobody to answer. Thread-safe. */
uint32_t errand_run(ErrandRunner *runner, const Errand *errand);
