/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an open(2) of the caller comes to, on the lower side and for the kernel. */
#pragma once

#include "fs/node.h"

/* The caller's flags but for what is done otherwise: appending is per write, as O_APPEND may
 * change later; O_CREAT, O_EXCL and O_TMPFILE are the business of whoever creates; that the name
 * was no link, the kernel knows, and the one below /proc through which we open is one. With O_PATH,
 * which never comes here, all of these would count for nothing. Nothing that is opened may block.
 */
static inline int lower_open_flags(const Filesystem *fs, int flags)
{
    const int own = O_APPEND | O_CREAT | O_EXCL | O_NOCTTY | O_NOFOLLOW | O_PATH | O_TMPFILE;

    return (flags & ~own) | O_NONBLOCK | (fs->options.noatime ? O_NOATIME : 0) |
           (fs->options.sync ? O_SYNC : 0);
}

/* Opens NODE with a lower file that was kept (open_files.h), counted in SHARE (then taken over),
 * and fills in the reply. False: there is none, or this open takes another. */
bool opening_reuse(fuse_req_t req, uint64_t node, Share *share, struct fuse_file_info *fi);

/* What is opened for the caller is counted, or refused: -ENFILE, -ENOMEM. *RET_SHARE is for
 * opening_finish() or, when nothing was opened, for shares_give_back(). */
ErrInt opening_begin(fuse_req_t req, Share **ret_share);

/* Whether opening_finish() forgoes the reserve (cred.h): the kernel writes, for whoever it is, with
 * what the thread may do then. */
bool opening_forgoes_reserve(const LowerFile *file);

/* Makes an open file of NODE and of its lower file FD, counted in SHARE (both taken over, also on
 * failure), and fills in the reply. -ENOMEM. */
ErrInt opening_finish(fuse_req_t req, uint64_t node, int fd, Share *share, const LowerFile *file,
                      struct fuse_file_info *fi);

/* The descriptor for a request that reads, or -errno: that of the open file FI or, if the kernel
 * opened NODE without us, one for this request, which is *RET_OWN, too (the caller's to close; else
 * -1). */
int opening_to_read(fuse_req_t req, uint64_t node, const struct fuse_file_info *fi, int *ret_own);
