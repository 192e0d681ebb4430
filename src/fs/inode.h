/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One inode that the kernel remembers. See inode_table.h for what it is and who owns it. */
#pragma once

#include "fs/hash_index.h"
#include "fs/lower_mount.h"

#include <stddef.h>
#include <sys/sysmacros.h>
#include <sys/types.h>

/* There may be millions: no field may be larger than it must, and they are in order of size. "lock"
 * is the inode table's. */
typedef struct Inode {
    HashLink by_node; /* lock */
    HashLink by_key;  /* lock */
    uint64_t node;
    uint64_t lower_ino; /* lock where links are split (lower_mount.h), else never changes */
    uint64_t lookups;   /* lock */
    uint64_t name_hash; /* lock; see inode_table_enter() */
    uint64_t times;     /* lock; see inode_table_note_times() */
    LowerMount *mount;
    uint32_t device; /* as lower_ino, but a directory's never changes; inode_device() */
    uint32_t refs;   /* lock */
    int fd;          /* lock; stays valid and open while refs > 0 */
    uint32_t slot;   /* lock; where it is in the ring of cached descriptors, or NO_SLOT */
    _Atomic uint32_t marked_at; /* watch.h: in seconds of a clock of its own; 0: not marked */
    int handle_type;
    uint16_t type;         /* S_IFMT bits: an inode's never change */
    uint8_t removals;      /* lock; inode_table_begin_removal() */
    bool recent : 1;       /* lock; used since the ring's hand last passed */
    bool pinned : 1;       /* lock; stays in the ring until the inode goes */
    bool nameless : 1;     /* lock; has no name, and that is our doing */
    bool gone : 1;         /* lock; does not exist below any more: not to be remembered */
    bool handle_opens;     /* lower_mount.h */
    uint8_t handle_length; /* 0: no handle */
    unsigned char handle[];
} Inode;

_Static_assert(sizeof(void *) != 8 || sizeof(Inode) == 96,
               "an inode's size (tests/bench/RESULTS.md)");

/* Of a device's number, the kernel has 12 bits for major and 20 for minor (linux/kdev_t.h). */
static inline dev_t inode_device(const Inode *inode)
{
    return makedev(inode->device >> 20, inode->device & 0xfffff);
}

/* From one of its HashLinks. */
#define INODE_OF(link, member) ((Inode *)((char *)(link)-offsetof(Inode, member)))
