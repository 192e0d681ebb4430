/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of one mount, from before it is there to after it is gone. */
#include "fs/filesystem.h"

#include "base/cleanup.h"
#include "fs/cred.h"
#include "fs/node.h"

#include <errno.h>
#include <sys/sysmacros.h>

static ErrInt init_inodes(Filesystem *fs, int lower_fd, size_t fd_limit)
{
    int root_fd AUTO_CLOSE = lower_fd;
    struct statx stx;
    ErrInt r = node_statx(root_fd, &stx);

    if (r < 0)
        return r;
    r = inode_table_init(&fs->inodes, fd_limit, makedev(stx.stx_dev_major, stx.stx_dev_minor));
    if (r < 0)
        return r;
    fs->inodes.remembers = fs->options.nfs_export;
    r = node_enter_root(fs, steal_fd(&root_fd));
    if (r < 0)
        inode_table_clear(&fs->inodes);
    return r;
}

ErrInt filesystem_init(Filesystem *fs, const FilesystemOptions *options, LiveMap *map, int lower_fd,
                       int covered_fd, const FilesystemLimits *limits)
{
    int owned_lower_fd AUTO_CLOSE = lower_fd;
    int owned_covered_fd AUTO_CLOSE = covered_fd;
    int proc_fd AUTO_CLOSE = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
    ErrInt r;

    if (proc_fd < 0 || fchdir(proc_fd) < 0)
        return -errno;
    *fs = (Filesystem){
        .options = *options,
        .map = map,
        .proc_fd = proc_fd,
        .own_mount_id = -1,
        .covered_fd = covered_fd,
        .lower_is_stacked = lower_is_stacked(lower_fd),
        .positions_last = lower_positions_last(lower_fd),
        .is_host_root = cred_is_host_root(),
        .relief = {&fs->inodes, &fs->open_files},
    };
    fs->errands.fd = -1;
    pthread_mutex_init(&fs->errands.lock, NULL);
    fs->xattrs.fd = -1;
    fs->xattrs.agreement = &fs->agreement;
    pthread_mutex_init(&fs->xattrs.lock, NULL);
    afterwards_init(&fs->afterwards);
    inode_judge_init(&fs->inode_judge);
    watch_init(&fs->watch, fs);
    live_map_enter(map);
    r = init_inodes(fs, steal_fd(&owned_lower_fd), limits->cached_fds);
    live_map_leave(map);
    if (r < 0)
        return r;
    r = shares_init(&fs->shares, limits->users_fds);
    if (r == 0)
        r = open_files_init(&fs->open_files, &fs->shares, limits->kept_fds);
    if (r == 0)
        r = lock_table_init(&fs->locks, &fs->relief, &fs->shares, proc_fd);
    if (r < 0) {
        open_files_clear(&fs->open_files);
        shares_clear(&fs->shares);
        inode_table_clear(&fs->inodes);
        return r;
    }
    lock_waiters_init(&fs->lock_waiters);
    dir_streams_init(&fs->dir_streams);
    steal_fd(&proc_fd);
    steal_fd(&owned_covered_fd);
    return 0;
}

bool filesystem_skips_flush(Filesystem *fs, uint64_t node, int flags, bool local)
{
    return local && (fs->options.nolock || !lock_table_needs_flush(&fs->locks, node, flags));
}

ShareUser filesystem_share_user(fuse_req_t req)
{
    const ShownId uid = {fuse_req_ctx(req)->uid};
    ShownId first;

    idmap_run_of_shown(live_map_owners()->map[ID_UID], uid, &first);
    return (ShareUser){uid.value, first.value};
}

void filesystem_distrust(Filesystem *fs, uint64_t node)
{
    fuse_lowlevel_notify_inval_inode(fs->session, node, -1, 0);
}

void filesystem_distrust_content(Filesystem *fs, uint64_t node)
{
    if (!open_files_doubt(&fs->open_files, node))
        filesystem_distrust(fs, node);
}

void filesystem_distrust_owners(Filesystem *fs)
{
    uint64_t nodes[NODES_AT_ONCE];
    size_t bucket = 0;
    int n;

    while ((n = inode_table_list(&fs->inodes, &bucket, nodes)) >= 0)
        for (int i = 0; i < n; i++)
            filesystem_distrust(fs, nodes[i]);
}

void filesystem_end_waits(Filesystem *fs)
{
    lock_waiters_end(&fs->lock_waiters);
    afterwards_end(&fs->afterwards);
    open_files_end(&fs->open_files);
}

static const char *open_watch(Filesystem *fs, bool can_abort)
{
    Node root AUTO_NODE = NODE_INIT;
    ErrInt r;

#if !HAVE_DECL_FUSE_LOWLEVEL_NOTIFY_INCREMENT_EPOCH
    return "libfuse is older than 3.18";
#endif
    if (fs->handles_refusal != NULL)
        return fs->handles_refusal;
    if (!can_abort)
        return "the connection could not be aborted";
    r = node_acquire(fs, FUSE_ROOT_ID, &root);
    return r < 0 ? strerrordesc_np(-r) : watch_open(&fs->watch, root.fd);
}

void filesystem_open_watch(Filesystem *fs, bool can_abort)
{
    fs->watch.refusal = open_watch(fs, can_abort);
}

void filesystem_end_watch(Filesystem *fs)
{
    watch_end(&fs->watch);
}

void filesystem_clear(Filesystem *fs)
{
    lock_waiters_clear(&fs->lock_waiters);
    lock_table_clear(&fs->locks);
    dir_streams_clear(&fs->dir_streams);
    open_files_clear(&fs->open_files);
    shares_clear(&fs->shares);
    inode_table_clear(&fs->inodes);
    inode_judge_clear(&fs->inode_judge);
    afterwards_clear(&fs->afterwards);
    pthread_mutex_destroy(&fs->errands.lock);
    pthread_mutex_destroy(&fs->xattrs.lock);
    cleanup_close(&fs->xattrs.fd);
    cleanup_close(&fs->covered_fd);
    cleanup_close(&fs->proc_fd);
}

/* What the kernel reads itself moves the lower access time, whatever we open with O_NOATIME. What
 * it writes itself is not written at once because this mount is `sync`. */
const char *filesystem_passthrough_obstacle(const Filesystem *fs)
{
    if (fs->options.no_passthrough)
        return "no_passthrough";
    if (fs->no_open)
        return "kernel_cache";
    if (fs->options.noatime)
        return "with noatime there is no passthrough";
    if (fs->options.sync)
        return "with sync there is no passthrough";
    /* FUSE_DEV_IOC_BACKING_OPEN would be EPERM for every file. */
    return fs->is_host_root ? NULL : "only root of the host has passthrough";
}

void filesystem_drop_covered(Filesystem *fs)
{
    cleanup_close(&fs->covered_fd);
    fs->covered_fd = -1;
}

ErrInt filesystem_know_mount(Filesystem *fs, struct fuse_session *session, const char *mountpoint)
{
    struct statx stx;

    if (statx(AT_FDCWD, mountpoint, AT_STATX_DONT_SYNC, STATX_MNT_ID, &stx) < 0)
        return -errno;
    fs->session = fs->afterwards.session = fs->open_files.session = session;
    fs->own_device = makedev(stx.stx_dev_major, stx.stx_dev_minor);
    fs->own_mount_id = (int)stx.stx_mnt_id;
    return 0;
}
