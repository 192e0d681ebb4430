/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For long what is watched (watch.h), and else as the options say. */
#include "fs/validity.h"

double validity_of_name(const Node *parent)
{
    const Filesystem *fs = parent->fs;

    return watch_has(&fs->watch, parent->inode) ? fs->watched.entry : fs->unwatched.entry;
}

double validity_of_no_name(const Node *parent)
{
    const Filesystem *fs = parent->fs;

    return watch_has(&fs->watch, parent->inode) ? fs->watched.negative : fs->unwatched.negative;
}

/* Whether the kernel looks at the attributes before it reads pages of its own, for others may have
 * written to the file by a mapping, which nobody tells of. */
static bool guards_pages(const Filesystem *fs, const Inode *inode)
{
    return inode->type == S_IFREG &&
           !(agreement_has(&fs->agreement, AGREED_PASSTHROUGH) && inode->mount->passes);
}

/* What is open is written to through the mount, and a mark would be in the way of each write. */
static bool keeps_attr(Filesystem *fs, const Inode *inode)
{
    return inode->type != S_IFREG ||
           !(guards_pages(fs, inode) || open_files_has(&fs->open_files, inode->node));
}

/* What is asked for once more is worth a mark. */
void validity_prepare_attr(const Node *node)
{
    if (watch_covers(&node->fs->watch, node->inode->mount) && keeps_attr(node->fs, node->inode))
        node_watch(node);
}

double validity_of_attr(Filesystem *fs, const Inode *inode)
{
    const double brief = WATCH_BRIEF_MSECONDS / 1000.0;

    if (!watch_covers(&fs->watch, inode->mount) || guards_pages(fs, inode))
        return fs->unwatched.attr;
    if (watch_has(&fs->watch, inode) && keeps_attr(fs, inode))
        return fs->watched.attr;
    if (watch_is_full(&fs->watch))
        return fs->unwatched.attr;
    return fs->watched.attr < brief ? fs->watched.attr : brief;
}
