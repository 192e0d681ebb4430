/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The marks, and the thread that reads what they tell. */
#include "fs/watch.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "fs/filesystem.h"
#include "fs/watch_tell.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <time.h>
#include <unistd.h>

enum {
    COLLECT_MSECONDS = 3, /* from the first change until it is told, with what came meanwhile */
    AGAIN_MSECONDS = 50,  /* how often to see whether it is time to tell something again */
    BATCH_SIZE = 64 * 1024,
};

static const uint64_t dir_events = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO |
                                   FAN_ATTRIB | FAN_ONDIR | FAN_EVENT_ON_CHILD;
static const uint64_t file_events = FAN_MODIFY | FAN_ATTRIB;

/* Marks */

void watch_init(Watch *watch, Filesystem *fs)
{
    *watch = (Watch){.fs = fs, .group = -1, .wake_fd = -1, .mounts_fd = -1};
    STAILQ_INIT(&watch->again);
}

/* Never 0. */
static uint32_t now_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint32_t)now.tv_sec + 1;
}

bool watch_covers(const Watch *watch, const LowerMount *mount)
{
    return watch->group >= 0 && mount->local && !mount->unwatched;
}

bool watch_has(const Watch *watch, const Inode *inode)
{
    const uint32_t since = inode->marked_at;

    return since != 0 && watch_covers(watch, inode->mount) &&
           now_seconds() - since < 2 * WATCH_KEEP_SECONDS;
}

/* What says that this file system cannot be watched at all, rather than that there is no room. */
static bool is_final(int error)
{
    return error == EINVAL || error == ENODEV || error == EOPNOTSUPP || error == EXDEV;
}

bool watch_mark(Watch *watch, Inode *inode, int fd)
{
    const uint32_t since = inode->marked_at;
    const uint32_t now = now_seconds();

    if (!watch_covers(watch, inode->mount))
        return false;
    if (since != 0 && now - since < WATCH_KEEP_SECONDS)
        return true;
    if (fanotify_mark(watch->group, FAN_MARK_ADD | FAN_MARK_EVICTABLE,
                      inode->type == S_IFDIR ? dir_events : file_events, watch->fs->proc_fd,
                      fd_name(fd).text) == 0) {
        inode->marked_at = now;
        return true;
    }
    if (is_final(errno) && !atomic_exchange(&inode->mount->unwatched, true))
        fuse_log(FUSE_LOG_NOTICE, "a lower file system cannot be watched: %s", strerror(errno));
    return false;
}

/* Reading */

static void read_events(Watch *watch)
{
    char bytes[BATCH_SIZE] __attribute__((aligned(8)));
    ssize_t n;

    while ((n = read(watch->group, bytes, sizeof(bytes))) > 0)
        watch_tell(watch, bytes, (size_t)n);
}

static void pause_for(long mseconds)
{
    const struct timespec pause = {.tv_nsec = mseconds * 1000000};

    nanosleep(&pause, NULL);
}

static void *run(void *data)
{
    Watch *watch = data;
    struct pollfd fds[] = {
        {.fd = watch->group,     .events = POLLIN },
        {.fd = watch->wake_fd,   .events = POLLIN },
        {.fd = watch->mounts_fd, .events = POLLPRI},
    };

    for (;;) {
        poll(fds, sizeof(fds) / sizeof(fds[0]), watch_tells_again(watch) ? AGAIN_MSECONDS : -1);
        if (fds[1].revents != 0)
            return NULL;
        if (fds[2].revents != 0)
            watch_tell_doubt_of_names(watch);
        if (fds[0].revents != 0) {
            pause_for(COLLECT_MSECONDS);
            read_events(watch);
        }
        watch_tell_again(watch);
    }
}

/* Beginning and end */

static const char *open_group(Watch *watch)
{
    watch->group = fanotify_init(
        FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_DFID_NAME_TARGET, 0);
    return watch->group >= 0 ? NULL : strerrordesc_np(errno);
}

static void close_all(Watch *watch)
{
    cleanup_close(&watch->group);
    cleanup_close(&watch->wake_fd);
    cleanup_close(&watch->mounts_fd);
    watch->group = watch->wake_fd = watch->mounts_fd = -1;
}

const char *watch_start(Watch *watch)
{
    const char *refusal = open_group(watch);

    if (refusal != NULL)
        return refusal;
    watch->wake_fd = eventfd(0, EFD_CLOEXEC);
    watch->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (watch->wake_fd < 0 || watch->mounts_fd < 0)
        refusal = strerrordesc_np(errno);
    else if (pthread_create(&watch->thread, NULL, run, watch) == 0)
        watch->has_thread = true;
    else
        refusal = "no thread for it";
    if (refusal != NULL)
        close_all(watch);
    return refusal;
}

void watch_end(Watch *watch)
{
    const uint64_t one = 1;

    if (watch->has_thread && write(watch->wake_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
        pthread_join(watch->thread, NULL);
    watch->has_thread = false;
    watch_tell_clear(watch);
    close_all(watch);
}
