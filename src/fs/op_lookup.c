/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names to inodes and the kernel's count of them; symbolic links; statfs. */
#include "base/cleanup.h"
#include "fs/export.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/validity.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* -ENOENT: *RET_ENTRY says how long. */
static ErrInt lookup(Filesystem *fs, fuse_ino_t ino, const char *name,
                     struct fuse_entry_param *ret_entry)
{
    Node parent AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &parent);

    if (r == 0)
        r = node_check_denied(&parent);
    if (r < 0)
        return r;
    /* The kernel looks these two up itself, but for handles. */
    if (fs->options.nfs_export && strcmp(name, ".") == 0)
        return export_self(&parent, ret_entry);
    if (fs->options.nfs_export && strcmp(name, "..") == 0)
        return export_parent(&parent, ret_entry);
    r = node_lookup(&parent, name, ret_entry);
    if (r == -ENOENT)
        ret_entry->entry_timeout = validity_of_no_name(&parent);
    return r;
}

void op_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    struct fuse_entry_param entry = {0};
    ErrInt r = lookup(filesystem_of(req), parent, name, &entry);

    if (r == -ENOENT && entry.entry_timeout > 0)
        reply_no_entry(req, entry.entry_timeout);
    else
        reply_entry(req, r, &entry);
}

static void forget(Filesystem *fs, fuse_ino_t ino, uint64_t nlookup)
{
    dir_streams_forget(&fs->dir_streams, ino);
    inode_table_forget(&fs->inodes, ino, nlookup);
}

void op_forget(fuse_req_t req, fuse_ino_t ino, uint64_t nlookup)
{
    forget(filesystem_of(req), ino, nlookup);
    fuse_reply_none(req);
}

void op_forget_multi(fuse_req_t req, size_t count, struct fuse_forget_data *forgets)
{
    for (size_t i = 0; i < count; i++)
        forget(filesystem_of(req), forgets[i].ino, forgets[i].nlookup);
    fuse_reply_none(req);
}

static ssize_t read_link(Filesystem *fs, fuse_ino_t ino, char target[PATH_MAX + 1])
{
    Node node AUTO_NODE = NODE_INIT;
    ssize_t length;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r == 0)
        r = node_check_denied(&node);
    if (r < 0)
        return r;
    length = readlinkat(node.fd, "", target, PATH_MAX + 1);
    if (length < 0)
        return node_errno();
    return length > PATH_MAX ? -ENAMETOOLONG : length;
}

void op_readlink(fuse_req_t req, fuse_ino_t ino)
{
    char target[PATH_MAX + 1];
    ssize_t length = read_link(filesystem_of(req), ino, target);

    reply_bytes(req, length, target);
}

static ErrInt read_statfs(Filesystem *fs, fuse_ino_t ino, struct statvfs *ret_statfs)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r < 0)
        return r;
    return fstatvfs(node.fd, ret_statfs) < 0 ? -errno : 0;
}

void op_statfs(fuse_req_t req, fuse_ino_t ino)
{
    struct statvfs statfs;
    ErrInt r = read_statfs(filesystem_of(req), ino, &statfs);

    if (r < 0)
        reply_result(req, r);
    else
        fuse_reply_statfs(req, &statfs);
}
