/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding out what a lower mount can do, once, when it is first met. */
#include "fs/lower_mount.h"

#include "base/cleanup.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

typedef struct {
    struct file_handle header;
    unsigned char bytes[MAX_HANDLE_SZ];
} HandleBuffer;

/* Handles here can be opened again at any time while the inode exists, in the cache or not, also
 * when it is open but unlinked. That is not so everywhere (FUSE forgets, overlayfs needs
 * nfs_export, network file systems ask the server), so the list names who is known to. */
static bool has_lasting_handles(const struct statfs *sfs)
{
    switch ((unsigned long)sfs->f_type) {
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case TMPFS_MAGIC:
        return true;
    default:
        return false;
    }
}

bool lower_is_stacked(int fd)
{
    struct statfs sfs;

    return fstatfs(fd, &sfs) == 0 &&
           (sfs.f_type == OVERLAYFS_SUPER_MAGIC || sfs.f_type == FUSE_SUPER_MAGIC);
}

bool lower_positions_last(int fd)
{
    struct statfs sfs;

    return fstatfs(fd, &sfs) == 0 && sfs.f_type != FUSE_SUPER_MAGIC;
}

static ErrInt read_handle(int fd, LowerHandle *ret_handle, int *ret_id)
{
    HandleBuffer buffer;

    buffer.header.handle_bytes = MAX_HANDLE_SZ;
    if (name_to_handle_at(fd, "", &buffer.header, ret_id, AT_EMPTY_PATH) < 0)
        return -errno;
    ret_handle->type = buffer.header.handle_type;
    ret_handle->length = buffer.header.handle_bytes;
    memcpy(ret_handle->bytes, buffer.header.f_handle, buffer.header.handle_bytes);
    return 0;
}

/* Asking for nothing but the mount ID sends no request to a file system, so it cannot hang, not
 * even when the file system is the one that we serve. */
static ErrInt read_mount_id(int fd, int *ret_id)
{
    struct statx stx;

    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &stx) < 0)
        return -errno;
    if ((stx.stx_mask & STATX_MNT_ID) == 0)
        return -EOPNOTSUPP;
    *ret_id = (int)stx.stx_mnt_id;
    return 0;
}

ErrInt lower_handle_of(int fd, const LowerMount *mount, LowerHandle *ret_handle, int *ret_id)
{
    if (mount != NULL) {
        ErrInt r = read_handle(fd, ret_handle, ret_id);
        ret_handle->opens = mount->fd >= 0;
        /* Another mount may have been met here, one without handles. */
        if (r != -EOPNOTSUPP && r != -EOVERFLOW)
            return r;
    }
    ret_handle->length = 0;
    ret_handle->opens = false;
    return read_mount_id(fd, ret_id);
}

int lower_open_handle(const LowerMount *mount, int type, unsigned length, const void *bytes,
                      int flags)
{
    HandleBuffer buffer;
    int fd;

    buffer.header.handle_bytes = length;
    buffer.header.handle_type = type;
    memcpy(buffer.header.f_handle, bytes, length);
    fd = open_by_handle_at(mount->fd, &buffer.header, flags | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Handles count only when they can really be opened: that takes CAP_DAC_READ_SEARCH. */
static bool handles_work(const LowerMount *mount)
{
    LowerHandle handle;
    int id;

    if (read_handle(mount->fd, &handle, &id) < 0 || id != mount->id)
        return false;
    int fd AUTO_CLOSE = lower_open_handle(mount, handle.type, handle.length, handle.bytes, O_PATH);
    return fd >= 0;
}

ErrInt lower_mount_new(int id, int fd, LowerMount **ret_mount)
{
    struct statfs sfs;
    LowerMount *mount;

    if (fstatfs(fd, &sfs) < 0)
        return -errno;
    mount = malloc(sizeof(*mount));
    if (mount == NULL)
        return -ENOMEM;
    *mount = (LowerMount){
        .id = id,
        .fd = -1,
        .splits_links = sfs.f_type == OVERLAYFS_SUPER_MAGIC,
        .local = has_lasting_handles(&sfs),
        .fsid = sfs.f_fsid,
        .passes = true,
    };
    if (has_lasting_handles(&sfs)) {
        mount->fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (mount->fd >= 0 && !handles_work(mount)) {
            close(mount->fd);
            mount->fd = -1;
        }
    }
    *ret_mount = mount;
    return 0;
}

void lower_mount_free(LowerMount *mount)
{
    if (mount->fd >= 0)
        close(mount->fd);
    free(mount);
}
