/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening lower files when descriptors are short: cached ones make room. */
#pragma once

#include "fs/inode_table.h"

#include <errno.h>
#include <fcntl.h>

/* openat(2) with O_CLOEXEC; returns the descriptor or -errno, -EMFILE only when there is nothing
 * left in the cache to be closed. */
static inline int relieved_openat(InodeTable *inodes, int dir_fd, const char *name, int flags,
                                  mode_t mode)
{
    int fd;

    do {
        fd = openat(dir_fd, name, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EMFILE && inode_table_relieve(inodes));
    return fd < 0 ? -errno : fd;
}
