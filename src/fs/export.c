/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories are handed out only below the lower directory: ".." must not lead out of it. */
#include "fs/export.h"

#include "base/cleanup.h"
#include "fs/relieved_open.h"

#include <errno.h>
#include <sys/stat.h>

static int copy_fd(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    return copy < 0 ? -errno : copy;
}

/* The directory above FD, or -errno. Going up ends on what is mounted there, which may be we. */
static int open_parent(Filesystem *fs, int fd)
{
    int parent = relieved_openat(&fs->relief, fd, "..", O_PATH | O_DIRECTORY, 0);

    if (parent >= 0 && node_is_own_mount(fs, parent)) {
        close(parent);
        parent = copy_fd(fs->covered_fd);
    }
    return parent;
}

/* Asks for nothing that takes a request, as in node.c. */
static ErrInt identify(int fd, struct statx *ret_stx)
{
    const unsigned int mask = STATX_INO | STATX_MNT_ID;

    return statx(fd, "", AT_EMPTY_PATH, mask, ret_stx) < 0 ? -errno : 0;
}

static bool is_same(const struct statx *a, const struct statx *b)
{
    return a->stx_ino == b->stx_ino && a->stx_mnt_id == b->stx_mnt_id &&
           a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor;
}

/* -ESTALE: the directory FD is not, or not any more, below the lower directory. */
static ErrInt check_below(Filesystem *fs, int fd)
{
    Node root AUTO_NODE = NODE_INIT;
    struct statx stx_root;
    struct statx stx;
    int at AUTO_CLOSE = copy_fd(fd);
    ErrInt r = node_acquire(fs, FUSE_ROOT_ID, &root);

    if (r == 0)
        r = at < 0 ? at : identify(root.fd, &stx_root);
    if (r == 0)
        r = identify(at, &stx);
    while (r == 0 && !is_same(&stx, &stx_root)) {
        struct statx stx_below = stx;
        int parent = open_parent(fs, at);
        if (parent < 0)
            return parent;
        close(at);
        at = parent;
        r = identify(at, &stx);
        if (r == 0 && is_same(&stx, &stx_below))
            return -ESTALE; /* the top of everything */
    }
    return r;
}

/* Nothing but our own descriptor may keep it alive. */
static ErrInt check_exists(const Node *node)
{
    struct statx stx;
    ErrInt r = node_statx(node->fd, &stx);

    if (r < 0)
        return r;
    return node_was_removed_below(node->fs, node->inode, stx.stx_nlink) ? -ESTALE : 0;
}

ErrInt export_self(const Node *node, struct fuse_entry_param *ret_entry)
{
    int fd AUTO_CLOSE = copy_fd(node->fd);
    ErrInt r = fd < 0 ? fd : check_exists(node);

    if (r == 0 && node->inode->type == S_IFDIR)
        r = check_below(node->fs, fd);
    return r < 0 ? r : node_enter_found(node, &fd, ret_entry);
}

ErrInt export_parent(const Node *node, struct fuse_entry_param *ret_entry)
{
    int fd AUTO_CLOSE = open_parent(node->fs, node->fd);
    ErrInt r = fd < 0 ? fd : check_below(node->fs, fd);

    return r < 0 ? r : node_enter_found(node, &fd, ret_entry);
}
