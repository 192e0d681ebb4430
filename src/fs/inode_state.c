/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the inode table keeps of single inodes, beside their place in it: descriptors, names, times.
 */
#include "base/cleanup.h"
#include "fs/inode_index.h"

#include <sys/sysmacros.h>

enum {
    RELIEVE_STEP = 64, /* descriptors closed at once when we ran out of them */
};

/* FNV-1a. */
uint64_t inode_table_hash_name(uint64_t parent, const char *name)
{
    uint64_t hash = hash_mix(parent) ^ UINT64_C(0xcbf29ce484222325);

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash | 1;
}

static uint32_t time_hash(struct statx_timestamp time)
{
    return (uint32_t)hash_mix((uint64_t)time.tv_sec * 1000000000 + time.tv_nsec);
}

/* The time of modification in the upper half, that of change in the lower one. */
bool inode_table_note_times(InodeTable *table, Inode *inode, const struct statx *stx)
{
    const uint64_t times = (uint64_t)time_hash(stx->stx_mtime) << 32 | time_hash(stx->stx_ctime);
    uint64_t before;
    LOCK_SCOPE(&table->lock);

    before = inode->times;
    inode->times = times;
    return before != 0 && before != times && before >> 32 == times >> 32;
}

void inode_table_set_name(InodeTable *table, Inode *inode, uint64_t name_hash)
{
    LOCK_SCOPE(&table->lock);

    inode->name_hash = name_hash;
}

int inode_table_adopt(InodeTable *table, Inode *inode, int *fd)
{
    int evicted_fd AUTO_CLOSE = -1;
    LOCK_SCOPE(&table->lock);

    evicted_fd = fd_ring_add(&table->ring, inode, fd);
    return inode->fd;
}

void inode_table_pin(InodeTable *table, Inode *inode)
{
    LOCK_SCOPE(&table->lock);

    fd_ring_pin(&table->ring, inode);
}

void inode_table_set_nameless(InodeTable *table, Inode *inode)
{
    LOCK_SCOPE(&table->lock);

    inode->nameless = true;
    fd_ring_pin(&table->ring, inode);
}

void inode_table_set_named(InodeTable *table, Inode *inode)
{
    LOCK_SCOPE(&table->lock);

    inode->nameless = false;
}

bool inode_table_is_nameless(InodeTable *table, const Inode *inode)
{
    LOCK_SCOPE(&table->lock);

    return inode->nameless || inode->removals > 0;
}

void inode_table_begin_removal(InodeTable *table, Inode *inode)
{
    LOCK_SCOPE(&table->lock);

    inode->removals++;
}

void inode_table_end_removal(InodeTable *table, Inode *inode)
{
    LOCK_SCOPE(&table->lock);

    inode->removals--;
}

bool inode_table_has_number(InodeTable *table, const Inode *inode, uint64_t lower_ino)
{
    LOCK_SCOPE(&table->lock);

    return inode->lower_ino == lower_ino;
}

bool inode_table_relieve(InodeTable *table)
{
    int evicted[RELIEVE_STEP];
    size_t n = 0;

    pthread_mutex_lock(&table->lock);
    while (n < RELIEVE_STEP && (evicted[n] = fd_ring_evict(&table->ring)) >= 0)
        n++;
    pthread_mutex_unlock(&table->lock);
    for (size_t i = 0; i < n; i++)
        close(evicted[i]);
    return n > 0;
}

InodeTableSizes inode_table_sizes(InodeTable *table)
{
    LOCK_SCOPE(&table->lock);

    return (InodeTableSizes){table->by_node.n_entries, table->ring.length, table->ring.limit};
}

/* Copied up, it has another number. */
static void renumber(InodeTable *table, Inode *inode, const struct statx *stx)
{
    const dev_t device = makedev(stx->stx_dev_major, stx->stx_dev_minor);
    uint64_t shown_ino;

    if ((inode->lower_ino == stx->stx_ino && inode->device == inode_device_of(stx)) ||
        ino_space_map(table->ino_space, device, stx->stx_ino, &shown_ino) < 0)
        return;
    hash_index_remove(&table->by_key, &inode->by_key);
    inode->lower_ino = stx->stx_ino;
    inode->device = inode_device_of(stx);
    hash_index_insert(&table->by_key, &inode->by_key);
}

/* Once known, always known: nothing can fail. */
static uint64_t number_of(const InodeTable *table, const Inode *inode)
{
    uint64_t shown_ino = 0;

    ino_space_map(table->ino_space, inode_device(inode), inode->lower_ino, &shown_ino);
    return shown_ino;
}

uint64_t inode_table_number(InodeTable *table, Inode *inode, const struct statx *stx)
{
    if (!inode->mount->splits_links || inode->type == S_IFDIR)
        return number_of(table, inode);
    LOCK_SCOPE(&table->lock);
    renumber(table, inode, stx);
    return number_of(table, inode);
}

/* By whole buckets, as their chains change between two calls; while the table grows, an inode only
 * ever moves to a bucket of a higher number. Chains are short unless memory ran out. */
int inode_table_list(InodeTable *table, size_t *bucket, uint64_t nodes[NODES_AT_ONCE])
{
    int n = 0;
    LOCK_SCOPE(&table->lock);

    if (*bucket >= table->by_node.n_buckets)
        return -1;
    for (; *bucket < table->by_node.n_buckets && n < NODES_AT_ONCE / 2; (*bucket)++) {
        const HashLink *link = table->by_node.buckets[*bucket];
        for (; link != NULL && n < NODES_AT_ONCE; link = link->next)
            nodes[n++] = INODE_OF(link, by_node)->node;
    }
    return n;
}
