/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether file systems are mounted or unmounted below the lower directory, which changes what its
 * names lead to and which fanotify(7) does not tell of. */
#pragma once

#include "base/errint.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
    FILE *mountinfo; /* proc(5); poll(2) says POLLPRI when there is another mount anywhere */
    char *lower;     /* path of the lower directory, as mountinfo writes it */
    uint64_t mounts; /* a hash of those that are below it */
} MountWatch;

/* LOWER_FD is a descriptor of the lower directory; it stays the caller's. -errno. */
ErrInt mount_watch_init(MountWatch *watch, int lower_fd);
void mount_watch_clear(MountWatch *watch);

/* Since the last time. True also when it cannot be found out. */
bool mount_watch_has_changed(MountWatch *watch);

static inline int mount_watch_fd(const MountWatch *watch)
{
    return fileno(watch->mountinfo);
}
