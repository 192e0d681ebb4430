/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a name that a request has to the inode that the kernel means by it. */
#include "fs/named_inode.h"

#include "base/cleanup.h"
#include "fs/found.h"

#include <errno.h>
#include <sys/stat.h>

/* Whether the kernel means the inode that was found by this name. */
static bool is_known_by(const Found *found, uint64_t known_hash, uint64_t hash)
{
    return known_hash == hash ||
           (!S_ISDIR(found->object.stx.stx_mode) && found->object.stx.stx_nlink > 1);
}

/* On another mount of the same file system the numbers may be the same. The kernel would not remove
 * what something is mounted on, but it looks only at the mounts that the caller has, and in the
 * sandbox we have none. */
static bool is_mount_point(const Found *found, const Node *parent)
{
    return found->object.mount != parent->inode->mount;
}

ErrInt named_inode_begin(const Node *parent, const char *name, NamedInode *ret_named)
{
    Filesystem *fs = parent->fs;
    Found found AUTO_FOUND = {0};
    int fd AUTO_CLOSE = node_open_child(parent, name);
    uint64_t known_hash;
    ErrInt r;

    ret_named->fs = fs;
    if (fd < 0)
        return 0;
    r = found_identify(&found, fs, parent, fd);
    if (r == -ELOOP || (r == 0 && is_mount_point(&found, parent)))
        return -EBUSY;
    if (r < 0)
        return 0;
    ret_named->inode = inode_table_find(&fs->inodes, &found.object, &known_hash);
    if (ret_named->inode == NULL || !is_known_by(&found, known_hash, node_hash_name(parent, name)))
        return -ESTALE;
    ret_named->is_last = S_ISDIR(found.object.stx.stx_mode) || found.object.stx.stx_nlink == 1;
    if (ret_named->is_last) {
        inode_table_adopt(&fs->inodes, ret_named->inode, &fd);
        inode_table_begin_removal(&fs->inodes, ret_named->inode);
    }
    return 0;
}

void named_inode_removed(NamedInode *named)
{
    if (named->inode == NULL || !named->is_last)
        return;
    inode_table_set_nameless(&named->fs->inodes, named->inode);
    open_files_drop_kept(&named->fs->open_files, named->inode->node);
}

void named_inode_moved(const NamedInode *named, const Node *parent, const char *name)
{
    if (named->inode != NULL)
        inode_table_set_name(&named->fs->inodes, named->inode, node_hash_name(parent, name));
}

void named_inode_end(NamedInode *named)
{
    if (named->inode == NULL)
        return;
    if (named->is_last)
        inode_table_end_removal(&named->fs->inodes, named->inode);
    inode_table_unref(&named->fs->inodes, named->inode);
}
