/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a descriptor is of: its mount, its handle, its numbers; and where numbers do not tell, which
 * of the known inodes it is. */
#include "fs/found.h"

#include "base/cleanup.h"
#include "fs/validity.h"

#include <errno.h>
#include <sys/sysmacros.h>

void found_clear(Found *found)
{
    if (found->object.twin != NULL)
        inode_table_unref(&found->fs->inodes, found->object.twin);
    if (found->holds_mount)
        inode_table_put_mount(&found->fs->inodes, found->object.mount);
}

/* Asking for nothing but device and mount ID sends no request: safe even on our own mount. */
static ErrInt mount_identity(int fd, struct statx *ret_stx)
{
    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, ret_stx) < 0)
        return -errno;
    return 0;
}

static dev_t statx_device(const struct statx *stx)
{
    return makedev(stx->stx_dev_major, stx->stx_dev_minor);
}

/* FD is on another mount than its parent. */
static ErrInt identify_elsewhere(Found *found, int fd, int id)
{
    Filesystem *fs = found->fs;
    struct statx stx;
    ErrInt r = mount_identity(fd, &stx);

    if (r < 0)
        return r;
    if (statx_device(&stx) == fs->own_device)
        return -ELOOP;
    r = inode_table_get_mount(&fs->inodes, id, fd, &found->object.mount);
    if (r < 0)
        return r;
    found->holds_mount = true;
    return lower_handle_of(fd, found->object.mount, &found->object.handle, &id);
}

/* More inodes with one number are not looked through: one that is not found is entered as another.
 */
enum { TWINS_MAX = 64 };

static void find_twin(Found *found, int fd)
{
    Filesystem *fs = found->fs;
    Inode *inode = NULL;
    int other_fd;

    for (int tries = 0; tries < TWINS_MAX; tries++) {
        inode = inode_table_next(&fs->inodes, &found->object, inode, &other_fd);
        if (inode == NULL)
            return;
        if (inode_judge_same(&fs->inode_judge, fd, other_fd)) {
            found->object.twin = inode;
            return;
        }
    }
    inode_table_unref(&fs->inodes, inode);
}

static ErrInt read_found_attr(Found *found, int fd)
{
    LowerObject *object = &found->object;
    ErrInt r = node_statx(fd, &object->stx);

    if (r < 0)
        return r;
    object->ambiguous =
        object->mount->splits_links && !S_ISDIR(object->stx.stx_mode) && object->stx.stx_nlink > 1;
    if (object->ambiguous)
        find_twin(found, fd);
    return 0;
}

ErrInt found_identify(Found *found, Filesystem *fs, const Node *parent, int fd)
{
    const LowerMount *near = parent != NULL ? parent->inode->mount : NULL;
    int id;
    ErrInt r = lower_handle_of(fd, near, &found->object.handle, &id);

    found->fs = fs;
    if (r < 0)
        return r;
    if (near != NULL && id == near->id)
        found->object.mount = parent->inode->mount;
    else
        r = identify_elsewhere(found, fd, id);
    if (r < 0)
        return r;
    if (found->is_old)
        found->marked_at = validity_prepare_found(fs, found->object.mount, fd);
    return read_found_attr(found, fd);
}

bool node_is_own_mount(const Filesystem *fs, int fd)
{
    struct statx stx;

    return mount_identity(fd, &stx) == 0 && statx_device(&stx) == fs->own_device &&
           (int)stx.stx_mnt_id == fs->own_mount_id;
}
