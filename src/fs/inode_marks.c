/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the inode table does for the watch: by handle, and for all that are marked. */
#include "base/cleanup.h"
#include "fs/inode_index.h"

unsigned inode_table_nodes_of(InodeTable *table, fsid_t fsid, int type, unsigned length,
                              const unsigned char *bytes, uint64_t *ret_nodes, unsigned max)
{
    unsigned n = 0;
    LOCK_SCOPE(&table->lock);

    for (const LowerMount *mount = table->mounts; mount != NULL; mount = mount->next) {
        HashLink *link;
        if (memcmp(&mount->fsid, &fsid, sizeof(fsid)) != 0)
            continue;
        link = hash_index_chain(&table->by_key, inode_handle_hash(mount, bytes, length));
        for (; link != NULL && n < max; link = link->next) {
            const Inode *inode = INODE_OF(link, by_key);
            if (inode->mount == mount && inode_has_handle(inode, type, length, bytes))
                ret_nodes[n++] = inode->node;
        }
    }
    return n;
}

size_t inode_table_marked(InodeTable *table, size_t *place, uint64_t *ret_nodes, size_t max)
{
    size_t n = 0;
    LOCK_SCOPE(&table->lock);

    /* A chain is much shorter than half of what there is room for. */
    for (; *place < table->by_node.n_buckets && n <= max / 2; ++*place) {
        for (HashLink *link = table->by_node.buckets[*place]; link != NULL && n < max;
             link = link->next) {
            const Inode *inode = INODE_OF(link, by_node);
            if (inode->marked_at != 0)
                ret_nodes[n++] = inode->node;
        }
    }
    return n;
}

void inode_table_let_go(InodeTable *table, uint64_t node)
{
    int fd AUTO_CLOSE = -1;
    LOCK_SCOPE(&table->lock);
    Inode *inode = inode_of_node(table, node);

    if (inode == NULL || inode->refs > 0 || inode->pinned || inode->slot == NO_SLOT)
        return;
    fd_ring_remove(&table->ring, inode);
    fd = inode->fd;
    inode->fd = -1;
}
