/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directory listings, with the lower file system's own positions as cookies. */
#include "base/cleanup.h"
#include "fs/node.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/thread_buffer.h"

#include <errno.h>
#include <string.h>

/* Without no_opendir: nothing is to be kept, see dir_streams.h. With unmapped=deny what is not to
 * be looked into is not to be opened, either. */
static ErrInt check_open(Filesystem *fs, fuse_ino_t ino)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    return r < 0 ? r : node_check_denied(&node);
}

void op_opendir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    Filesystem *fs = filesystem_of(req);
    ErrInt r = fs->no_opendir ? -ENOSYS : check_open(fs, ino);

    fi->fh = 0;
    fi->cache_readdir = 1;
    fi->keep_cache = 1;
    if (r < 0)
        reply_result(req, r);
    else
        fuse_reply_open(req, fi);
}

void op_releasedir(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    (void)ino;
    (void)fi;
    reply_result(req, 0);
}

static ErrInt sync_dir(Filesystem *fs, fuse_ino_t ino, bool datasync)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r < 0)
        return r;
    int fd AUTO_CLOSE = node_open_dir(&node, O_RDONLY);
    if (fd < 0)
        return fd;
    r = datasync ? fdatasync(fd) : fsync(fd);
    return r < 0 ? -errno : 0;
}

void op_fsyncdir(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
    (void)fi;
    reply_result(req, sync_dir(filesystem_of(req), ino, datasync != 0));
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

static ErrInt fill(Listing *listing, DirStream *stream)
{
    const struct dirent64 *entry;
    ErrInt r;

    while ((r = dir_stream_peek(stream, &entry)) == 0 && entry != NULL) {
        if (!add_entry(listing, entry))
            break;
        dir_stream_consume(stream, entry);
    }
    /* What is in the reply already must not be lost, its lookups are counted. */
    return listing->used > 0 ? 0 : r;
}

static ErrInt open_stream(const Node *node, off_t position, DirStream **ret_stream)
{
    const FilesystemOptions *options = &node->fs->options;
    const int noatime = options->noatime || options->nodiratime ? O_NOATIME : 0;
    ErrInt r = node_check_denied(node);
    int fd = r < 0 ? r : node_open_dir(node, O_RDONLY | noatime);

    return fd < 0 ? fd : dir_stream_new(node->inode->node, fd, position, ret_stream);
}

/* A listing that begins sees what is new; one that has come to its end is not gone on with. */
static ErrInt list_from(Listing *listing, off_t position)
{
    DirStreams *streams = &listing->node->fs->dir_streams;
    DirStream *stream =
        position != 0 ? dir_streams_take(streams, listing->node->inode->node, position) : NULL;
    ErrInt r = stream != NULL ? 0 : open_stream(listing->node, position, &stream);

    if (r < 0)
        return r;
    r = fill(listing, stream);
    if (r == 0 && listing->used > 0)
        dir_streams_keep(streams, stream);
    else
        dir_stream_free(stream);
    return r;
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t position, bool plus)
{
    Node node AUTO_NODE = NODE_INIT;
    Listing listing = {.req = req, .node = &node, .plus = plus, .size = size};
    ErrInt r = node_acquire(filesystem_of(req), ino, &node);

    if (r == 0) {
        listing.bytes = thread_buffer(size);
        r = listing.bytes != NULL ? list_from(&listing, position) : -ENOMEM;
    }
    /* That is what others say of a directory that was removed while it is open, getdents(2). */
    if (r == -ESTALE)
        r = -ENOENT;
    reply_bytes(req, r < 0 ? r : (ssize_t)listing.used, listing.bytes);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                struct fuse_file_info *fi)
{
    (void)fi;
    list(req, ino, size, offset, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *fi)
{
    (void)fi;
    list(req, ino, size, offset, true);
}
