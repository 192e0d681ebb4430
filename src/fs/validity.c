/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For long what is watched (watch.h), and else as the options say. */
#include "fs/validity.h"

#include <fcntl.h>
#include <sys/stat.h>

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

/* Whether the kernel looks at the attributes of regular files before it reads pages of its own, for
 * others may have written to them by a mapping, which nobody tells of.
 *
 * Such files are not marked, not for a moment: what the kernel were told of one would have it leave
 * aside the attributes that it asks for just then, under a lock, and it would take its pages to be
 * good (fs/fuse/inode.c, fuse_change_attributes()). */
static bool guards_pages(const Filesystem *fs, const LowerMount *mount)
{
    return !(agreement_has(&fs->agreement, AGREED_PASSTHROUGH) && mount->passes);
}

static bool keeps_attr(Filesystem *fs, const Inode *inode)
{
    /* A mark would be in the way of each write to what is open. */
    return inode->type != S_IFREG ||
           !(guards_pages(fs, inode->mount) || open_files_has(&fs->open_files, inode->node));
}

static bool is_regular(int fd)
{
    struct statx stx;

    return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &stx) == 0 &&
           S_ISREG(stx.stx_mode);
}

uint32_t validity_prepare_found(Filesystem *fs, LowerMount *mount, int fd)
{
    if (!watch_covers(&fs->watch, mount) || (guards_pages(fs, mount) && is_regular(fd)))
        return 0;
    return watch_mark_found(&fs->watch, mount, fd);
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

    if (inode->type == S_IFREG && guards_pages(fs, inode->mount))
        return open_files_in_doubt(&fs->open_files, inode->node) ? 0 : fs->unwatched.attr;
    if (!watch_covers(&fs->watch, inode->mount))
        return fs->unwatched.attr;
    if (watch_has(&fs->watch, inode) && keeps_attr(fs, inode))
        return fs->watched.attr;
    if (watch_is_full(&fs->watch))
        return fs->unwatched.attr;
    return fs->watched.attr < brief ? fs->watched.attr : brief;
}
