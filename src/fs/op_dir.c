/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directory listings, with the lower file system's own positions as cookies. */
#include "base/cleanup.h"
#include "fs/node.h"
#include "fs/open_dir.h"
#include "fs/ops.h"
#include "fs/relieved_open.h"
#include "fs/reply.h"
#include "fs/thread_buffer.h"

#include <errno.h>
#include <string.h>

static ErrInt open_dir(Filesystem *fs, fuse_ino_t ino, OpenDir **ret_dir)
{
    const int noatime = fs->options.noatime || fs->options.nodiratime ? O_NOATIME : 0;
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r == 0)
        r = node_check_denied(&node);
    if (r < 0)
        return r;
    int fd AUTO_CLOSE =
        relieved_openat(&fs->inodes, node.fd, ".", O_RDONLY | O_DIRECTORY | noatime, 0);
    if (fd < 0)
        return fd;
    *ret_dir = open_dirs_add(&fs->open_dirs, steal_fd(&fd));
    return *ret_dir != NULL ? 0 : -ENOMEM;
}

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    Filesystem *fs = filesystem_of(req);
    OpenDir *dir = NULL;
    ErrInt r = open_dir(fs, ino, &dir);

    if (r < 0) {
        reply_result(req, r);
        return;
    }
    fi->fh = (uintptr_t)dir;
    if (fuse_reply_open(req, fi) < 0)
        open_dirs_remove(&fs->open_dirs, dir);
}

void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    (void)ino;
    open_dirs_remove(&filesystem_of(req)->open_dirs, open_dir_of(fi));
    reply_result(req, 0);
}

void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
    int fd = open_dir_of(fi)->fd;
    int r = datasync ? fdatasync(fd) : fsync(fd);

    (void)ino;
    reply_result(req, r < 0 ? -errno : 0);
}

/* Goes to OFFSET, a cookie of an earlier entry; 0 is the beginning, with whatever is new there. */
static ErrInt seek_dir(OpenDir *dir, off_t offset)
{
    if (offset != 0 && offset == dir->position)
        return 0;
    dir->next = dir->length = 0;
    dir->position = offset;
    return lseek(dir->fd, offset, SEEK_SET) < 0 ? -errno : 0;
}

/* The entry after `position`, not consumed yet; NULL at the end. */
static ErrInt peek_entry(OpenDir *dir, struct dirent64 **ret_entry)
{
    if (dir->next == dir->length) {
        ssize_t n = getdents64(dir->fd, dir->entries, sizeof(dir->entries));
        if (n < 0)
            return -errno;
        dir->next = 0;
        dir->length = (size_t)n;
    }
    *ret_entry = dir->length > 0 ? (struct dirent64 *)(dir->entries + dir->next) : NULL;
    return 0;
}

static void consume_entry(OpenDir *dir, const struct dirent64 *entry)
{
    dir->next += entry->d_reclen;
    dir->position = entry->d_off;
}

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A listing on its way to the kernel. */
typedef struct {
    fuse_req_t req;
    const Node *node;
    bool plus; /* with attributes, counted as a lookup of each entry */
    char *bytes;
    size_t size;
    size_t used;
} Listing;

/* An entry that cannot be looked up is listed all the same, with its name, number and type. */
static void describe(const Listing *listing, const struct dirent64 *entry,
                     struct fuse_entry_param *ret_param)
{
    Filesystem *fs = listing->node->fs;

    if (listing->plus && !is_dot(entry->d_name) &&
        node_lookup(listing->node, entry->d_name, ret_param) == 0)
        return;
    *ret_param = (struct fuse_entry_param){.attr.st_mode = DTTOIF(entry->d_type)};
    if (ino_space_map(fs->inodes.ino_space, listing->node->inode->device, entry->d_ino,
                      &ret_param->attr.st_ino) < 0)
        ret_param->attr.st_ino = FUSE_ROOT_ID;
}

/* False: the reply is full, and what it cost to find out is undone. */
static bool add_entry(Listing *listing, const struct dirent64 *entry)
{
    char *place = listing->bytes + listing->used;
    size_t room = listing->size - listing->used;
    struct fuse_entry_param param;
    size_t need;

    if (listing->plus)
        need = fuse_add_direntry_plus(listing->req, NULL, 0, entry->d_name, NULL, 0);
    else
        need = fuse_add_direntry(listing->req, NULL, 0, entry->d_name, NULL, 0);
    if (need > room)
        return false;
    describe(listing, entry, &param);
    if (listing->plus)
        fuse_add_direntry_plus(listing->req, place, room, entry->d_name, &param, entry->d_off);
    else
        fuse_add_direntry(listing->req, place, room, entry->d_name, &param.attr, entry->d_off);
    listing->used += need;
    return true;
}

static ErrInt fill(Listing *listing, OpenDir *dir, off_t offset)
{
    LOCK_SCOPE(&dir->lock);
    ErrInt r = seek_dir(dir, offset);

    while (r == 0) {
        struct dirent64 *entry = NULL;
        r = peek_entry(dir, &entry);
        if (r < 0 || entry == NULL || !add_entry(listing, entry))
            break;
        consume_entry(dir, entry);
    }
    /* What is in the reply already must not be lost, its lookups are counted. */
    return listing->used > 0 ? 0 : r;
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                 struct fuse_file_info *fi, bool plus)
{
    Node node AUTO_NODE = NODE_INIT;
    Listing listing = {.req = req, .node = &node, .plus = plus, .size = size};
    ErrInt r = node_acquire(filesystem_of(req), ino, &node);

    if (r == 0) {
        listing.bytes = thread_buffer(size);
        r = listing.bytes != NULL ? fill(&listing, open_dir_of(fi), offset) : -ENOMEM;
    }
    reply_bytes(req, r < 0 ? r : (ssize_t)listing.used, listing.bytes);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                struct fuse_file_info *fi)
{
    list(req, ino, size, offset, fi, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *fi)
{
    list(req, ino, size, offset, fi, true);
}
