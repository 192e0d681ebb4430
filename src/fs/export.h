/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a file handle of the mount back to its inode: what the kernel asks for when somebody has a
 * handle (name_to_handle_at(2), or an NFS client) of an inode that it has forgotten. The kernel's
 * Documentation/filesystems/nfs/exporting.rst calls it reconnecting. */
#pragma once

#include "fs/node.h"

/* NODE itself, as the kernel's lookup of "." in it; else as node_lookup(). -ESTALE: a directory
 * that is not below the lower directory any more. */
ErrInt export_self(const Node *node, struct fuse_entry_param *ret_entry);

/* The directory that NODE, a directory, is in, as the kernel's lookup of "..". -ESTALE: as above.
 */
ErrInt export_parent(const Node *node, struct fuse_entry_param *ret_entry);
