/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of the inodes that have open files. Its lock is held while the kernel is given a backing
 * file, which it only takes note of: no file system is asked. */
#include "fs/open_files.h"

#include "base/cleanup.h"
#include "fs/cred.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
    DOUBTFUL_TIMES = 511,
    COARSEST_SECONDS = 2 /* in which file systems store times */
};

static uint64_t node_hash(const HashLink *link)
{
    return hash_mix(((const OpenInode *)link)->node);
}

ErrInt open_files_init(OpenFiles *files, Shares *shares)
{
    files->shares = shares;
    pthread_mutex_init(&files->lock, NULL);
    return hash_index_init(&files->by_node, node_hash);
}

/* As a backing file, the lower one may live on: so closing it is not enough. */
static void unlock_file(const OpenFile *file)
{
    flock(file->fd, LOCK_UN);
}

static void free_file(OpenFile *file)
{
    close(file->fd);
    free(file);
}

static void free_inode(OpenInode *inode)
{
    while (!LIST_EMPTY(&inode->files)) {
        OpenFile *file = LIST_FIRST(&inode->files);
        LIST_REMOVE(file, link);
        unlock_file(file);
        free_file(file);
    }
    free(inode);
}

void open_files_clear(OpenFiles *files)
{
    for (size_t i = 0; i < files->by_node.n_buckets; i++) {
        HashLink *link = files->by_node.buckets[i];
        while (link != NULL) {
            HashLink *next = link->next;
            free_inode((OpenInode *)link);
            link = next;
        }
    }
    hash_index_clear(&files->by_node);
    pthread_mutex_destroy(&files->lock);
}

static OpenInode *find(const OpenFiles *files, uint64_t node)
{
    HashLink *link = hash_index_chain(&files->by_node, hash_mix(node));

    while (link != NULL && ((OpenInode *)link)->node != node)
        link = link->next;
    return (OpenInode *)link;
}

bool open_files_has(OpenFiles *files, uint64_t node)
{
    LOCK_SCOPE(&files->lock);

    return find(files, node) != NULL;
}

/* The kernel ignores an answer to what it asked before the lock was granted, or while somebody else
 * writes. One such may be under way of each open file. */
bool open_files_doubt(OpenFiles *files, uint64_t node)
{
    LOCK_SCOPE(&files->lock);
    OpenInode *inode = find(files, node);
    unsigned n = 1;

    if (inode == NULL || inode->backing_id != 0)
        return false;
    const bool asks = inode->doubts > 0;
    for (const OpenFile *file = LIST_FIRST(&inode->files); file != NULL;
         file = LIST_NEXT(file, link))
        n++;
    inode->doubts = n;
    return asks;
}

bool open_files_in_doubt(OpenFiles *files, uint64_t node)
{
    LOCK_SCOPE(&files->lock);
    const OpenInode *inode = find(files, node);

    return inode != NULL && inode->doubts > 0;
}

static bool is_settled(const struct timespec *mtime)
{
    return mtime->tv_sec < time(NULL) - COARSEST_SECONDS;
}

bool open_files_show_doubt(OpenFiles *files, const OpenFile *file, struct timespec *mtime)
{
    OpenInode *inode = file->inode;

    if (inode->doubts == 0)
        return false;
    LOCK_SCOPE(&files->lock);
    if (inode->doubts == 0 ||
        (mtime->tv_sec == inode->settled.tv_sec && mtime->tv_nsec == inode->settled.tv_nsec)) {
        inode->doubts = 0;
        return false;
    }
    if (--inode->doubts == 0 && is_settled(mtime))
        inode->settled = *mtime;
    /* Each time another one, as the kernel may have any of the last ones. It stays below a second:
     * the last bits of 999999999 are ones. */
    mtime->tv_nsec ^= 1 + inode->n_doubtful++ % DOUBTFUL_TIMES;
    return true;
}

/* Returns the errno when the kernel does not take it. */
static int pass_to_kernel(OpenInode *inode, fuse_req_t req, int fd)
{
    /* Whoever writes, setuid and setgid go (passthrough has no way to ask who it is). */
    cred_keep_setid(false);
    errno = 0;
    inode->backing_id = fuse_passthrough_open(req, fd);
    if (inode->backing_id > 0)
        return 0;
    inode->backing_id = 0;
    return errno != 0 ? errno : EOPNOTSUPP;
}

static OpenInode *add_inode(OpenFiles *files, uint64_t node)
{
    OpenInode *inode = malloc(sizeof(*inode));

    if (inode == NULL)
        return NULL;
    *inode = (OpenInode){.node = node, .settled.tv_nsec = -1};
    hash_index_insert(&files->by_node, &inode->by_node);
    return inode;
}

/* Under the lock. */
static OpenInode *find_or_add(OpenFiles *files, fuse_req_t req, uint64_t node, int fd, bool pass,
                              int *ret_refusal)
{
    OpenInode *inode = find(files, node);

    if (inode != NULL)
        return inode;
    inode = add_inode(files, node);
    if (inode == NULL)
        return NULL;
    if (pass)
        *ret_refusal = pass_to_kernel(inode, req, fd);
    files->n_backing += inode->backing_id > 0;
    return inode;
}

OpenFile *open_files_add(OpenFiles *files, fuse_req_t req, uint64_t node, int fd, Share *share,
                         bool pass, int *ret_refusal)
{
    OpenFile *file = malloc(sizeof(*file));
    OpenInode *inode = NULL;

    *ret_refusal = 0;
    pthread_mutex_lock(&files->lock);
    if (file != NULL)
        inode = find_or_add(files, req, node, fd, pass, ret_refusal);
    if (inode != NULL) {
        *file = (OpenFile){.inode = inode, .fd = fd, .share = share};
        files->n_files++;
        LIST_INSERT_HEAD(&inode->files, file, link);
    }
    pthread_mutex_unlock(&files->lock);
    if (inode != NULL)
        return file;
    close(fd);
    shares_give_back(files->shares, share);
    free(file);
    return NULL;
}

void open_files_remove(OpenFiles *files, fuse_req_t req, OpenFile *file, bool locked)
{
    OpenInode *inode = file->inode;
    bool last;

    if (locked)
        unlock_file(file);
    pthread_mutex_lock(&files->lock);
    LIST_REMOVE(file, link);
    files->n_files--;
    last = LIST_EMPTY(&inode->files);
    if (last) {
        hash_index_remove(&files->by_node, &inode->by_node);
        files->n_backing -= inode->backing_id > 0;
    }
    pthread_mutex_unlock(&files->lock);
    Share *share = file->share;
    free_file(file);
    shares_give_back(files->shares, share);
    if (!last)
        return;
    if (inode->backing_id > 0 && req != NULL)
        fuse_passthrough_close(req, inode->backing_id);
    free_inode(inode);
}

OpenFilesSizes open_files_sizes(OpenFiles *files)
{
    LOCK_SCOPE(&files->lock);

    return (OpenFilesSizes){files->n_files, files->n_backing};
}
