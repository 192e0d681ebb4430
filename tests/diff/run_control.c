/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioctls and locks. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>

/* Some of what chattr(1) can set. The VFS itself heeds immutable and append-only, so that FUSE
 * answers a little later than others. */
enum { FLAGS_COMPARED = FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL | FS_DIRSYNC_FL };

int64_t run_get_flags(Worker *worker, const Op *op, Result *result)
{
    int flags = 0;
    int r = ioctl(op_slot(worker, op, 0), FS_IOC_GETFLAGS, &flags);

    payload_add(result, "flags %x", (unsigned)flags);
    return r;
}

int64_t run_set_flags(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);
    int flags = 0;

    (void)result;
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
        return -1;
    flags = (flags & ~FLAGS_COMPARED) | (int)op->n[1];
    return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

int64_t run_get_version(Worker *worker, const Op *op, Result *result)
{
    int version = 0;

    (void)result;
    return ioctl(op_slot(worker, op, 0), FS_IOC_GETVERSION, &version);
}

int64_t run_flock(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    return flock(op_slot(worker, op, 0), (int)op->n[1] | LOCK_NB);
}

int64_t run_fcntl_lock(Worker *worker, const Op *op, Result *result)
{
    struct flock lock = {
        .l_type = (short)op->n[2], .l_whence = SEEK_SET, .l_start = op->n[3], .l_len = op->n[4]};
    int r = fcntl(op_slot(worker, op, 0), (int)op->n[1], &lock);

    if (r == 0)
        payload_add(result, "type %d whence %d from %lld length %lld", lock.l_type, lock.l_whence,
                    (long long)lock.l_start, (long long)lock.l_len);
    return r;
}
