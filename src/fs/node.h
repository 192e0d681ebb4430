/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a node ID of a request to the lower inode, and from a lower object to a node. */
#pragma once

#include "fs/filesystem.h"

#include <errno.h>

/* A lower inode in use by a request: it and its descriptor stay until node_release(). */
typedef struct {
    Filesystem *fs;
    Inode *inode;
    int fd;         /* O_PATH */
    int private_fd; /* fd, when there was no room to cache it; else -1 */
} Node;

/* -ESTALE: no such node, or its lower inode is gone. */
ErrInt node_acquire(Filesystem *fs, fuse_ino_t ino, Node *ret_node);
void node_release(Node *node);

/* The same for the directory INO, in which NAME is to be made or removed. -EINVAL: NAME is none of
 * something in it. -EOVERFLOW: unmapped=deny closes the directory. */
ErrInt node_acquire_parent(Filesystem *fs, fuse_ino_t ino, const char *name, Node *ret_parent);

#define AUTO_NODE CLEANUP(node_release)
#define NODE_INIT                                                                                  \
    {                                                                                              \
        .inode = NULL, .fd = -1, .private_fd = -1                                                  \
    }

/* Opens the regular file with FLAGS (O_CLOEXEC is added) and returns the descriptor, or -errno.
 * -EISDIR or -ENXIO for what is none, so that neither a FIFO blocks nor a driver is reached.
 * -ESTALE: others removed it on the lower side, it is not open here, and what would be written to
 * it would be lost; the kernel then looks the name up again.
 * *RET_FILE (may be NULL): what there is to know of it. */
typedef struct {
    mode_t mode;       /* as of stat(2) */
    LowerMount *mount; /* while the kernel knows the inode, as it does during the request */
    bool append_only;  /* opened so that it cannot be written to elsewhere */
} LowerFile;

int node_open_file(Filesystem *fs, fuse_ino_t ino, int flags, LowerFile *ret_file);

/* Opens the directory with FLAGS (O_CLOEXEC is added) and returns the descriptor, or -errno. */
int node_open_dir(const Node *node, int flags);

/* Opens NAME below PARENT (O_PATH, O_NOFOLLOW) and returns the descriptor, or -errno; -EINVAL for
 * what is no name of something below. */
int node_open_child(const Node *parent, const char *name);

/* See inode_table_enter(). */
static inline uint64_t node_hash_name(const Node *parent, const char *name)
{
    return inode_table_hash_name(parent->inode->node, name);
}

/* See watch_mark(). */
bool node_watch(const Node *node);

/* Looks NAME up below PARENT (O_NOFOLLOW), enters what is there into the inode table and fills in
 * the reply. The kernel's lookup is counted: forget it when the reply fails. Where our own mount
 * is met, the directory that it covers is taken instead. -ELOOP: a copy of it (a bind mount). */
ErrInt node_lookup(const Node *parent, const char *name, struct fuse_entry_param *ret_entry);

/* The same for what was made just now. It gets no mark of its own (watch.h) before it is asked for
 * again: much that is made is gone by then. */
ErrInt node_lookup_new(const Node *parent, const char *name, struct fuse_entry_param *ret_entry);

/* The same for what was found near NODE, on its mount or another one, in whatever directory, and is
 * open as *FD (O_PATH), which is taken over: -1 then. -ELOOP: it is on our own mount; *FD stays. */
ErrInt node_enter_found(const Node *node, int *fd, struct fuse_entry_param *ret_entry);

/* The same for an object that is open already, a new regular file; FD stays the caller's. NAME is
 * NULL if it was made without one. */
ErrInt node_enter_open(const Node *parent, int fd, const char *name,
                       struct fuse_entry_param *ret_entry);

/* Enters the lower directory FD (O_PATH, taken over) as the first inode, FUSE_ROOT_ID. */
ErrInt node_enter_root(Filesystem *fs, int fd);

/* What was changed in the directory is on the disk now, if the options want that. */
ErrInt node_settle_dir(const Node *dir);

/* INODE has LINKS links: none, not because of us, and nobody works with it still. */
bool node_was_removed_below(Filesystem *fs, const Inode *inode, nlink_t links);

/* Whether FD is the mount itself. Sends no request. */
bool node_is_own_mount(const Filesystem *fs, int fd);

/* The result of a call that failed on a node's own descriptor, with no name below it. ENOENT is not
 * about a name then, but the inode is gone: so says FUSE of one that has none left. After ESTALE
 * the kernel looks the name up again. */
static inline ErrInt node_errno(void)
{
    return errno == ENOENT ? -ESTALE : -errno;
}

/* statx(2) of an open descriptor: everything that an attribute reply needs. */
ErrInt node_statx(int fd, struct statx *ret_stx);

/* NODE was changed by a call that does not end in a look at its attributes. Overlayfs may have
 * copied it up, and given it another number, under which it is to be found. */
void node_note_change(const Node *node);

/* The attributes of INODE as the mount shows them, to be told to the kernel. */
void node_show_attr(Filesystem *fs, Inode *inode, const struct statx *stx, struct stat *ret_attr);

/* -EOVERFLOW when unmapped=deny closes this inode, else 0. */
ErrInt node_check_denied(const Node *node);
