/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open files. */
#include "base/cleanup.h"
#include "fs/cred.h"
#include "fs/node.h"
#include "fs/opening.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/thread_buffer.h"

#include <errno.h>
#include <sys/uio.h>

static ErrInt check_denied(Filesystem *fs, fuse_ino_t ino)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r;

    if (live_map_owners()->unmapped != UNMAPPED_DENY)
        return 0;
    r = node_acquire(fs, ino, &node);
    return r < 0 ? r : node_check_denied(&node);
}

/* What is append-only (chattr +a) is opened with O_APPEND or not at all. But the kernel does not
 * know of that, and would let a descriptor that can read, too, be mapped and so written to
 * anywhere. */
static bool may_be_append_only(int r, int flags)
{
    return r == -EPERM && (flags & (O_ACCMODE | O_APPEND)) == (O_WRONLY | O_APPEND);
}

/* Returns the descriptor or -errno. */
static int open_file(fuse_req_t req, fuse_ino_t ino, const struct fuse_file_info *fi,
                     LowerFile *ret_file)
{
    Filesystem *fs = filesystem_of(req);

    if ((fi->flags & O_TRUNC) != 0)
        cred_keep_setid(!fuse_kills_setid(req, fi));
    const int flags = lower_open_flags(fs, fi->flags);
    int fd = node_open_file(fs, ino, flags, ret_file);
    if (may_be_append_only(fd, fi->flags)) {
        fd = node_open_file(fs, ino, flags | O_APPEND, ret_file);
        ret_file->append_only = true;
    }
    return fd;
}

/* SHARE is taken over, also on failure. */
static ErrInt open_anew(fuse_req_t req, fuse_ino_t ino, Share *share, struct fuse_file_info *fi)
{
    LowerFile file;
    int fd = open_file(req, ino, fi, &file);

    if (fd >= 0)
        return opening_finish(req, ino, fd, share, &file, fi);
    shares_give_back(&filesystem_of(req)->shares, share);
    return fd;
}

void op_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    Share *share;
    ErrInt r = filesystem_of(req)->no_open ? -ENOSYS : check_denied(filesystem_of(req), ino);

    if (r == 0)
        r = opening_begin(req, &share);
    if (r == 0 && !opening_reuse(req, ino, share, fi))
        r = open_anew(req, ino, share, fi);
    reply_open(req, r, fi);
}

void op_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi)
{
    int own_fd AUTO_CLOSE = -1;
    int fd = opening_to_read(req, ino, fi, &own_fd);
    char *bytes = thread_buffer(size);
    ssize_t n;

    if (fd < 0) {
        reply_result(req, fd);
        return;
    }
    n = bytes != NULL ? pread(fd, bytes, size, offset) : -1;
    reply_bytes(req, n < 0 ? -errno : n, bytes);
}

/* How this write is to be made: the flags of the descriptor may have changed since it was opened,
 * and those of pwritev2(2) come among them. Where nothing is cached, the kernel does no more about
 * the latter than to tell us. */
static int write_flags(const struct fuse_file_info *fi)
{
    return ((fi->flags & O_APPEND) != 0 ? RWF_APPEND : 0) |
           ((fi->flags & O_SYNC) == O_SYNC ? RWF_SYNC : 0) |
           ((fi->flags & O_DSYNC) != 0 ? RWF_DSYNC : 0);
}

void op_write(fuse_req_t req, fuse_ino_t ino, const char *bytes, size_t size, off_t offset,
              struct fuse_file_info *fi)
{
    const struct iovec iov = {.iov_base = (char *)bytes, .iov_len = size};
    ssize_t n;

    (void)ino;
    if (is_unopened(fi)) {
        reply_result(req, -EROFS);
        return;
    }
    cred_keep_setid(!fuse_kills_setid(req, fi));
    CRED_FORGO_RESERVE(request_forgoes_reserve(req, open_file_of(fi)->local));
    n = pwritev2(open_fd_of(fi), &iov, 1, offset, write_flags(fi));
    reply_count(req, n < 0 ? -errno : n);
}

/* What close(2) says below. Without a descriptor to spare there is nothing to report: what is to be
 * written is written at the release. */
static ErrInt flush(const OpenFile *file)
{
    int copy = file->local ? -1 : fcntl(file->fd, F_DUPFD_CLOEXEC, 0);

    return copy >= 0 && close(copy) < 0 ? -errno : 0;
}

/* A descriptor was closed: the caller's locks on the file go. */
void op_flush(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    LockClient client;
    ErrInt r;

    if (is_unopened(fi)) { /* Nothing is to be done for any of those. */
        reply_result(req, -ENOSYS);
        return;
    }
    client = lock_client_of(ino, fi);
    r = flush(open_file_of(fi));
    lock_table_drop_owner(&filesystem_of(req)->locks, &client);
    reply_result(req, r);
}

/* The open file is gone, and with it the locks that were its own. */
void op_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    const LockClient client = lock_client_of(ino, fi);

    lock_table_drop_handle(&filesystem_of(req)->locks, &client);
    open_files_remove(&filesystem_of(req)->open_files, open_file_of(fi), fi->flock_release);
    reply_result(req, 0);
}

void op_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
    int own_fd AUTO_CLOSE = -1;
    int fd = opening_to_read(req, ino, fi, &own_fd);
    int r;

    if (fd < 0) {
        reply_result(req, fd);
        return;
    }
    r = datasync ? fdatasync(fd) : fsync(fd);
    reply_result(req, r < 0 ? -errno : 0);
}
