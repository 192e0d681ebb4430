/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of the inode table, for those who work on it: under its lock. */
#pragma once

#include "fs/inode_table.h"

#include <string.h>

static inline uint64_t inode_handle_hash(const LowerMount *mount, const unsigned char *bytes,
                                         unsigned length)
{
    uint64_t hash = hash_mix((uint64_t)mount->id);

    for (unsigned i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash_mix(hash);
}

/* Handles are enough, but where a file has several. */
static inline bool inode_goes_by_handle(const LowerMount *mount, unsigned handle_length)
{
    return handle_length > 0 && !mount->splits_links;
}

static inline bool inode_has_handle(const Inode *inode, int type, unsigned length,
                                    const unsigned char *bytes)
{
    return inode->handle_type == type && inode->handle_length == length &&
           memcmp(inode->handle, bytes, length) == 0;
}

/* As in an inode */
static inline uint32_t inode_device_of(const struct statx *stx)
{
    return stx->stx_dev_major << 20 | stx->stx_dev_minor;
}

static inline Inode *inode_of_node(InodeTable *table, uint64_t node)
{
    HashLink *link = hash_index_chain(&table->by_node, hash_mix(node));

    for (; link != NULL; link = link->next) {
        Inode *inode = INODE_OF(link, by_node);
        if (inode->node == node)
            return inode;
    }
    return NULL;
}

/* One who uses MOUNT does not any more. Returns it when that was the last, to be freed. */
LowerMount *inode_table_disuse_mount(InodeTable *table, LowerMount *mount);
