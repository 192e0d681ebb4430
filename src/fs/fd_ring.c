/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A clock: each look at an inode that was used lately only takes note that it was not since. */
#include "fs/fd_ring.h"

#include "base/cleanup.h"

#include <stdlib.h>

ErrInt fd_ring_init(FdRing *ring, size_t limit)
{
    *ring = (FdRing){.limit = limit, .inodes = calloc(limit, sizeof(Inode *))};
    return ring->inodes != NULL ? 0 : -ENOMEM;
}

void fd_ring_clear(FdRing *ring)
{
    free(ring->inodes);
}

static void take_out(FdRing *ring, Inode *inode)
{
    Inode *last = ring->inodes[--ring->length];

    ring->inodes[inode->slot] = last;
    last->slot = inode->slot;
    inode->slot = NO_SLOT;
}

int fd_ring_evict(FdRing *ring)
{
    /* Twice around: the first time may only find out who was not used. */
    for (size_t tries = 2 * ring->length; tries > 0; tries--) {
        if (ring->hand >= ring->length)
            ring->hand = 0;
        Inode *inode = ring->inodes[ring->hand];
        if (inode->refs == 0 && !inode->pinned && !inode->recent) {
            take_out(ring, inode);
            return steal_fd(&inode->fd);
        }
        inode->recent = false;
        ring->hand++;
    }
    return -1;
}

int fd_ring_add(FdRing *ring, Inode *inode, int *fd)
{
    int evicted = -1;

    if (inode->fd >= 0)
        return -1;
    if (ring->length == ring->limit) {
        evicted = fd_ring_evict(ring);
        if (evicted < 0)
            return -1;
    }
    inode->fd = steal_fd(fd);
    inode->slot = (uint32_t)ring->length;
    inode->recent = false;
    ring->inodes[ring->length++] = inode;
    return evicted;
}

void fd_ring_remove(FdRing *ring, Inode *inode)
{
    if (inode->slot != NO_SLOT)
        take_out(ring, inode);
    if (inode->pinned)
        ring->n_pinned--;
}

void fd_ring_pin(FdRing *ring, Inode *inode)
{
    if (inode->slot == NO_SLOT || inode->pinned || ring->n_pinned >= ring->limit / 2)
        return;
    inode->pinned = true;
    ring->n_pinned++;
}
