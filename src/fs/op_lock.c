/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks, taken on the lower files: flock(2) on the descriptor behind the handle, fcntl(2) on one of
 * the lock owner's own. With nolock none of this is asked for, and the kernel keeps them itself. */
#include "fs/filesystem.h"
#include "fs/ops.h"
#include "fs/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>

/* The kernel sends RELEASE in the background: an open file that was closed before this request was
 * made may still have its locks. A lock that cannot be had at once is tried for once more. */
static void let_releases_pass(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 500 * 1000}, NULL);
}

/* flock(2) */

typedef struct {
    Filesystem *fs;
    fuse_ino_t ino;
    int fd;
    int operation;
} Flock;

/* Whoever has locked a file reads what others, on the lower side, wrote before they unlocked it:
 * hence filesystem_distrust_content(), here and for ranges. */
static ErrInt try_flock(const Flock *call, int flags)
{
    if (flock(call->fd, call->operation | flags) < 0)
        return -errno;
    if ((call->operation & LOCK_UN) == 0)
        filesystem_distrust_content(call->fs, call->ino);
    return 0;
}

static ErrInt wait_for_flock(void *data)
{
    return try_flock(data, 0);
}

static ErrInt start_flock_wait(fuse_req_t req, const Flock *call)
{
    Flock *copy = malloc(sizeof(*copy));
    ErrInt r;

    if (copy == NULL)
        return -ENOLCK;
    *copy = *call;
    r = lock_waiters_add(&call->fs->lock_waiters, req, &(LockJob){wait_for_flock, free, copy});
    if (r < 0)
        free(copy);
    return r;
}

void op_flock(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, int operation)
{
    const Flock call = {filesystem_of(req), ino, open_fd_of(fi), operation};
    ErrInt r = try_flock(&call, LOCK_NB);

    if (r == -EWOULDBLOCK && (operation & LOCK_NB) == 0) {
        r = start_flock_wait(req, &call);
        if (r == 0)
            return;
    } else if (r == -EWOULDBLOCK) {
        let_releases_pass();
        r = try_flock(&call, LOCK_NB);
    }
    reply_result(req, r);
}

/* fcntl(2) */

static ErrInt read_flock(const struct flock *flock, LockRange *ret_range)
{
    const LockKind kind = flock->l_type == F_RDLCK   ? LOCK_SHARED
                          : flock->l_type == F_WRLCK ? LOCK_EXCLUSIVE
                                                     : LOCK_NONE;
    int64_t last = INT64_MAX;

    if (flock->l_start < 0 || flock->l_len < 0)
        return -EINVAL;
    if (flock->l_len > 0 && __builtin_add_overflow(flock->l_start, flock->l_len - 1, &last))
        return -EOVERFLOW;
    *ret_range = (LockRange){flock->l_start, last, kind};
    return 0;
}

typedef struct {
    Filesystem *fs;
    LockOwner *owner; /* in use */
    LockWait wait;
} RangeJob;

static ErrInt try_range(Filesystem *fs, LockOwner *owner, const LockRange *range)
{
    ErrInt r = lock_table_set(&fs->locks, owner, range);

    if (r == 0 && range->kind != LOCK_NONE)
        filesystem_distrust_content(fs, owner->holder.node);
    return r;
}

/* The record of a lock must be made together with it: hence a second call, which only fails when
 * another thread of the owner's gave the lock up again between the two. */
static ErrInt wait_for_range(void *data)
{
    const RangeJob *job = data;
    ErrInt r;

    do {
        r = lock_table_await(job->owner, &job->wait.wanted);
        if (r == 0)
            r = try_range(job->fs, job->owner, &job->wait.wanted);
    } while (r == -EAGAIN);
    return r;
}

static void end_range_wait(void *data)
{
    RangeJob *job = data;

    lock_table_end_wait(&job->fs->locks, &job->wait);
    lock_table_disuse(&job->fs->locks, job->owner);
    free(job);
}

/* Takes OWNER over when it succeeds. */
static ErrInt start_range_wait(fuse_req_t req, LockOwner *owner, const LockRange *range)
{
    Filesystem *fs = filesystem_of(req);
    RangeJob *job = malloc(sizeof(*job));
    ErrInt r;

    if (job == NULL)
        return -ENOLCK;
    *job = (RangeJob){
        .fs = fs,
        .owner = owner,
        .wait = {.node = owner->holder.node, .owner = owner->holder.owner, .wanted = *range},
    };
    r = lock_table_begin_wait(&fs->locks, &job->wait);
    if (r == 0) {
        r = lock_waiters_add(&fs->lock_waiters, req,
                             &(LockJob){wait_for_range, end_range_wait, job});
        if (r == 0)
            return 0;
        lock_table_end_wait(&fs->locks, &job->wait);
    }
    free(job);
    return r;
}

/* *RET_WAITS: the request is answered later. */
static ErrInt set_lock(fuse_req_t req, const LockClient *client, const LockRange *range, bool sleep,
                       bool *ret_waits)
{
    Filesystem *fs = filesystem_of(req);
    LockTable *table = &fs->locks;
    LockOwner *owner = NULL;
    ErrInt r;

    if (range->kind == LOCK_NONE) {
        owner = lock_table_find(table, client);
        if (owner == NULL)
            return 0;
    } else {
        const ShareUser user = filesystem_share_user(req);
        r = lock_table_use(table, client, &user, &owner);
        if (r < 0)
            return r;
    }
    r = try_range(fs, owner, range);
    if (r == -EAGAIN && sleep) {
        r = start_range_wait(req, owner, range);
        *ret_waits = r == 0;
        if (r == 0)
            return 0;
    } else if (r == -EAGAIN) {
        let_releases_pass();
        r = try_range(fs, owner, range);
    }
    lock_table_disuse(table, owner);
    return r;
}

void op_setlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct flock *flock,
              int sleep)
{
    LockClient client = lock_client_of(ino, fi);
    LockRange range;
    bool waits = false;
    ErrInt r = read_flock(flock, &range);

    client.pid = flock->l_pid;
    if (r == 0)
        r = set_lock(req, &client, &range, sleep != 0, &waits);
    if (!waits)
        reply_result(req, r);
}

void op_getlk(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct flock *flock)
{
    const LockClient client = lock_client_of(ino, fi);
    LockRange range;
    pid_t pid;
    ErrInt r = read_flock(flock, &range);

    if (r == 0)
        r = lock_table_test(&filesystem_of(req)->locks, &client, &range, &range, &pid);
    if (r < 0) {
        reply_result(req, r);
        return;
    }
    *flock = lock_range_flock(&range);
    flock->l_pid = pid;
    fuse_reply_lock(req, flock);
}
