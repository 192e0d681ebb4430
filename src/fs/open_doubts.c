/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open files whose pages the kernel may have to drop: what open_files.h says of doubt. */
#include "base/cleanup.h"
#include "fs/open_files.h"

#include <time.h>

enum {
    DOUBTFUL_TIMES = 511,
    COARSEST_SECONDS = 2, /* in which file systems store times */
};

/* The kernel ignores an answer to what it asked before the lock was granted, or while somebody else
 * writes. One such may be under way of each open file. */
bool open_files_doubt(OpenFiles *files, uint64_t node)
{
    LOCK_SCOPE(&files->lock);
    OpenInode *inode = open_files_find(files, node);
    unsigned n = 1;

    if (inode == NULL || inode->backing_id != 0)
        return false;
    const bool asks = inode->doubts > 0;
    for (const OpenFile *file = LIST_FIRST(&inode->files); file != NULL;
         file = LIST_NEXT(file, link))
        n++;
    inode->doubts = n;
    return asks;
}

bool open_files_in_doubt(OpenFiles *files, uint64_t node)
{
    LOCK_SCOPE(&files->lock);
    const OpenInode *inode = open_files_find(files, node);

    return inode != NULL && inode->doubts > 0;
}

static bool is_settled(const struct timespec *mtime)
{
    return mtime->tv_sec < time(NULL) - COARSEST_SECONDS;
}

bool open_files_show_doubt(OpenFiles *files, const OpenFile *file, struct timespec *mtime)
{
    OpenInode *inode = file->inode;

    if (inode->doubts == 0)
        return false;
    LOCK_SCOPE(&files->lock);
    if (inode->doubts == 0 ||
        (mtime->tv_sec == inode->settled.tv_sec && mtime->tv_nsec == inode->settled.tv_nsec)) {
        inode->doubts = 0;
        return false;
    }
    if (--inode->doubts == 0 && is_settled(mtime))
        inode->settled = *mtime;
    /* Each time another one, as the kernel may have any of the last ones. It stays below a second:
     * the last bits of 999999999 are ones. */
    mtime->tv_nsec ^= 1 + inode->n_doubtful++ % DOUBTFUL_TIMES;
    return true;
}
