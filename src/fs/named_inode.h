/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removing and renaming what the kernel means. */
#pragma once

#include "fs/node.h"

/* A name that is about to be removed, by unlink, rmdir or rename, or to be another one, by rename.
 *
 * The kernel has decided on that for the inode that it knows by this name, and on the lower side it
 * may be another inode's by now. So the one that is there is looked up. -ESTALE: the kernel does
 * not know it by that name; it will look the name up again, and decide anew. (One that has more
 * names is known by any of them.) Nothing to be found is no error here.
 *
 * When that was its last name, it may be in use still, with nothing but us to keep it alive: it is
 * held from before the removal, so that it can be kept after it. */
typedef struct {
    Filesystem *fs;
    Inode *inode; /* NULL: nothing is there that we could look up */
    bool is_last;
} NamedInode;

ErrInt named_inode_begin(const Node *parent, const char *name, NamedInode *ret_named);
void named_inode_removed(NamedInode *named); /* the name is gone */
void named_inode_moved(const NamedInode *named, const Node *parent, const char *name);
void named_inode_end(NamedInode *named); /* in any case */

#define AUTO_NAMED_INODE CLEANUP(named_inode_end)
