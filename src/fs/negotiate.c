/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is agreed with the kernel in INIT, see fuse(4) and <fuse_common.h>. */
#include "fs/filesystem.h"
#include "fs/ops.h"

typedef struct {
    uint64_t capability;
    bool want;
} Wish;

static const Wish wishes[] = {
  /* The kernel checks permissions with the ACLs that we show. */
    {FUSE_CAP_POSIX_ACL,          true },
 /* The lower file system applies the umask, as only it knows of default ACLs. */
    {FUSE_CAP_DONT_MASK,          true },
    {FUSE_CAP_ATOMIC_O_TRUNC,     true },
    {FUSE_CAP_PARALLEL_DIROPS,    true },
    {FUSE_CAP_ASYNC_READ,         true },
    {FUSE_CAP_ASYNC_DIO,          true },
 /* Others may change the lower files: drop cached pages when size or mtime did. */
    {FUSE_CAP_AUTO_INVAL_DATA,    true },
 /* We clear setuid and setgid as told, and so the kernel need not ask for
  * security.capability before each write. */
    {FUSE_CAP_HANDLE_KILLPRIV_V2, true },
    {FUSE_CAP_READDIRPLUS,        true },
    {FUSE_CAP_READDIRPLUS_AUTO,   true },
 /* Would reorder and delay writes to files that others use as well. */
    {FUSE_CAP_WRITEBACK_CACHE,    false},
 /* Requests come whole in memory; moving pages through pipes does not pay for them. */
    {FUSE_CAP_SPLICE_READ,        false},
    {FUSE_CAP_SPLICE_WRITE,       false},
    {FUSE_CAP_SPLICE_MOVE,        false},
};

/* The kernel need not ask before it opens a directory, and keeps the listing: it asks for the time
 * of modification instead, unless it knows that. With unmapped=deny some are not to be opened. */
static void negotiate_directories(Filesystem *fs, const struct fuse_conn_info *conn)
{
    fs->no_opendir = fuse_get_feature_flag(conn, FUSE_CAP_NO_OPENDIR_SUPPORT) &&
                     fs->owners->unmapped != UNMAPPED_DENY;
}

/* Without nfs_export a handle would be good only until the kernel forgets the inode: better none.
 */
static void negotiate_export(const Filesystem *fs, struct fuse_conn_info *conn)
{
    if (fs->options.nfs_export) {
        fuse_set_feature_flag(conn, FUSE_CAP_EXPORT_SUPPORT);
        fuse_unset_feature_flag(conn, FUSE_CAP_NO_EXPORT_SUPPORT);
    } else {
        fuse_set_feature_flag(conn, FUSE_CAP_NO_EXPORT_SUPPORT);
    }
}

static const uint64_t lock_capabilities[] = {FUSE_CAP_POSIX_LOCKS, FUSE_CAP_FLOCK_LOCKS};

/* What the kernel reads itself moves the lower access time, whatever we open with O_NOATIME.
 *
 * Backing files may be on an overlay at the price that no overlay can be on us: so only where they
 * are. */
static void negotiate_passthrough(Filesystem *fs, struct fuse_conn_info *conn)
{
    const char *reason = NULL;

    if (fs->options.no_passthrough)
        return;
    if (fs->options.noatime)
        reason = "with noatime there is no passthrough";
    else if (!fuse_set_feature_flag(conn, FUSE_CAP_PASSTHROUGH))
        reason = "the kernel has no passthrough";
    fs->passthrough = reason == NULL;
    if (reason != NULL)
        fuse_log(FUSE_LOG_NOTICE, "%s; reads and writes go through the daemon", reason);
    conn->max_backing_stack_depth =
        fs->lower_is_stacked ? FUSE_BACKING_STACKED_OVER : FUSE_BACKING_STACKED_UNDER;
}

void op_init(void *userdata, struct fuse_conn_info *conn)
{
    Filesystem *fs = userdata;

    for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
        if (wishes[i].want)
            fuse_set_feature_flag(conn, wishes[i].capability);
        else
            fuse_unset_feature_flag(conn, wishes[i].capability);
    }
    for (size_t i = 0; i < sizeof(lock_capabilities) / sizeof(lock_capabilities[0]); i++) {
        if (fs->options.nolock)
            fuse_unset_feature_flag(conn, lock_capabilities[i]);
        else
            fuse_set_feature_flag(conn, lock_capabilities[i]);
    }
    negotiate_directories(fs, conn);
    negotiate_export(fs, conn);
    negotiate_passthrough(fs, conn);
}

/* Also when the session ended by itself: what still waits has to be answered before it is gone. */
void op_destroy(void *userdata)
{
    filesystem_end_waits(userdata);
}
