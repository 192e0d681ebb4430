/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel tells nobody which inodes are one, but inotify(7) has one watch for one inode. */
#include "fs/inode_judge.h"

#include "base/cleanup.h"
#include "base/fdname.h"

#include <sys/inotify.h>

void inode_judge_init(InodeJudge *judge)
{
    pthread_mutex_init(&judge->lock, NULL);
    judge->watcher = -1;
}

void inode_judge_clear(InodeJudge *judge)
{
    cleanup_close(&judge->watcher);
    pthread_mutex_destroy(&judge->lock);
}

/* For events that do not come while a descriptor is open. */
static int watch(const InodeJudge *judge, int fd)
{
    return inotify_add_watch(judge->watcher, fd_name(fd).text, IN_UNMOUNT);
}

/* Each removal leaves an event to be read, IN_IGNORED. */
static void unwatch(const InodeJudge *judge, int watch)
{
    struct inotify_event event;

    if (watch >= 0 && inotify_rm_watch(judge->watcher, watch) == 0)
        while (read(judge->watcher, &event, sizeof(event)) > 0)
            continue;
}

bool inode_judge_same(InodeJudge *judge, int a, int b)
{
    LOCK_SCOPE(&judge->lock);
    bool same;

    if (judge->watcher < 0)
        judge->watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (judge->watcher < 0)
        return false;
    int watch_a = watch(judge, a);
    int watch_b = watch(judge, b);
    same = watch_a >= 0 && watch_a == watch_b;
    unwatch(judge, watch_a);
    if (!same)
        unwatch(judge, watch_b);
    return same;
}
