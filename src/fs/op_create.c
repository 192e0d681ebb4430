/* SPDX-License-Identifier: GPL-2.0-or-later */
/* New inodes, each made under its owner's IDs and the caller's umask (creator.h). */
#include "fs/creator.h"
#include "fs/opening.h"
#include "fs/ops.h"
#include "fs/relieved_open.h"
#include "fs/reply.h"

#include <errno.h>
#include <sys/stat.h>

/* Opens the parent of what will be called NAME, of MODE, and takes on what the caller creates as. A
 * caller without lower IDs gets -EOVERFLOW before anything is touched. */
static ErrInt begin(fuse_req_t req, fuse_ino_t ino, const char *name, mode_t mode, Node *ret_parent,
                    Creator *ret_creator)
{
    Filesystem *fs = filesystem_of(req);
    ErrInt r = node_acquire_parent(fs, ino, name, ret_parent);

    if (r < 0)
        return r;
    node_watch(ret_parent);
    return creator_enter(fuse_req_ctx(req), mode, ret_creator);
}

static ErrInt make_node(fuse_req_t req, fuse_ino_t ino, const char *name, mode_t mode, dev_t rdev,
                        struct fuse_entry_param *ret_entry)
{
    Node parent AUTO_NODE = NODE_INIT;
    Creator creator AUTO_CREATOR = {0};
    ErrInt r = begin(req, ino, name, mode, &parent, &creator);

    if (r < 0)
        return r;
    if (S_ISDIR(mode))
        r = mkdirat(parent.fd, name, mode);
    else
        r = mknodat(parent.fd, name, mode, rdev);
    r = r < 0 ? -errno : node_settle_dir(&parent);
    return r < 0 ? r : node_lookup_new(&parent, name, ret_entry);
}

void op_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev)
{
    struct fuse_entry_param entry;
    ErrInt r = make_node(req, parent, name, mode, rdev, &entry);

    reply_entry(req, r, &entry);
}

void op_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
    struct fuse_entry_param entry;
    ErrInt r = make_node(req, parent, name, mode | S_IFDIR, 0, &entry);

    reply_entry(req, r, &entry);
}

static ErrInt make_symlink(fuse_req_t req, const char *target, fuse_ino_t ino, const char *name,
                           struct fuse_entry_param *ret_entry)
{
    Node parent AUTO_NODE = NODE_INIT;
    Creator creator AUTO_CREATOR = {0};
    ErrInt r = begin(req, ino, name, S_IFLNK, &parent, &creator);

    if (r < 0)
        return r;
    r = symlinkat(target, parent.fd, name) < 0 ? -errno : node_settle_dir(&parent);
    return r < 0 ? r : node_lookup_new(&parent, name, ret_entry);
}

void op_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name)
{
    struct fuse_entry_param entry;
    ErrInt r = make_symlink(req, target, parent, name, &entry);

    reply_entry(req, r, &entry);
}

/* Returns the descriptor or -errno. */
static int open_new(const Node *parent, const char *name, mode_t mode,
                    const struct fuse_file_info *fi)
{
    const int flags = lower_open_flags(parent->fs, fi->flags) | O_CREAT | O_EXCL;
    int fd = relieved_openat(&parent->fs->relief, parent->fd, name, flags, mode);

    /* Somebody else was faster, on the lower side. Nobody checked yet whether the caller may open
     * what is there now; ESTALE makes the kernel look it up and begin again, with that check. */
    return fd == -EEXIST && (fi->flags & O_EXCL) == 0 ? -ESTALE : fd;
}

static int open_unnamed(const Node *parent, mode_t mode, const struct fuse_file_info *fi)
{
    const int flags = lower_open_flags(parent->fs, fi->flags) | O_TMPFILE;

    return relieved_openat(&parent->fs->relief, parent->fd, ".", flags, mode);
}

/* NAME is NULL for an O_TMPFILE. Returns the open descriptor or -errno. */
static int make_file(fuse_req_t req, fuse_ino_t ino, const char *name, mode_t mode,
                     const struct fuse_file_info *fi, Creator *ret_creator,
                     struct fuse_entry_param *ret_entry, LowerFile *ret_file)
{
    Node parent AUTO_NODE = NODE_INIT;
    ErrInt r = begin(req, ino, name != NULL ? name : "", mode, &parent, ret_creator);

    if (r < 0)
        return r;
    int fd AUTO_CLOSE =
        name != NULL ? open_new(&parent, name, mode, fi) : open_unnamed(&parent, mode, fi);
    if (fd < 0)
        return fd;
    if (name != NULL)
        r = node_settle_dir(&parent);
    if (r == 0)
        r = node_enter_open(&parent, fd, name, ret_entry);
    if (r < 0)
        return r;
    *ret_file = (LowerFile){.mode = ret_entry->attr.st_mode, .mount = parent.inode->mount};
    return steal_fd(&fd);
}

/* NAME as above. */
static void create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
                   struct fuse_file_info *fi)
{
    struct fuse_entry_param entry;
    Creator creator AUTO_CREATOR = {0};
    Share *share;
    LowerFile file;
    ErrInt r = opening_begin(req, &share);
    int fd = r < 0 ? r : make_file(req, parent, name, mode, fi, &creator, &entry, &file);

    if (fd < 0) {
        shares_give_back(&filesystem_of(req)->shares, share);
        reply_result(req, fd);
        return;
    }
    creator_leave_to_open(&creator, opening_forgoes_reserve(&file));
    r = opening_finish(req, entry.ino, fd, share, &file, fi);
    if (r < 0)
        inode_table_forget(&filesystem_of(req)->inodes, entry.ino, 1);
    reply_create(req, r, &entry, fi);
}

void op_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode,
               struct fuse_file_info *fi)
{
    create(req, parent, name, mode, fi);
}

void op_tmpfile(fuse_req_t req, fuse_ino_t parent, mode_t mode, struct fuse_file_info *fi)
{
    create(req, parent, NULL, mode, fi);
}
