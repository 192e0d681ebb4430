/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hash of the inodes that have open files. Its lock is held while the kernel is given a backing
 * file, which it only takes note of: no file system is asked. */
#include "fs/open_files.h"

#include "base/cleanup.h"
#include "fs/counters.h"
#include "fs/cred.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { KEPT_SECONDS = 1 };

static uint64_t node_hash(const HashLink *link)
{
    return hash_mix(((const OpenInode *)link)->node);
}

ErrInt open_files_init(OpenFiles *files, Shares *shares, size_t kept_max)
{
    *files = (OpenFiles){.shares = shares, .kept_max = kept_max};
    pthread_mutex_init(&files->lock, NULL);
    background_init(&files->background, &files->lock);
    TAILQ_INIT(&files->kept);
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
    background_clear(&files->background);
    pthread_mutex_destroy(&files->lock);
}

OpenInode *open_files_find(const OpenFiles *files, uint64_t node)
{
    HashLink *link = hash_index_chain(&files->by_node, hash_mix(node));

    while (link != NULL && ((OpenInode *)link)->node != node)
        link = link->next;
    return (OpenInode *)link;
}

bool open_files_has(OpenFiles *files, uint64_t node)
{
    LOCK_SCOPE(&files->lock);
    const OpenInode *inode = open_files_find(files, node);

    return inode != NULL && !LIST_EMPTY(&inode->files);
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
    OpenInode *inode = open_files_find(files, node);

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

/* Closing and keeping */

/* What is taken out under the lock, to be closed without it. */
typedef struct {
    OpenFile *file;   /* NULL: none */
    OpenInode *inode; /* NULL: it has other files */
} Remains;

static void take_out_unused(OpenFiles *files, OpenInode *inode, Remains *remains)
{
    if (!LIST_EMPTY(&inode->files) || inode->kept != NULL)
        return;
    hash_index_remove(&files->by_node, &inode->by_node);
    files->n_backing -= inode->backing_id > 0;
    remains->inode = inode;
}

static void close_remains(OpenFiles *files, const Remains *remains)
{
    if (remains->file != NULL)
        free_file(remains->file);
    if (remains->inode == NULL)
        return;
    if (remains->inode->backing_id > 0)
        fuse_close_backing(files->session, remains->inode->backing_id);
    free_inode(remains->inode);
}

static OpenFile *take_kept(OpenFiles *files, OpenInode *inode)
{
    OpenFile *file = inode->kept;

    if (file == NULL)
        return NULL;
    inode->kept = NULL;
    TAILQ_REMOVE(&files->kept, inode, kept_link);
    files->n_kept--;
    return file;
}

static Remains take_out_kept(OpenFiles *files, OpenInode *inode)
{
    Remains remains = {.file = take_kept(files, inode)};

    if (remains.file != NULL)
        take_out_unused(files, inode, &remains);
    return remains;
}

/* With the lock, which it gives back. INODE may be NULL; false: nothing was kept. */
static bool close_kept(OpenFiles *files, OpenInode *inode)
{
    Remains remains = {0};

    if (inode != NULL)
        remains = take_out_kept(files, inode);
    pthread_mutex_unlock(&files->lock);
    close_remains(files, &remains);
    return remains.file != NULL;
}

static bool is_old(const OpenInode *inode)
{
    return counters_now() - inode->kept_since >= KEPT_SECONDS * UINT64_C(1000000000);
}

static void wait_some_time(OpenFiles *files)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += KEPT_SECONDS;
    pthread_cond_timedwait(&files->background.changed, &files->lock, &until);
}

/* Also what is kept at the end. */
static void *close_old(void *data)
{
    OpenFiles *files = data;
    OpenInode *inode;

    pthread_mutex_lock(&files->lock);
    while ((inode = TAILQ_FIRST(&files->kept)) != NULL || !files->background.ended) {
        if (inode == NULL) {
            background_rest(&files->background);
        } else if (files->background.ended || is_old(inode)) {
            close_kept(files, inode);
            pthread_mutex_lock(&files->lock);
        } else {
            wait_some_time(files);
        }
    }
    pthread_mutex_unlock(&files->lock);
    return NULL;
}

/* Under the lock. Returns false when FILE cannot be kept. */
static bool keep(OpenFiles *files, OpenInode *inode, OpenFile *file)
{
    if (!file->is_reusable || inode->kept != NULL || files->kept_max == 0)
        return false;
    /* While there are others, the thread comes back by itself. */
    if (files->n_kept == 0 && !background_wake(&files->background, close_old, files))
        return false;
    file->share = NULL;
    inode->kept = file;
    inode->kept_since = counters_now();
    TAILQ_INSERT_TAIL(&files->kept, inode, kept_link);
    files->n_kept++;
    return true;
}

void open_files_remove(OpenFiles *files, OpenFile *file, bool locked)
{
    OpenInode *inode = file->inode;
    Share *share = file->share;
    Remains remains = {.file = file};

    if (locked)
        unlock_file(file);
    pthread_mutex_lock(&files->lock);
    LIST_REMOVE(file, link);
    files->n_files--;
    if (!LIST_EMPTY(&inode->files) || !keep(files, inode, file))
        take_out_unused(files, inode, &remains);
    else if (files->n_kept > files->kept_max)
        remains = take_out_kept(files, TAILQ_FIRST(&files->kept));
    else
        remains.file = NULL;
    pthread_mutex_unlock(&files->lock);
    close_remains(files, &remains);
    shares_give_back(files->shares, share);
}

OpenFile *open_files_take_kept(OpenFiles *files, uint64_t node)
{
    LOCK_SCOPE(&files->lock);
    OpenInode *inode = open_files_find(files, node);
    OpenFile *file = inode != NULL ? take_kept(files, inode) : NULL;

    if (file == NULL)
        return NULL;
    files->n_files++;
    LIST_INSERT_HEAD(&inode->files, file, link);
    return file;
}

bool open_files_relieve(OpenFiles *files)
{
    pthread_mutex_lock(&files->lock);
    return close_kept(files, TAILQ_FIRST(&files->kept));
}

void open_files_drop_kept(OpenFiles *files, uint64_t node)
{
    pthread_mutex_lock(&files->lock);
    close_kept(files, open_files_find(files, node));
}

void open_files_end(OpenFiles *files)
{
    background_end(&files->background);
}

OpenFilesSizes open_files_sizes(OpenFiles *files)
{
    LOCK_SCOPE(&files->lock);

    return (OpenFilesSizes){files->n_files, files->n_backing, files->n_kept};
}
