/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inodes that have a cached descriptor, so many and no more: a clock that evicts those that
 * were not used lately. Not locked; all of it, and the members of Inode that it sets, are under the
 * inode table's lock. */
#pragma once

#include "fs/inode.h"

#include <stddef.h>

#define NO_SLOT UINT32_MAX

typedef struct {
    Inode **inodes;
    size_t length;
    size_t limit;
    size_t hand;
    size_t n_pinned;
} FdRing;

/* -ENOMEM. */
ErrInt fd_ring_init(FdRing *ring, size_t limit);
void fd_ring_clear(FdRing *ring);

/* Gives INODE the descriptor *FD and takes that (*FD is -1 then), unless INODE has one or all
 * others are in use. Returns one that is to be closed once the lock is gone, or -1. */
int fd_ring_add(FdRing *ring, Inode *inode, int *fd);

/* INODE goes; its descriptor, if it has one, stays with it, to be closed. */
void fd_ring_remove(FdRing *ring, Inode *inode);

/* Takes the descriptor of an inode that nobody uses, to be closed; -1 when there is none. */
int fd_ring_evict(FdRing *ring);

/* INODE's descriptor is not evicted any more. No more than half of them are ever pinned. */
void fd_ring_pin(FdRing *ring, Inode *inode);
