/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGHUP: the sources of the map are read again, and the new map takes effect for the whole mount.
 *
 * The signal is blocked in every thread from before there is a second one; a thread of its own
 * waits for it. */
#pragma once

#include "daemon/outside.h"
#include "fs/filesystem.h"

#include <stdatomic.h>

typedef struct {
    Filesystem *fs;
    const Outside *outside;
    bool in_service; /* tells a service manager */
    atomic_bool ended;
    pthread_t thread;
} Reload;

/* From now on SIGHUP waits, and does nothing else, in this thread and those that it starts. */
void reload_block_signal(void);

/* Returns 0 or -errno. RELOAD stays where it is until reload_end(). */
int reload_start(Reload *reload);

/* Waits for the end of what is under way. */
void reload_end(Reload *reload);
