/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every inode that the kernel remembers of the mount, by node ID and by what it is below.
 *
 * An Inode lives as long as the kernel has lookups of it that it did not forget, or a request
 * works on it (refs). It stands for one inode on one lower mount and is found again under the
 * same node ID whatever name leads to it, so hard links are one. (But a directory that the kernel
 * takes for removed is not.) Node IDs are counted up and never used twice.
 *
 * How it holds the lower inode depends on the mount (lower_mount.h). If handles open, `fd` is -1 or
 * an O_PATH descriptor that is a cached one: at most fd_limit are open, and one may be closed
 * whenever refs is 0, except when `pinned`: its last name was removed through us, and maybe nothing
 * but our descriptor keeps the inode alive. Otherwise `fd` is there from the first to the last day.
 *
 * A table that remembers keeps inodes with handles also when the kernel has forgotten them, so that
 * a node ID that is inside of a file handle of the mount is still good for the same inode. What
 * does not exist any more goes in the course of time: each time the kernel forgets an inode, one
 * that it forgot earlier is looked for below.
 *
 * One lock protects everything here: both indexes, the lookups, refs and descriptors of every
 * inode, the mounts and their users. It is never held during a system call that goes to a file
 * system, nor while replying. */
#pragma once

#include "fs/fd_ring.h"
#include "fs/ino_space.h"

#include <pthread.h>
#include <sys/stat.h>

typedef struct {
    pthread_mutex_t lock;
    HashIndex by_node;
    HashIndex by_key;
    uint64_t last_node;
    LowerMount *mounts;
    InoSpace *ino_space;
    FdRing ring;
    bool remembers;      /* set before there are requests */
    size_t sweep_bucket; /* of by_node, where to look next for what is gone */
} InodeTable;

/* A lower object that was found, on its way into the table. */
typedef struct {
    LowerMount *mount;
    LowerHandle handle;
    struct statx stx; /* STATX_BASIC_STATS and whatever else came with it */
    bool ambiguous;   /* inodes can have its number that are others (LowerMount.splits_links) */
    Inode *twin;      /* when it is: the inode in the table that it is, or NULL; a reference */
} LowerObject;

/* FD_LIMIT: how many descriptors may be cached, at least 1. -ENOMEM. */
ErrInt inode_table_init(InodeTable *table, size_t fd_limit, dev_t root_device);

/* Frees every inode, known or not; nothing may use the table any more. */
void inode_table_clear(InodeTable *table);

/* The mount with this ID, made when it is new from FD, an object on it. It counts as used until
 * inode_table_put_mount(). */
ErrInt inode_table_get_mount(InodeTable *table, int id, int fd, LowerMount **ret_mount);
void inode_table_put_mount(InodeTable *table, LowerMount *mount);

/* Of a name in the directory that is node PARENT; never 0. */
uint64_t inode_table_hash_name(uint64_t parent, const char *name);

/* Finds or makes the inode of OBJECT and counts one lookup of the kernel and one reference.
 * NAME_HASH is of the name that the kernel knows it by from now on; 0: by the one from before. FD
 * is an O_PATH descriptor of it, or -1 if its handle opens; it is taken over, also on failure.
 * OBJECT->mount must be in use by the caller, itself or through another inode. */
ErrInt inode_table_enter(InodeTable *table, const LowerObject *object, uint64_t name_hash, int fd,
                         Inode **ret_inode);

/* The inode of OBJECT when the kernel knows it, else NULL; counts a reference. *RET_NAME_HASH: of
 * the name that the kernel learned last for it. */
Inode *inode_table_find(InodeTable *table, const LowerObject *object, uint64_t *ret_name_hash);

/* The kernel is told that the directory INODE has these times. True: somebody has changed it and
 * set the time of modification back, from which the kernel would see that it has an old listing.
 * (Or has changed something else of it.) */
bool inode_table_note_times(InodeTable *table, Inode *inode, const struct statx *stx);

/* The kernel has given INODE another name. */
void inode_table_set_name(InodeTable *table, Inode *inode, uint64_t name_hash);

/* To find the twin of an ambiguous OBJECT: the next inode with its number after PREVIOUS, the first
 * after NULL. Counts a reference, and gives up that on PREVIOUS. NULL: no more. *ret_fd is the
 * descriptor of the inode. */
Inode *inode_table_next(InodeTable *table, const LowerObject *object, Inode *previous, int *ret_fd);

/* The number of INODE in the mount, now that statx(2) says STX of it: another than before when
 * overlayfs has copied it up, under which it is then found. */
uint64_t inode_table_number(InodeTable *table, Inode *inode, const struct statx *stx);

/* Whether INODE has this number on its lower file system. */
bool inode_table_has_number(InodeTable *table, const Inode *inode, uint64_t lower_ino);

/* Counts a reference; *ret_fd is its descriptor when it has one, else -1. NULL: no such node. */
Inode *inode_table_ref(InodeTable *table, uint64_t node, int *ret_fd);
void inode_table_unref(InodeTable *table, Inode *inode);

/* The kernel forgot N lookups of NODE. */
void inode_table_forget(InodeTable *table, uint64_t node, uint64_t n);

/* Offers INODE, on which the caller has a reference, the O_PATH descriptor *FD. Taken: *FD is -1
 * then. Returns the one that INODE has, from before or now; -1 when there was no room for it. */
int inode_table_adopt(InodeTable *table, Inode *inode, int *fd);

/* INODE's last name was removed through us, or it never had one: that it has no links is no news,
 * and its cached descriptor is kept until the kernel forgets it. At most half of the descriptors
 * are ever kept so; INODE's is not when there are more, or when it has none. A directory is not
 * found under this node again. */
void inode_table_set_nameless(InodeTable *table, Inode *inode);
void inode_table_set_named(InodeTable *table, Inode *inode); /* it has a link again */
bool inode_table_is_nameless(InodeTable *table, const Inode *inode);

/* Until it ends, INODE counts as nameless: somebody else may see that it has no links before the
 * system call that removes the last one returns. */
void inode_table_begin_removal(InodeTable *table, Inode *inode);
void inode_table_end_removal(InodeTable *table, Inode *inode);

/* Closes NODE's cached descriptor when nobody uses it, and nothing wants it kept. */
void inode_table_let_go(InodeTable *table, uint64_t node);

/* The nodes of the inode that has this handle on the file system FSID, one for each mount of that
 * which it is known on. Returns how many; of more than MAX some are left out. */
unsigned inode_table_nodes_of(InodeTable *table, fsid_t fsid, int type, unsigned length,
                              const unsigned char *bytes, uint64_t *ret_nodes, unsigned max);

/* The next nodes that are marked (watch.h), from *PLACE on, which is 0 for the first. Returns how
 * many, no more than MAX; 0: that was all. Those that are entered meanwhile may be left out. */
size_t inode_table_marked(InodeTable *table, size_t *place, uint64_t *ret_nodes, size_t max);

/* Keeps INODE's cached descriptor for good. */
void inode_table_pin(InodeTable *table, Inode *inode);

enum {
    NODES_AT_ONCE = 256,
};

/* Part of all nodes, from *BUCKET on, which is 0 at first and moved on. Returns how many are in
 * NODES; 0 may come before the end, which is reached when it returns -1. Every node that is there
 * from the first to the last call is met. */
int inode_table_list(InodeTable *table, size_t *bucket, uint64_t nodes[NODES_AT_ONCE]);

typedef struct {
    size_t inodes;
    size_t descriptors; /* cached */
    size_t limit;       /* of these */
} InodeTableSizes;

InodeTableSizes inode_table_sizes(InodeTable *table);

/* Closes some cached descriptors to make room. False: there is none to close. */
bool inode_table_relieve(InodeTable *table);
