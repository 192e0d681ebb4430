/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Thin wrappers of fuse_reply_*(): see libfuse's doc/README.fuse_reply_errors on what fails. */
#include "fs/reply.h"

#include <errno.h>

/* Being out of descriptors is our shortage, not the caller's: ENFILE says so (open(2)). */
static int reply_errno(ssize_t result)
{
    return result == -EMFILE ? ENFILE : (int)-result;
}

void reply_result(fuse_req_t req, ErrInt result)
{
    fuse_reply_err(req, reply_errno(result));
}

void reply_entry(fuse_req_t req, ErrInt result, const struct fuse_entry_param *entry)
{
    Filesystem *fs = filesystem_of(req);

    if (result < 0)
        reply_result(req, result);
    else if (fuse_reply_entry(req, entry) < 0)
        inode_table_forget(&fs->inodes, entry->ino, 1);
}

void reply_no_entry(fuse_req_t req, double timeout)
{
    const struct fuse_entry_param none = {.ino = 0, .entry_timeout = timeout};

    fuse_reply_entry(req, &none);
}

void reply_create(fuse_req_t req, ErrInt result, const struct fuse_entry_param *entry,
                  struct fuse_file_info *fi)
{
    Filesystem *fs = filesystem_of(req);

    if (result < 0) {
        reply_result(req, result);
    } else if (fuse_reply_create(req, entry, fi) < 0) {
        open_files_remove(&fs->open_files, open_file_of(fi), false);
        inode_table_forget(&fs->inodes, entry->ino, 1);
    }
}

void reply_open(fuse_req_t req, ErrInt result, struct fuse_file_info *fi)
{
    Filesystem *fs = filesystem_of(req);

    if (result < 0)
        reply_result(req, result);
    else if (fuse_reply_open(req, fi) < 0)
        open_files_remove(&fs->open_files, open_file_of(fi), false);
}

void reply_bytes(fuse_req_t req, ssize_t result, const char *bytes)
{
    if (result < 0)
        fuse_reply_err(req, reply_errno(result));
    else
        fuse_reply_buf(req, bytes, (size_t)result);
}

void reply_count(fuse_req_t req, ssize_t result)
{
    if (result < 0)
        fuse_reply_err(req, reply_errno(result));
    else
        fuse_reply_write(req, (size_t)result);
}

void reply_attr(fuse_req_t req, ErrInt result, const struct stat *attr, double timeout)
{
    if (result < 0)
        reply_result(req, result);
    else
        fuse_reply_attr(req, attr, timeout);
}
