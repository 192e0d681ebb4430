/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who reads and writes an open file, the kernel or we, and how. */
#include "fs/opening.h"

#include "fs/cred.h"

#include <errno.h>
#include <string.h>

/* The kernel writes with our credentials, so setuid and setgid go, whoever writes. Where they are
 * set, the writes come to us, who know whether the caller may keep them. */
static bool may_pass(const Filesystem *fs, const LowerFile *file, int flags)
{
    const bool writes = (flags & O_ACCMODE) != O_RDONLY;

    return agreement_has(&fs->agreement, AGREED_PASSTHROUGH) && file->mount->passes &&
           !(writes && (file->mode & (S_ISUID | S_ISGID)) != 0);
}

/* REFUSAL: what FUSE_DEV_IOC_BACKING_OPEN says of a file on MOUNT; EPERM is for all of them. */
static void remember_refusal(Filesystem *fs, LowerMount *mount, int refusal)
{
    const char *known = strerrordesc_np(refusal);
    const char *reason = known != NULL ? known : "the kernel does not say why";
    const bool anywhere = refusal == EPERM;
    bool is_news;

    if (refusal == ENOMEM || refusal == ENOSPC)
        return;
    if (anywhere) {
        is_news = atomic_exchange(&fs->agreement.refusal[AGREED_PASSTHROUGH], reason) == NULL;
    } else {
        is_news = atomic_exchange(&mount->passes, false);
        fs->agreement.refusal[AGREED_PASSTHROUGH_EVERYWHERE] = reason;
    }
    if (is_news)
        fuse_log(FUSE_LOG_NOTICE, "no passthrough%s: %s; reads and writes go through the daemon",
                 anywhere ? "" : " for a lower mount", reason);
}

/* Whether to go past the kernel's page cache. With it, one write(2) that crosses the end of a page
 * comes as two requests, and what another host process appends meanwhile would come between the
 * two. A descriptor that only appends neither reads the cache nor can be mapped. */
static bool bypasses_cache(int flags)
{
    return (flags & (O_ACCMODE | O_APPEND)) == (O_WRONLY | O_APPEND);
}

/* Requests come to us; our buffers are not aligned as O_DIRECT asks. */
static void serve_ourselves(int fd, struct fuse_file_info *fi)
{
    if ((fi->flags & O_DIRECT) != 0)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_DIRECT);
    fi->direct_io = bypasses_cache(fi->flags);
}

ErrInt opening_begin(fuse_req_t req, Share **ret_share)
{
    const ShareUser user = filesystem_share_user(req);

    *ret_share = NULL;
    return shares_take(&filesystem_of(req)->shares, &user, ret_share);
}

/* Whoever opens a file so gets the same. */
static bool is_plain_reading(int flags)
{
    const int others = O_TRUNC | O_APPEND | O_DIRECT | O_NOATIME | O_SYNC | O_DSYNC;

    return (flags & (O_ACCMODE | others)) == O_RDONLY;
}

static void describe(Filesystem *fs, OpenFile *open, struct fuse_file_info *fi)
{
    fi->fh = (uintptr_t)open;
    fi->backing_id = open->inode->backing_id;
    fi->noflush = filesystem_skips_flush(fs, open->inode->node, fi->flags, open->local);
}

static bool has_name(const OpenFile *open)
{
    struct statx stx;

    return node_statx(open->fd, &stx) == 0 && stx.stx_nlink > 0;
}

bool opening_reuse(fuse_req_t req, uint64_t node, Share *share, struct fuse_file_info *fi)
{
    Filesystem *fs = filesystem_of(req);
    OpenFile *open;

    if (!is_plain_reading(fi->flags)) {
        open_files_drop_kept(&fs->open_files, node);
        return false;
    }
    open = open_files_take_kept(&fs->open_files, node);
    if (open == NULL)
        return false;
    if (!has_name(open)) { /* It was removed on the lower side: what then, the caller knows. */
        open->is_reusable = false;
        open_files_remove(&fs->open_files, open, false);
        return false;
    }
    open->share = share;
    describe(fs, open, fi);
    return true;
}

bool opening_forgoes_reserve(const LowerFile *file)
{
    return file->mount->local;
}

ErrInt opening_finish(fuse_req_t req, uint64_t node, int fd, Share *share, const LowerFile *file,
                      struct fuse_file_info *fi)
{
    CRED_FORGO_RESERVE(opening_forgoes_reserve(file));
    Filesystem *fs = filesystem_of(req);
    int refusal;
    OpenFile *open = open_files_add(&fs->open_files, req, node, fd, share,
                                    may_pass(fs, file, fi->flags), &refusal);

    if (refusal != 0)
        remember_refusal(fs, file->mount, refusal);
    if (open == NULL)
        return -ENOMEM;
    open->local = file->mount->local;
    open->is_reusable = open->local && open->inode->backing_id > 0 && is_plain_reading(fi->flags);
    describe(fs, open, fi);
    if (fi->backing_id == 0)
        serve_ourselves(fd, fi);
    else /* Writes come to us, whose descriptor cannot be told by fcntl(2) not to append. */
        fi->direct_io = file->append_only;
    return 0;
}

int opening_to_read(fuse_req_t req, uint64_t node, const struct fuse_file_info *fi, int *ret_own)
{
    Filesystem *fs = filesystem_of(req);
    int fd;

    *ret_own = -1;
    if (!is_unopened(fi))
        return open_fd_of(fi);
    fd = node_open_file(fs, node, lower_open_flags(fs, O_RDONLY), NULL);
    if (fd >= 0)
        *ret_own = fd;
    return fd;
}
