/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors and identities of lower inodes. Never a path: a descriptor and at most one name. */
#include "fs/node.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "fs/found.h"
#include "fs/relieved_open.h"
#include "fs/validity.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

enum {
    SLOW_LOOKUP_NS = 100 * 1000 * 1000,
};

/* Handle */

static int open_handle(Filesystem *fs, const Inode *inode, int flags)
{
    int fd;

    do {
        fd = lower_open_handle(inode->mount, inode->handle_type, inode->handle_length,
                               inode->handle, flags);
    } while (fd == -EMFILE && relief_get(&fs->relief));
    return fd;
}

ErrInt node_acquire(Filesystem *fs, fuse_ino_t ino, Node *ret_node)
{
    Node node AUTO_NODE = NODE_INIT;
    int fd = -1;

    node.fs = fs;
    node.inode = inode_table_ref(&fs->inodes, ino, &node.fd);
    if (node.inode == NULL)
        return -ESTALE;
    if (node.fd < 0) {
        fd = open_handle(fs, node.inode, O_PATH);
        if (fd < 0)
            return fd;
        node.fd = inode_table_adopt(&fs->inodes, node.inode, &fd);
        if (node.fd < 0)
            node.fd = node.private_fd = steal_fd(&fd);
        cleanup_close(&fd);
    }
    *ret_node = node;
    node = (Node)NODE_INIT;
    return 0;
}

void node_release(Node *node)
{
    cleanup_close(&node->private_fd);
    if (node->inode != NULL)
        inode_table_unref(&node->fs->inodes, node->inode);
}

static int open_lower(Filesystem *fs, const Inode *inode, int path_fd, int flags)
{
    int fd;

    if (inode->type != S_IFREG)
        return inode->type == S_IFDIR ? -EISDIR : -ENXIO;
    if (inode->handle_opens)
        return open_handle(fs, inode, flags);
    fd = relieved_openat(&fs->relief, fs->proc_fd, fd_name(path_fd).text, flags, 0);
    return fd == -ENOENT ? -ESTALE : fd; /* see node_errno() */
}

bool node_was_removed_below(Filesystem *fs, const Inode *inode, nlink_t links)
{
    return links == 0 && !inode_table_is_nameless(&fs->inodes, inode) &&
           !open_files_has(&fs->open_files, inode->node);
}

/* Returns the descriptor or -errno. */
static int open_inode(Filesystem *fs, Inode *inode, int path_fd, int flags, LowerFile *ret_file)
{
    struct statx stx;
    ErrInt r;
    int fd AUTO_CLOSE = open_lower(fs, inode, path_fd, flags);

    if (fd < 0)
        return fd;
    r = node_statx(fd, &stx);
    if (r < 0)
        return r;
    if (node_was_removed_below(fs, inode, stx.stx_nlink))
        return -ESTALE;
    inode_table_number(&fs->inodes, inode, &stx); /* opened for writing, it was copied up */
    if (ret_file != NULL)
        *ret_file = (LowerFile){.mode = stx.stx_mode, .mount = inode->mount};
    return steal_fd(&fd);
}

int node_open_file(Filesystem *fs, fuse_ino_t ino, int flags, LowerFile *ret_file)
{
    int path_fd;
    int fd;
    Inode *inode = inode_table_ref(&fs->inodes, ino, &path_fd);

    if (inode == NULL)
        return -ESTALE;
    fd = open_inode(fs, inode, path_fd, flags, ret_file);
    inode_table_unref(&fs->inodes, inode);
    return fd;
}

int node_open_dir(const Node *node, int flags)
{
    int fd = relieved_openat(&node->fs->relief, node->fd, ".", flags | O_DIRECTORY, 0);

    return fd == -ENOENT ? -ESTALE : fd; /* see node_errno() */
}

/* The kernel sends no other names; but what came of one would be outside the lower directory. */
static ErrInt check_name(const char *name)
{
    const bool leads_away =
        strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strchr(name, '/') != NULL;

    return leads_away ? -EINVAL : 0;
}

ErrInt node_acquire_parent(Filesystem *fs, fuse_ino_t ino, const char *name, Node *ret_parent)
{
    ErrInt r = check_name(name);

    if (r == 0)
        r = node_acquire(fs, ino, ret_parent);
    return r < 0 ? r : node_check_denied(ret_parent);
}

int node_open_child(const Node *parent, const char *name)
{
    ErrInt r = check_name(name);

    if (r < 0)
        return r;
    return relieved_openat(&parent->fs->relief, parent->fd, name, O_PATH | O_NOFOLLOW, 0);
}

/* Entering */

static ErrInt enter(Found *found, uint64_t name_hash, int *fd, struct fuse_entry_param *ret_entry)
{
    Filesystem *fs = found->fs;
    Inode *inode;
    ErrInt r = inode_table_enter(&fs->inodes, &found->object, name_hash, steal_fd(fd), &inode);

    if (r < 0)
        return r;
    if (found->marked_at != 0 && inode->type != S_IFDIR)
        inode->marked_at = found->marked_at;
    *ret_entry = (struct fuse_entry_param){
        .ino = inode->node,
        .attr_timeout = validity_of_attr(fs, inode),
        .entry_timeout = found->parent != NULL ? validity_of_name(found->parent) : 0,
    };
    node_show_attr(fs, inode, &found->object.stx, &ret_entry->attr);
    if (found->is_nameless)
        inode_table_set_nameless(&fs->inodes, inode);
    inode_table_unref(&fs->inodes, inode);
    return 0;
}

static ErrInt identify_and_enter(const Node *near, uint64_t name_hash, bool is_old, int *fd,
                                 struct fuse_entry_param *ret_entry)
{
    Found found AUTO_FOUND = {.parent = name_hash != 0 ? near : NULL, .is_old = is_old};
    ErrInt r = found_identify(&found, near->fs, near, *fd);

    return r < 0 ? r : enter(&found, name_hash, fd, ret_entry);
}

ErrInt node_enter_found(const Node *node, int *fd, struct fuse_entry_param *ret_entry)
{
    return identify_and_enter(node, 0, false, fd, ret_entry);
}

bool node_watch(const Node *node)
{
    return watch_mark(&node->fs->watch, node->inode, node->fd);
}

/* Looks NAME up as it is now. */
static ErrInt look_up(const Node *parent, const char *name, bool is_old,
                      struct fuse_entry_param *ret_entry)
{
    const uint64_t hash = node_hash_name(parent, name);
    int fd AUTO_CLOSE = node_open_child(parent, name);
    ErrInt r;

    if (fd < 0)
        return fd;
    r = identify_and_enter(parent, hash, is_old, &fd, ret_entry);
    if (r == -ELOOP && parent->fs->covered_fd >= 0 && node_is_own_mount(parent->fs, fd)) {
        close(fd);
        fd = fcntl(parent->fs->covered_fd, F_DUPFD_CLOEXEC, 0);
        r = fd < 0 ? -errno : identify_and_enter(parent, hash, is_old, &fd, ret_entry);
    }
    return r;
}

/* An answer that took long may come after the kernel was told, twice, that it is wrong. */
static ErrInt look_up_in_time(const Node *parent, const char *name, bool is_old,
                              struct fuse_entry_param *ret_entry)
{
    uint64_t since = node_watch(parent) ? counters_now() : 0;
    ErrInt r = look_up(parent, name, is_old, ret_entry);

    if (since != 0 && r == 0 && counters_now() - since > SLOW_LOOKUP_NS)
        ret_entry->entry_timeout = 0;
    return r;
}

ErrInt node_lookup(const Node *parent, const char *name, struct fuse_entry_param *ret_entry)
{
    return look_up_in_time(parent, name, true, ret_entry);
}

ErrInt node_lookup_new(const Node *parent, const char *name, struct fuse_entry_param *ret_entry)
{
    return look_up_in_time(parent, name, false, ret_entry);
}

ErrInt node_enter_open(const Node *parent, int fd, const char *name,
                       struct fuse_entry_param *ret_entry)
{
    const uint64_t hash = name != NULL ? node_hash_name(parent, name) : 0;
    Found found AUTO_FOUND = {.parent = name != NULL ? parent : NULL, .is_nameless = name == NULL};
    int path_fd AUTO_CLOSE = -1;
    ErrInt r = found_identify(&found, parent->fs, parent, fd);

    if (r < 0)
        return r;
    if (!found.object.handle.opens) {
        path_fd =
            relieved_openat(&parent->fs->relief, parent->fs->proc_fd, fd_name(fd).text, O_PATH, 0);
        if (path_fd < 0)
            return path_fd;
    }
    return enter(&found, hash, &path_fd, ret_entry);
}

ErrInt node_settle_dir(const Node *dir)
{
    const Filesystem *fs = dir->fs;

    if (!fs->options.sync && !fs->options.dirsync)
        return 0;
    int fd AUTO_CLOSE = relieved_openat(&dir->fs->relief, fs->proc_fd, fd_name(dir->fd).text,
                                        O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return fd;
    return fsync(fd) < 0 ? -errno : 0;
}

/* The root */

static const char *handles_refusal(const Inode *inode)
{
    if (inode->handle_opens)
        return NULL;
    return inode->mount->local ? "only root of the host may open the handles of files"
                               : "the lower file system has no handles that last";
}

ErrInt node_enter_root(Filesystem *fs, int fd)
{
    int owned_fd AUTO_CLOSE = fd;
    Found found AUTO_FOUND = {0};
    struct fuse_entry_param entry;
    ErrInt r = found_identify(&found, fs, NULL, owned_fd);

    if (r == 0)
        r = enter(&found, 0, &owned_fd, &entry);
    if (r < 0)
        return r;
    Node root AUTO_NODE = NODE_INIT;
    r = node_acquire(fs, FUSE_ROOT_ID, &root);
    if (r < 0)
        return r;
    inode_table_pin(&fs->inodes, root.inode);
    fs->handles_refusal = handles_refusal(root.inode);
    return 0;
}

/* Attributes */

ErrInt node_statx(int fd, struct statx *ret_stx)
{
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, ret_stx) < 0)
        return node_errno();
    return 0;
}

void node_note_change(const Node *node)
{
    struct statx stx;

    if (node->inode->mount->splits_links && node_statx(node->fd, &stx) == 0)
        inode_table_number(&node->fs->inodes, node->inode, &stx);
}

static struct timespec to_timespec(struct statx_timestamp time)
{
    return (struct timespec){.tv_sec = time.tv_sec, .tv_nsec = time.tv_nsec};
}

void node_show_attr(Filesystem *fs, Inode *inode, const struct statx *stx, struct stat *ret_attr)
{
    if (inode->type == S_IFDIR && inode_table_note_times(&fs->inodes, inode, stx))
        afterwards_forget_listing(&fs->afterwards, inode->node);
    *ret_attr = (struct stat){
        .st_ino = inode_table_number(&fs->inodes, inode, stx),
        .st_mode = stx->stx_mode,
        .st_nlink = stx->stx_nlink,
        .st_uid = owner_map_shown(live_map_owners(), ID_UID, lower_id(stx->stx_uid)).value,
        .st_gid = owner_map_shown(live_map_owners(), ID_GID, lower_id(stx->stx_gid)).value,
        .st_rdev = makedev(stx->stx_rdev_major, stx->stx_rdev_minor),
        .st_size = (off_t)stx->stx_size,
        .st_blksize = stx->stx_blksize,
        .st_blocks = (blkcnt_t)stx->stx_blocks,
        .st_atim = to_timespec(stx->stx_atime),
        .st_mtim = to_timespec(stx->stx_mtime),
        .st_ctim = to_timespec(stx->stx_ctime),
    };
}

ErrInt node_check_denied(const Node *node)
{
    struct statx stx;
    ErrInt r;

    if (live_map_owners()->unmapped != UNMAPPED_DENY)
        return 0;
    r = node_statx(node->fd, &stx);
    if (r < 0)
        return r;
    return owner_map_denies(live_map_owners(), lower_id(stx.stx_uid), lower_id(stx.stx_gid))
               ? -EOVERFLOW
               : 0;
}
