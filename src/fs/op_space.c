/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Space of open files: allocation, holes, copies inside the lower file system. */
#include "base/cleanup.h"
#include "fs/cred.h"
#include "fs/opening.h"
#include "fs/ops.h"
#include "fs/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void op_fallocate(fuse_req_t req, fuse_ino_t ino, int mode, off_t offset, off_t length,
                  struct fuse_file_info *fi)
{
    (void)ino;
    if (is_unopened(fi)) {
        reply_result(req, -EROFS);
        return;
    }
    cred_keep_setid_for(fuse_req_ctx(req)->uid);
    CRED_FORGO_RESERVE(request_forgoes_reserve(req, open_file_of(fi)->local));
    reply_result(req, fallocate(open_fd_of(fi), mode, offset, length) < 0 ? -errno : 0);
}

/* SEEK_DATA and SEEK_HOLE; the others the kernel does itself. */
void op_lseek(fuse_req_t req, fuse_ino_t ino, off_t offset, int whence, struct fuse_file_info *fi)
{
    int own_fd AUTO_CLOSE = -1;
    int fd = opening_to_read(req, ino, fi, &own_fd);
    off_t found = fd >= 0 ? lseek(fd, offset, whence) : -1;

    if (fd < 0)
        reply_result(req, fd);
    else if (found < 0)
        reply_result(req, -errno);
    else
        fuse_reply_lseek(req, found);
}

void op_copy_file_range(fuse_req_t req, fuse_ino_t ino_in, off_t offset_in,
                        struct fuse_file_info *fi_in, fuse_ino_t ino_out, off_t offset_out,
                        struct fuse_file_info *fi_out, size_t length, int flags)
{
    ssize_t n;

    (void)ino_in;
    (void)ino_out;
    if (is_unopened(fi_in) || is_unopened(fi_out)) {
        reply_result(req, -EROFS);
        return;
    }
    cred_keep_setid_for(fuse_req_ctx(req)->uid);
    CRED_FORGO_RESERVE(request_forgoes_reserve(req, open_file_of(fi_out)->local));
    n = copy_file_range(open_fd_of(fi_in), &offset_in, open_fd_of(fi_out), &offset_out, length,
                        (unsigned int)flags);
    reply_count(req, n < 0 ? -errno : n);
}
