/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ioctls that mean the same on any file system, see ioctl_iflags(2), ioctl_xfs_fsgetxattr(2)
 * and the kernel's Documentation/filesystems/fsverity.rst. Any other one could do anything with
 * the daemon's rights, and is ENOTTY.
 *
 * For flags and project IDs the kernel has checked the caller before it asks: owner or CAP_FOWNER,
 * CAP_LINUX_IMMUTABLE for +i and +a (vfs_fileattr_set()). For fs-verity it has not. */
#include "base/cleanup.h"
#include "fs/opening.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/thread_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <string.h>
#include <sys/ioctl.h>

/* Which call of the lower file it is, and what it takes. */
typedef enum {
    PASS,           /* as it is; the answer has the size of the table, whatever the command's
                       number says: GETFLAGS and GETVERSION claim a long and write an int */
    MEASURE_VERITY, /* the answer ends in as many bytes as were asked for */
    ENABLE_VERITY,  /* has pointers in it, and the caller is not checked yet */
} Treatment;

typedef struct {
    unsigned int command;
    size_t in;  /* least number of bytes that it reads */
    size_t out; /* least number of bytes that it writes */
    Treatment treatment;
    bool changes; /* the inode: its time of change at least, which the kernel does not think of */
} Ioctl;

/* clang-format off */
static const Ioctl ioctls[] = {
    {FS_IOC_GETFLAGS, 0, sizeof(int), PASS, false},
    {FS_IOC_SETFLAGS, sizeof(int), 0, PASS, true},
    {FS_IOC_FSGETXATTR, 0, sizeof(struct fsxattr), PASS, false},
    {FS_IOC_FSSETXATTR, sizeof(struct fsxattr), 0, PASS, true},
    {FS_IOC_GETVERSION, 0, sizeof(int), PASS, false},
    {FS_IOC_MEASURE_VERITY, sizeof(struct fsverity_digest), sizeof(struct fsverity_digest),
     MEASURE_VERITY, false},
    {FS_IOC_ENABLE_VERITY, sizeof(struct fsverity_enable_arg), 0, ENABLE_VERITY, true},
};
/* clang-format on */

/* A request as libfuse hands it over. */
typedef struct {
    const void *in;
    size_t in_size;
    size_t out_size;
} Buffers;

static const Ioctl *find_ioctl(unsigned int command, const Buffers *buffers)
{
    for (size_t i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++) {
        if (ioctls[i].command == command && buffers->in_size >= ioctls[i].in &&
            buffers->out_size >= ioctls[i].out)
            return &ioctls[i];
    }
    return NULL;
}

/* Who may have it done: the owner, and root of the mounter's namespace. */
static ErrInt check_owner(fuse_req_t req, int fd)
{
    uid_t caller = fuse_req_ctx(req)->uid;
    struct statx stx;
    ErrInt r = node_statx(fd, &stx);

    if (r < 0 || caller == 0)
        return r;
    return owner_map_shown(live_map_owners(), ID_UID, lower_id(stx.stx_uid)).value == caller
               ? 0
               : -EACCES;
}

/* The kernel sends salt and signature behind the structure, whose pointers are the caller's. */
static ErrInt relocate_verity(void *argument, size_t size)
{
    struct fsverity_enable_arg *enable = argument;
    size_t room = size - sizeof(*enable);

    if (enable->salt_size > room || enable->sig_size > room - enable->salt_size)
        return -EINVAL;
    enable->salt_ptr = (uintptr_t)(enable + 1);
    enable->sig_ptr = (uintptr_t)(enable + 1) + enable->salt_size;
    return 0;
}

/* *RET_ARGUMENT is what the lower file system left in the argument, this thread's. */
static ErrInt do_ioctl(fuse_req_t req, const Ioctl *known, int fd, const Buffers *buffers,
                       void **ret_argument)
{
    size_t size = buffers->in_size > buffers->out_size ? buffers->in_size : buffers->out_size;
    void *argument;
    ErrInt r = 0;

    argument = thread_buffer(size);
    if (argument == NULL)
        return -ENOMEM;
    memset(argument, 0, size);
    if (buffers->in_size > 0)
        memcpy(argument, buffers->in, buffers->in_size);
    if (known->treatment == ENABLE_VERITY) {
        r = check_owner(req, fd);
        if (r == 0)
            r = relocate_verity(argument, size);
    }
    *ret_argument = argument;
    return r == 0 && ioctl(fd, known->command, argument) < 0 ? -errno : r;
}

/* An open directory is nothing that we know of. */
static int open_named_dir(Filesystem *fs, fuse_ino_t ino)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r == 0)
        r = node_check_denied(&node);
    return r < 0 ? r : node_open_dir(&node, O_RDONLY);
}

/* As opening_to_read(). */
static int open_target(fuse_req_t req, fuse_ino_t ino, const struct fuse_file_info *fi, bool is_dir,
                       int *ret_own)
{
    if (!is_dir)
        return opening_to_read(req, ino, fi, ret_own);
    *ret_own = open_named_dir(filesystem_of(req), ino);
    return *ret_own;
}

void op_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,
              struct fuse_file_info *fi, unsigned int flags, const void *in_buf, size_t in_bufsz,
              size_t out_bufsz)
{
    Filesystem *fs = filesystem_of(req);
    const Buffers buffers = {in_buf, in_bufsz, out_bufsz};
    const bool is_dir = (flags & FUSE_IOCTL_DIR) != 0;
    const Ioctl *known = find_ioctl(cmd, &buffers);
    int own_fd AUTO_CLOSE = -1;
    int fd = known != NULL ? open_target(req, ino, fi, is_dir, &own_fd) : -ENOTTY;
    void *argument = NULL;
    ErrInt r = fd < 0 ? fd : 0;

    (void)arg;
    if (r == 0)
        r = do_ioctl(req, known, fd, &buffers, &argument);
    if (r == 0 && known->changes)
        filesystem_distrust(fs, ino);
    if (r < 0)
        reply_result(req, r);
    else
        fuse_reply_ioctl(req, 0, argument,
                         known->treatment == MEASURE_VERITY ? out_bufsz : known->out);
}
