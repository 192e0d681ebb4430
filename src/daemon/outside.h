/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that stays outside of the sandbox (sandbox.h).
 *
 * It is forked early, keeps nothing open but the lower directory, serves nobody but the daemon, and
 * ends with it. It reads the sources of the map again, as the command line names them, and runs
 * errands (fs/errand.h). So the daemon itself needs no way to a file of the host, and whoever takes
 * it over gets none. */
#pragma once

#include "core/map_request.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct {
    pid_t pid;
    int maps;    /* a stream socket: a byte asks for the map */
    int errands; /* SOCK_SEQPACKET: an Errand, an answer of 32 bits */
} Outside;

#define OUTSIDE_INIT                                                                               \
    {                                                                                              \
        .maps = -1, .errands = -1                                                                  \
    }

/* Before there are threads. LOWER_FD is for the source owner:. CONFINED: it gives up what it does
 * not need. Returns 0 or -errno. */
int outside_start(Outside *outside, const MapRequest *maps, int lower_fd, bool confined);

/* What ERRAND_UNMOUNT is to unmount, if it is still there then: said once, when it is mounted, and
 * not taken back. Returns 0 or -errno. */
int outside_know_mount(const Outside *outside, const char *mountpoint);

/* Reads the sources again and waits for it. NULL: they are wrong, and the message says why.
 * WARNINGS as of map_request_resolve(). The caller frees with owner_map_free(). */
OwnerMap *outside_read_map(const Outside *outside, GPtrArray *warnings, GError **error);

/* The process ends, if it was started; OUTSIDE is as by OUTSIDE_INIT then. */
void outside_end(Outside *outside);
