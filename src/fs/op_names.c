/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that come and go: link, unlink, rmdir, rename. */
#include "base/fdname.h"
#include "fs/creator.h"
#include "fs/named_inode.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/watch_tell.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static ErrInt make_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t new_ino, const char *name,
                        struct fuse_entry_param *ret_entry)
{
    Filesystem *fs = filesystem_of(req);
    Node node AUTO_NODE = NODE_INIT;
    Node parent AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire_parent(fs, new_ino, name, &parent);

    if (r == 0)
        r = node_acquire(fs, ino, &node);
    if (r == 0)
        r = node_check_denied(&node);
    if (r == 0)
        r = creator_check(fuse_req_ctx(req));
    if (r < 0)
        return r;
    /* Followed is the link below /proc only, to the inode itself, be that a symbolic link. */
    if (linkat(fs->proc_fd, fd_name(node.fd).text, parent.fd, name, AT_SYMLINK_FOLLOW) < 0)
        return -errno;
    inode_table_set_named(&fs->inodes, node.inode);
    node_note_change(&node);
    r = node_settle_dir(&parent);
    return r < 0 ? r : node_lookup(&parent, name, ret_entry);
}

void op_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t new_parent, const char *new_name)
{
    struct fuse_entry_param entry;
    ErrInt r = make_link(req, ino, new_parent, new_name, &entry);

    reply_entry(req, r, &entry);
}

static ErrInt remove_name(Filesystem *fs, fuse_ino_t ino, const char *name, int flags)
{
    Node parent AUTO_NODE = NODE_INIT;
    NamedInode named AUTO_NAMED_INODE = {0};
    ErrInt r = node_acquire_parent(fs, ino, name, &parent);

    if (r == 0)
        r = named_inode_begin(&parent, name, &named);
    if (r < 0)
        return r;
    if (unlinkat(parent.fd, name, flags) < 0)
        return -errno;
    named_inode_removed(&named);
    return node_settle_dir(&parent);
}

void op_unlink(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    reply_result(req, remove_name(filesystem_of(req), parent, name, 0));
}

void op_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    reply_result(req, remove_name(filesystem_of(req), parent, name, AT_REMOVEDIR));
}

/* A rename to a name that is not there yet makes one. */
static ErrInt check_renamer(fuse_req_t req, const Node *new_parent, const char *new_name)
{
    ErrInt r = creator_check(fuse_req_ctx(req));
    struct statx nothing;

    /* Asks for nothing, since what is there may be our own mount. */
    if (r < 0 &&
        statx(new_parent->fd, new_name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, 0, &nothing) == 0)
        r = 0;
    return r;
}

/* The kernel takes what is NAMED for what now has NAME, for as long as it keeps names. But it may
 * have been moved away at the last moment, and what took its place have the name. */
static void check_moved(const NamedInode *named, const Node *parent, const char *name)
{
    struct statx stx;

    named_inode_moved(named, parent, name);
    if (named->inode != NULL &&
        statx(parent->fd, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_INO, &stx) == 0 &&
        !inode_table_has_number(&named->fs->inodes, named->inode, stx.stx_ino))
        watch_tell_doubt_of_names(&parent->fs->watch);
}

/* The kernel has a name of the one and, unless that is not there, of the other. */
static ErrInt rename_named(const Node *parent, const char *name, const Node *new_parent,
                           const char *new_name, unsigned int flags)
{
    NamedInode old AUTO_NAMED_INODE = {0};
    NamedInode new AUTO_NAMED_INODE = {0};
    ErrInt r = named_inode_begin(parent, name, &old);

    if (r == 0 && (flags & RENAME_NOREPLACE) == 0)
        r = named_inode_begin(new_parent, new_name, &new);
    if (r < 0)
        return r;
    node_watch(new_parent);
    if (renameat2(parent->fd, name, new_parent->fd, new_name, flags) < 0)
        return -errno;
    check_moved(&old, new_parent, new_name);
    if ((flags & RENAME_EXCHANGE) != 0)
        check_moved(&new, parent, name);
    else
        named_inode_removed(&new);
    r = node_settle_dir(parent);
    return r < 0 ? r : node_settle_dir(new_parent);
}

static ErrInt rename_entry(fuse_req_t req, fuse_ino_t ino, const char *name, fuse_ino_t new_ino,
                           const char *new_name, unsigned int flags)
{
    Filesystem *fs = filesystem_of(req);
    Node parent AUTO_NODE = NODE_INIT;
    Node new_parent AUTO_NODE = NODE_INIT;
    Creator creator AUTO_CREATOR = {0};
    ErrInt r = node_acquire_parent(fs, ino, name, &parent);

    if (r == 0)
        r = node_acquire_parent(fs, new_ino, new_name, &new_parent);
    if (r == 0)
        r = check_renamer(req, &new_parent, new_name);
    /* What a whiteout leaves behind is a new inode, the caller's (renameat2(2)). */
    if (r == 0 && (flags & RENAME_WHITEOUT) != 0)
        r = creator_enter(fuse_req_ctx(req), S_IFCHR, &creator);
    return r < 0 ? r : rename_named(&parent, name, &new_parent, new_name, flags);
}

void op_rename(fuse_req_t req, fuse_ino_t parent, const char *name, fuse_ino_t new_parent,
               const char *new_name, unsigned int flags)
{
    reply_result(req, rename_entry(req, parent, name, new_parent, new_name, flags));
}
