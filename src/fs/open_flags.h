/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a lower file is opened for a caller's open(2). */
#pragma once

#include "fs/filesystem.h"

#include <fcntl.h>
#include <stdbool.h>

/* The caller's flags but for what is done otherwise: appending is per write, as O_APPEND may
 * change later; our buffers are not aligned as O_DIRECT asks; O_CREAT and O_EXCL are the business
 * of whoever creates. Nothing that is opened may block. */
static inline int lower_open_flags(const Filesystem *fs, int flags)
{
    const int own = O_APPEND | O_DIRECT | O_CREAT | O_EXCL | O_NOCTTY;

    return (flags & ~own) | O_NONBLOCK | (fs->options.noatime ? O_NOATIME : 0);
}

/* Whether to go past the kernel's page cache. With it, one write(2) that crosses the end of a page
 * comes as two requests, and what another host process appends meanwhile would come between the
 * two. A descriptor that only appends neither reads the cache nor can be mapped. */
static inline bool bypasses_cache(int flags)
{
    return (flags & (O_ACCMODE | O_APPEND)) == (O_WRONLY | O_APPEND);
}
