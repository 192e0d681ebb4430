/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directory listings, with the lower file system's own positions as cookies. */
#include "base/cleanup.h"
#include "fs/node.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/thread_buffer.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

enum {
    LEAST_CHUNK = 512, /* bytes that are read from a lower directory at once, no less than a name */
};

/* Without no_opendir: see dir_streams.h. With unmapped=deny what is not to be looked into is not to
 * be opened, either. */
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

    /* What the kernel kept of one opening, it would go on from with another. */
    fi->fh = fs->positions_last ? 0 : ++fs->n_opendirs;
    fi->cache_readdir = fs->positions_last;
    fi->keep_cache = fs->positions_last;
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
    uint64_t opening; /* dir_streams.h */
    bool plus;        /* with attributes, counted as a lookup of each entry */
    char *bytes;
    size_t size;
    size_t used;
    char *entries; /* what is read from below, room for LEAST_CHUNK and for SIZE; aligned */
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
    if (ino_space_map(fs->inodes.ino_space, inode_device(listing->node->inode), entry->d_ino,
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

/* Adds what is in LENGTH bytes of getdents64(2). *POSITION is after the last that was added; false:
 * the reply is full. */
static bool add_entries(Listing *listing, size_t length, off_t *position)
{
    for (size_t at = 0; at < length;) {
        const struct dirent64 *entry = (const struct dirent64 *)(listing->entries + at);
        if (!add_entry(listing, entry))
            return false;
        *position = entry->d_off;
        at += entry->d_reclen;
    }
    return true;
}

/* What about fits the reply still: with attributes, an entry takes five times the room. */
static size_t chunk_size(const Listing *listing)
{
    size_t room = listing->size - listing->used;
    size_t chunk = listing->plus ? room / 5 : room;

    return chunk > LEAST_CHUNK ? chunk : LEAST_CHUNK;
}

/* From the stream's position on. What is read and does not fit is read again the next time. */
static ErrInt fill(Listing *listing, DirStream *stream)
{
    ssize_t n;

    if (lseek(stream->fd, stream->position, SEEK_SET) < 0)
        return -errno;
    do {
        n = getdents64(stream->fd, listing->entries, chunk_size(listing));
    } while (n > 0 && add_entries(listing, (size_t)n, &stream->position));
    /* What is in the reply already must not be lost, its lookups are counted. */
    return n < 0 && listing->used == 0 ? -errno : 0;
}

static ErrInt open_stream(const Node *node, uint64_t opening, off_t position,
                          DirStream **ret_stream)
{
    const FilesystemOptions *options = &node->fs->options;
    const int noatime = options->noatime || options->nodiratime ? O_NOATIME : 0;
    ErrInt r = node_check_denied(node);
    int fd = r < 0 ? r : node_open_dir(node, O_RDONLY | noatime);

    if (fd < 0)
        return fd;
    *ret_stream = dir_stream_new(node->inode->node, opening, fd, position);
    return *ret_stream != NULL ? 0 : -ENOMEM;
}

/* A listing that begins sees what is new; one that has come to its end is not gone on with. */
static ErrInt list_from(Listing *listing, off_t position)
{
    const Node *node = listing->node;
    DirStreams *streams = &node->fs->dir_streams;
    DirStream *stream = NULL;
    ErrInt r = 0;

    if (position != 0)
        stream = dir_streams_take(streams, node->inode->node, listing->opening, position);
    if (stream == NULL)
        r = open_stream(node, listing->opening, position, &stream);
    if (r < 0)
        return r;
    r = fill(listing, stream);
    if (r == 0 && listing->used > 0)
        dir_streams_keep(streams, stream);
    else
        dir_stream_free(stream);
    return r;
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t position, uint64_t opening,
                 bool plus)
{
    Node node AUTO_NODE = NODE_INIT;
    Listing listing = {.req = req, .node = &node, .opening = opening, .plus = plus, .size = size};
    ErrInt r = node_acquire(filesystem_of(req), ino, &node);

    if (r == 0) {
        listing.entries = thread_buffer(LEAST_CHUNK + 2 * size);
        listing.bytes = listing.entries + LEAST_CHUNK + size;
        r = listing.entries != NULL ? list_from(&listing, position) : -ENOMEM;
    }
    /* That is what others say of a directory that was removed while it is open, getdents(2). */
    if (r == -ESTALE)
        r = -ENOENT;
    reply_bytes(req, r < 0 ? r : (ssize_t)listing.used, listing.bytes);
}

void op_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                struct fuse_file_info *fi)
{
    list(req, ino, size, offset, fi->fh, false);
}

void op_readdirplus(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset,
                    struct fuse_file_info *fi)
{
    list(req, ino, size, offset, fi->fh, true);
}
