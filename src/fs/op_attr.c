/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes: shown through the map, and changed through it. */
#include "base/cleanup.h"
#include "base/fdname.h"
#include "fs/cred.h"
#include "fs/node.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/validity.h"

#include <errno.h>

typedef struct {
    struct stat stat;
    double timeout; /* seconds, for which the kernel may keep it */
} Attr;

static ErrInt read_attr(const Node *node, Attr *ret_attr)
{
    struct statx stx;
    ErrInt r = node_statx(node->fd, &stx);

    if (r < 0)
        return r;
    node_show_attr(node->fs, node->inode, &stx, &ret_attr->stat);
    ret_attr->timeout = validity_of_attr(node->fs, node->inode);
    return 0;
}

static ErrInt get_attr(Filesystem *fs, fuse_ino_t ino, Attr *ret_attr)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r < 0)
        return r;
    validity_prepare_attr(&node);
    return read_attr(&node, ret_attr);
}

void op_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    Filesystem *fs = filesystem_of(req);
    Attr attr = {0};
    ErrInt r = get_attr(fs, ino, &attr);

    /* With an open file: before it is read. */
    if (r == 0 && fi != NULL && !is_unopened(fi) &&
        open_files_show_doubt(&fs->open_files, open_file_of(fi), &attr.stat.st_mtim))
        attr.timeout = 0;
    reply_attr(req, r, &attr.stat, attr.timeout);
}

static ErrInt set_owner(const Node *node, const struct stat *attr, int to_set, uid_t caller)
{
    const OwnerMap *owners = live_map_owners();
    LowerId uid = lower_id(ID_NONE); /* leaves it as it is, chown(2) */
    LowerId gid = lower_id(ID_NONE);
    ErrInt r = 0;

    if ((to_set & FUSE_SET_ATTR_UID) != 0)
        r = owner_map_stored(owners, ID_UID, shown_id(attr->st_uid), &uid);
    if (r == 0 && (to_set & FUSE_SET_ATTR_GID) != 0)
        r = owner_map_stored(owners, ID_GID, shown_id(attr->st_gid), &gid);
    if (r < 0)
        return r;
    cred_keep_setid_for(caller);
    return fchownat(node->fd, "", uid.value, gid.value, AT_EMPTY_PATH) < 0 ? node_errno() : 0;
}

static ErrInt set_mode(const Node *node, mode_t mode)
{
    /* Whether setgid may stay was decided for the caller, by the kernel. */
    cred_keep_setid(true);
    return fchmodat(node->fs->proc_fd, fd_name(node->fd).text, mode & ALLPERMS, 0) < 0
               ? node_errno()
               : 0;
}

/* truncate(2) and ftruncate(2), whichever it was: only the latter sets the times of a file that has
 * the size already. */
static ErrInt set_size(const Node *node, const struct fuse_file_info *fi, off_t size, int to_set)
{
    struct statx stx;
    ErrInt r;

    if (fi != NULL && is_unopened(fi))
        return -EROFS;
    cred_keep_setid((to_set & FUSE_SET_ATTR_KILL_SUID) == 0);
    if (fi != NULL)
        return ftruncate(open_fd_of(fi), size) < 0 ? -errno : 0;
    r = node_statx(node->fd, &stx);
    if (r < 0)
        return r;
    if (node_was_removed_below(node->fs, node->inode, stx.stx_nlink))
        return -ESTALE;
    return truncate(fd_name(node->fd).text, size) < 0 ? node_errno() : 0;
}

static struct timespec time_to_set(struct timespec time, int to_set, int set, int now)
{
    if ((to_set & now) != 0)
        return (struct timespec){.tv_nsec = UTIME_NOW};
    if ((to_set & set) != 0)
        return time;
    return (struct timespec){.tv_nsec = UTIME_OMIT};
}

static ErrInt set_times(const Node *node, const struct stat *attr, int to_set)
{
    struct timespec times[2] = {
        time_to_set(attr->st_atim, to_set, FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW),
        time_to_set(attr->st_mtim, to_set, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW),
    };

    return utimensat(node->fd, "", times, AT_EMPTY_PATH) < 0 ? node_errno() : 0;
}

/* The owner comes before the mode, because chown(2) clears setuid and setgid; the times come last,
 * because all else sets them. The first that fails ends it. */
static ErrInt set_attr(fuse_req_t req, fuse_ino_t ino, const struct stat *attr, int to_set,
                       const struct fuse_file_info *fi, Attr *ret_attr)
{
    Filesystem *fs = filesystem_of(req);
    const int times = FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_ATIME_NOW | FUSE_SET_ATTR_MTIME |
                      FUSE_SET_ATTR_MTIME_NOW;
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r == 0)
        r = node_check_denied(&node);
    if (r == 0 && (to_set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) != 0)
        r = set_owner(&node, attr, to_set, fuse_req_ctx(req)->uid);
    if (r == 0 && (to_set & FUSE_SET_ATTR_MODE) != 0)
        r = set_mode(&node, attr->st_mode);
    if (r == 0 && (to_set & FUSE_SET_ATTR_SIZE) != 0)
        r = set_size(&node, fi, attr->st_size, to_set);
    if (r == 0 && (to_set & times) != 0)
        r = set_times(&node, attr, to_set);
    return r < 0 ? r : read_attr(&node, ret_attr);
}

void op_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set,
                struct fuse_file_info *fi)
{
    Attr shown = {0};
    ErrInt r = set_attr(req, ino, attr, to_set, fi, &shown);

    reply_attr(req, r, &shown.stat, shown.timeout);
}
