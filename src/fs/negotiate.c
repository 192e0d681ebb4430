/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is agreed with the kernel in INIT, see fuse(4) and <fuse_common.h>. */
#include "base/cleanup.h"
#include "fs/filesystem.h"
#include "fs/node.h"
#include "fs/ops.h"

#include <string.h>

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
#if HAVE_DECL_FUSE_CAP_OVER_IO_URING
  /* libfuse's own rings; ours are src/transport. */
    {FUSE_CAP_OVER_IO_URING,      false},
#endif
};

/* REFUSAL: NULL when it is in use. */
static void settle(Filesystem *fs, Agreed feature, const char *refusal)
{
    fs->agreement.refusal[feature] = refusal;
}

static const char old_kernel[] = "the kernel is too old for it";

/* What is for --status alone. */
static void settle_wishes(Filesystem *fs, struct fuse_conn_info *conn)
{
    static const struct {
        uint64_t capability;
        Agreed feature;
    } told[] = {
        {FUSE_CAP_POSIX_ACL,          AGREED_POSIX_ACL  },
        {FUSE_CAP_HANDLE_KILLPRIV_V2, AGREED_KILLPRIV   },
        {FUSE_CAP_READDIRPLUS,        AGREED_READDIRPLUS},
    };

    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
        settle(fs, told[i].feature,
               fuse_get_feature_flag(conn, told[i].capability) ? NULL : old_kernel);
#ifdef HAVE_STRUCT_FUSE_LOWLEVEL_OPS_STATX
    settle(fs, AGREED_BIRTH_TIME, NULL);
#else
    settle(fs, AGREED_BIRTH_TIME, "libfuse is older than 3.18");
#endif
    settle(fs, AGREED_LOWER_HANDLES, fs->handles_refusal);
}

/* The kernel need not ask before it opens a directory, and keeps the listing: it asks for the time
 * of modification instead, unless it knows that. With unmapped=deny some are not to be opened; and
 * one listing goes on where another one ended, which takes positions that last. */
static void negotiate_directories(Filesystem *fs, struct fuse_conn_info *conn)
{
    const char *refusal = NULL;

    if (live_map_owners()->unmapped == UNMAPPED_DENY)
        refusal = "unmapped=deny decides when a directory is opened";
    else if (!fs->positions_last)
        refusal = "the lower file system counts names anew for each opening of a directory";
    else if (!fuse_get_feature_flag(conn, FUSE_CAP_NO_OPENDIR_SUPPORT))
        refusal = old_kernel;
    fs->no_opendir = refusal == NULL;
    settle(fs, AGREED_CACHED_DIRS, refusal);
}

/* The same for files, which are then read from the pages that the kernel keeps. No one but the
 * kernel knows which are open: what it misses, we open to read it. */
static void negotiate_files(Filesystem *fs, struct fuse_conn_info *conn)
{
    const char *refusal = NULL;

    if (!fs->options.kernel_cache)
        refusal = "not asked for";
    else if (live_map_owners()->unmapped == UNMAPPED_DENY)
        refusal = "unmapped=deny decides when a file is opened";
    else if (!fuse_get_feature_flag(conn, FUSE_CAP_NO_OPEN_SUPPORT))
        refusal = old_kernel;
    fs->no_open = refusal == NULL;
    settle(fs, AGREED_CACHED_FILES, refusal);
    if (refusal != NULL && fs->options.kernel_cache)
        fuse_log(FUSE_LOG_NOTICE, "no kernel_cache: %s", refusal);
}

/* Without nfs_export a handle would be good only until the kernel forgets the inode: better none.
 */
static void negotiate_export(Filesystem *fs, struct fuse_conn_info *conn)
{
    if (fs->options.nfs_export) {
        fuse_set_feature_flag(conn, FUSE_CAP_EXPORT_SUPPORT);
        fuse_unset_feature_flag(conn, FUSE_CAP_NO_EXPORT_SUPPORT);
    } else {
        fuse_set_feature_flag(conn, FUSE_CAP_NO_EXPORT_SUPPORT);
    }
    settle(fs, AGREED_FILE_HANDLES, fs->options.nfs_export ? NULL : "not asked for");
}

/* An flock(2) is given up with a release, which goes only with an open. */
static void negotiate_locks(Filesystem *fs, struct fuse_conn_info *conn)
{
    static const uint64_t capabilities[] = {FUSE_CAP_POSIX_LOCKS, FUSE_CAP_FLOCK_LOCKS};
    const char *refusal = fs->options.nolock ? "nolock" : fs->no_open ? "kernel_cache" : NULL;

    for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
        if (refusal != NULL)
            fuse_unset_feature_flag(conn, capabilities[i]);
        else
            fuse_set_feature_flag(conn, capabilities[i]);
    }
    settle(fs, AGREED_SHARED_LOCKS, refusal);
}

/* Backing files may be on an overlay at the price that no overlay can be on us: so only where they
 * are. */
static void negotiate_passthrough(Filesystem *fs, struct fuse_conn_info *conn)
{
    const char *reason = filesystem_passthrough_obstacle(fs);

    if (reason == NULL && !fuse_set_feature_flag(conn, FUSE_CAP_PASSTHROUGH))
        reason = "the kernel has no passthrough";
    settle(fs, AGREED_PASSTHROUGH, reason);
    settle(fs, AGREED_PASSTHROUGH_EVERYWHERE, reason);
    if (reason == NULL)
        conn->max_backing_stack_depth =
            fs->lower_is_stacked ? FUSE_BACKING_STACKED_OVER : FUSE_BACKING_STACKED_UNDER;
    else if (!fs->options.no_passthrough && !fs->no_open)
        fuse_log(FUSE_LOG_NOTICE, "%s; reads and writes go through the daemon", reason);
}

/* Whether the lower file system can be watched is found out by trying. */
static const char *start_watch(Filesystem *fs)
{
    Node root AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, FUSE_ROOT_ID, &root);

    if (r < 0)
        return strerrordesc_np(-r);
    return node_watch(&root) ? watch_start(&fs->watch) : strerrordesc_np(errno);
}

/* Names can be told one by one, or all at once when there were too many: by the epoch. */
static const char *begin_watch(Filesystem *fs, struct fuse_conn_info *conn)
{
    const unsigned with_epoch = 44; /* FUSE 7.44: Linux 6.16 */

    if (fs->watch.refusal != NULL)
        return fs->watch.refusal;
    if (conn->proto_major == 7 && conn->proto_minor < with_epoch)
        return old_kernel;
    return start_watch(fs);
}

static double or_default(double seconds, double otherwise)
{
    return seconds >= 0 ? seconds : otherwise;
}

static void negotiate_coherence(Filesystem *fs, struct fuse_conn_info *conn)
{
    const Validity *given = &fs->options.validity;
    const double ask_again = fs->options.coherence == COHERENCE_STRICT ? 0 : 1;

    fs->unwatched = (Validity){or_default(given->attr, ask_again),
                               or_default(given->entry, ask_again), or_default(given->negative, 0)};
    fs->watched =
        (Validity){or_default(given->attr, WATCH_KEEP_SECONDS),
                   or_default(given->entry, WATCH_KEEP_SECONDS), or_default(given->negative, 0)};
    fs->watch.refusal = begin_watch(fs, conn);
    settle(fs, AGREED_WATCH, fs->watch.refusal);
    if (fs->watch.refusal == NULL)
        return;
    watch_end(&fs->watch);
    if (!fs->is_host_root && fs->options.coherence == COHERENCE_WATCH)
        fuse_log(FUSE_LOG_NOTICE, "no watch: %s; the kernel asks again after %g s",
                 fs->watch.refusal, fs->unwatched.attr);
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
    settle_wishes(fs, conn);
    live_map_enter(fs->map);
    negotiate_directories(fs, conn);
    negotiate_files(fs, conn);
    live_map_leave(fs->map);
    negotiate_locks(fs, conn);
    negotiate_export(fs, conn);
    negotiate_passthrough(fs, conn);
    negotiate_coherence(fs, conn);
}

/* Also when the session ended by itself: what still waits has to be answered before it is gone. */
void op_destroy(void *userdata)
{
    filesystem_end_waits(userdata);
}
