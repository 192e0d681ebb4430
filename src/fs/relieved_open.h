/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening lower files when descriptors are short: those that are open for speed only make room. */
#pragma once

#include "fs/inode_table.h"
#include "fs/open_files.h"

#include <errno.h>
#include <fcntl.h>

/* Who has such descriptors. */
typedef struct Relief {
    InodeTable *inodes;
    OpenFiles *files;
} Relief;

/* Closes some of them; false: there are none. */
static inline bool relief_get(const Relief *relief)
{
    return open_files_relieve(relief->files) || inode_table_relieve(relief->inodes);
}

/* openat(2) with O_CLOEXEC; returns the descriptor or -errno, -EMFILE only when there is nothing
 * left to be closed. */
static inline int relieved_openat(const Relief *relief, int dir_fd, const char *name, int flags,
                                  mode_t mode)
{
    int fd;

    do {
        fd = openat(dir_fd, name, flags | O_CLOEXEC, mode);
    } while (fd < 0 && errno == EMFILE && relief_get(relief));
    return fd < 0 ? -errno : fd;
}
