/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One mount: what every request needs. */
#pragma once

#include "fs/afterwards.h"
#include "fs/agreement.h"
#include "fs/counters.h"
#include "fs/dir_streams.h"
#include "fs/errand.h"
#include "fs/fuse_api.h"
#include "fs/inode_judge.h"
#include "fs/inode_table.h"
#include "fs/live_map.h"
#include "fs/lock_table.h"
#include "fs/lock_wait.h"
#include "fs/lower_xattr.h"
#include "fs/open_files.h"
#include "fs/relieved_open.h"
#include "fs/watch.h"

/* How the kernel stays right about what others change on the lower side. */
typedef enum {
    COHERENCE_WATCH,   /* it is told, and keeps everything for long (watch.h) */
    COHERENCE_TIMEOUT, /* it asks again after a while */
    COHERENCE_STRICT,  /* it keeps nothing */
} Coherence;

/* How long the kernel may keep what it is told; in seconds. */
typedef struct {
    double attr;
    double entry;
    double negative; /* names that are not there */
} Validity;

#define VALIDITY_UNSET (-1.0)

typedef struct {
    Coherence coherence;
    Validity validity;   /* VALIDITY_UNSET: as the coherence wants it */
    bool noatime;        /* reads leave the lower access times alone */
    bool nodiratime;     /* the same for directories only */
    bool sync;           /* what is written or changed is on the disk when the call returns */
    bool dirsync;        /* the same for what is changed in directories only */
    bool nolock;         /* locks stay within the mount */
    bool nfs_export;     /* file handles outlive what the kernel remembers */
    bool no_passthrough; /* all reads and writes come to us */
    bool ro;             /* the mount is */
    bool kernel_cache;   /* files may be opened without us; takes ro */
} FilesystemOptions;

typedef struct {
    size_t cached_fds; /* see inode_table_init() */
    size_t kept_fds;   /* see open_files.h */
    size_t users_fds;  /* see shares.h */
} FilesystemLimits;

typedef struct Filesystem {
    FilesystemOptions options;
    struct fuse_session *session; /* for notifications; the caller's */
    LiveMap *map;                 /* the caller's */
    InodeTable inodes;
    InodeJudge inode_judge;
    Shares shares;
    OpenFiles open_files;
    Relief relief;
    DirStreams dir_streams;
    bool no_opendir;             /* the kernel may open directories without us */
    bool no_open;                /* and files, and then does: their file handle is 0 */
    bool lower_is_stacked;       /* lower_mount.h */
    bool positions_last;         /* lower_mount.h; of the lower directory's own file system */
    _Atomic uint64_t n_opendirs; /* that we were asked for; the file handle of the last */
    bool is_host_root;           /* cred_is_host_root() */
    const char *handles_refusal; /* of the mount of the lower directory itself; NULL: it has them */
    Agreement agreement;
    Watch watch;
    Validity watched;        /* of what is marked */
    Validity unwatched;      /* of what cannot be */
    const char *engine_json; /* why it was not left to the kernel, a string; NULL; the caller's */
    Afterwards afterwards;
    Counters counters;
    LockTable locks;
    LockWaiters lock_waiters;
    ErrandRunner errands;
    XattrServer xattrs;
    int proc_fd; /* /proc/self/fd, also the working directory */
    /* The mount itself, if it should turn up below the lower directory. */
    dev_t own_device;
    int own_mount_id;
    int covered_fd; /* the directory that it is mounted on; O_PATH; or -1 */
} Filesystem;

/* The working directory becomes /proc/self/fd, see base/fdname.h. LOWER_FD is an O_PATH descriptor
 * of the lower directory, COVERED_FD one of the mount point before anything was mounted there; both
 * are taken over, also on failure. MAP stays the caller's and must live as long as the file system.
 */
ErrInt filesystem_init(Filesystem *fs, const FilesystemOptions *options, LiveMap *map, int lower_fd,
                       int covered_fd, const FilesystemLimits *limits);
void filesystem_clear(Filesystem *fs);

/* Whether an open of NODE with FLAGS can do without FLUSH. LOCAL: see lower_mount.h. */
bool filesystem_skips_flush(Filesystem *fs, uint64_t node, int flags, bool local);

/* Makes the kernel ask for NODE's attributes before it uses them again. Does not wait for anything
 * that a request may hold. */
void filesystem_distrust(Filesystem *fs, uint64_t node);

/* The same, and for the content of NODE, too, before it reads what it has of that. */
void filesystem_distrust_content(Filesystem *fs, uint64_t node);

/* Makes the kernel ask anew for what it has learned through an older map, the attributes and ACLs
 * of all inodes that it knows. */
void filesystem_distrust_owners(Filesystem *fs);

/* Answers every request that waits for a lock, with ECONNABORTED, and tells the kernel nothing more
 * of its own accord, and keeps no files open; once no more requests are read. */
void filesystem_end_waits(Filesystem *fs);

/* For coherence=watch, when all files of the host can still be opened. CAN_ABORT: somebody ends the
 * connection when we cannot. */
void filesystem_open_watch(Filesystem *fs, bool can_abort);

/* Tells the kernel nothing more of what others change; once the connection is at its end, since
 * something that it is being told may be held up by a request. */
void filesystem_end_watch(Filesystem *fs);

/* Why there is to be no passthrough, a static string; NULL: the kernel is asked for it. */
const char *filesystem_passthrough_obstacle(const Filesystem *fs);

/* Tells it who serves it, and what it looks like from outside, once it is mounted at MOUNTPOINT and
 * before the first request is read: needs no answer from ourselves. */
ErrInt filesystem_know_mount(Filesystem *fs, struct fuse_session *session, const char *mountpoint);

/* The directory that the mount covers cannot be met below the lower one: it is not kept. */
void filesystem_drop_covered(Filesystem *fs);

/* Whether a request that takes space on a lower mount does not get what is kept there for root:
 * that is for root of the mounter's namespace. LOCAL: see lower_mount.h. */
static inline bool request_forgoes_reserve(fuse_req_t req, bool local)
{
    return local && fuse_req_ctx(req)->uid != 0;
}

/* Who asks for a lock of NODE, or gives one up, through the open file of FI. */
static inline LockClient lock_client_of(uint64_t node, const struct fuse_file_info *fi)
{
    return (LockClient){.node = node, .owner = fi->lock_owner, .handle = (uint64_t)open_fd_of(fi)};
}

/* The caller. */
ShareUser filesystem_share_user(fuse_req_t req);

/* The requests, for fuse_session_new() with the Filesystem as user data. */
extern const struct fuse_lowlevel_ops filesystem_ops;

static inline Filesystem *filesystem_of(fuse_req_t req)
{
    return fuse_req_userdata(req);
}
