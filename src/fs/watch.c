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
    FULL_SECONDS = 2,
    COLLECT_MSECONDS = 3, /* from the first change until it is told, with what came meanwhile */
    AGAIN_MSECONDS = 50,  /* how often to see whether it is time to tell something again */
    BATCH_SIZE = 64 * 1024,
};

/* Not FAN_EVENT_ON_CHILD, which costs each read and write of a file in the directory some time; who
 * wants to know of the file has marked that. */
static const uint64_t dir_events =
    FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO | FAN_ATTRIB | FAN_ONDIR;
static const uint64_t other_events = FAN_MODIFY | FAN_ATTRIB;

/* Marks */

void watch_init(Watch *watch, Filesystem *fs)
{
    *watch = (Watch){.fs = fs, .group = -1, .wake_fd = -1, .refusal = "not asked for"};
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

/* Beyond the limit for marks (fs.fanotify.max_user_marks) it is not tried again at once. */
static bool is_full(const Watch *watch, uint32_t now)
{
    return watch->full_at != 0 && now - watch->full_at < FULL_SECONDS;
}

static bool mark(Watch *watch, LowerMount *mount, int fd, uint64_t events, uint32_t now)
{
    if (fanotify_mark(watch->group, FAN_MARK_ADD | FAN_MARK_EVICTABLE, events, watch->fs->proc_fd,
                      fd_name(fd).text) == 0)
        return true;
    if (errno == ENOSPC || errno == ENOMEM)
        watch->full_at = now;
    else if (is_final(errno) && !atomic_exchange(&mount->unwatched, true))
        fuse_log(FUSE_LOG_NOTICE, "a lower file system cannot be watched: %s", strerror(errno));
    return false;
}

bool watch_mark(Watch *watch, Inode *inode, int fd)
{
    const uint64_t events = inode->type == S_IFDIR ? dir_events : other_events;
    const uint32_t since = inode->marked_at;
    const uint32_t now = now_seconds();

    if (!watch_covers(watch, inode->mount))
        return false;
    if (since != 0 && now - since < WATCH_KEEP_SECONDS)
        return true;
    if (is_full(watch, now) || !mark(watch, inode->mount, fd, events, now))
        return false;
    inode->marked_at = now;
    return true;
}

uint32_t watch_mark_found(Watch *watch, LowerMount *mount, int fd)
{
    const uint32_t now = now_seconds();

    return watch_covers(watch, mount) && !is_full(watch, now) &&
                   mark(watch, mount, fd, other_events, now)
               ? now
               : 0;
}

bool watch_is_full(const Watch *watch)
{
    return is_full(watch, now_seconds());
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
        {.fd = watch->group,                   .events = POLLIN },
        {.fd = watch->wake_fd,                 .events = POLLIN },
        {.fd = mount_watch_fd(&watch->mounts), .events = POLLPRI},
    };

    for (;;) {
        poll(fds, sizeof(fds) / sizeof(fds[0]), watch_tells_again(watch) ? AGAIN_MSECONDS : -1);
        if (fds[1].revents != 0)
            return NULL;
        if (fds[2].revents != 0 && mount_watch_has_changed(&watch->mounts))
            watch_tell_doubt_of_names(watch);
        if (fds[0].revents != 0) {
            pause_for(COLLECT_MSECONDS);
            read_events(watch);
        }
        watch_tell_again(watch);
    }
}

/* Beginning and end */

/* Without a limit for marks where we may: they go with the lower inodes, when memory is short. */
static const char *open_group(Watch *watch)
{
    const unsigned flags =
        FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_REPORT_DFID_NAME_TARGET;

    watch->group = fanotify_init(flags | FAN_UNLIMITED_MARKS, 0);
    if (watch->group < 0 && errno == EPERM)
        watch->group = fanotify_init(flags, 0);
    return watch->group >= 0 ? NULL : strerrordesc_np(errno);
}

static void close_all(Watch *watch)
{
    cleanup_close(&watch->group);
    cleanup_close(&watch->wake_fd);
    mount_watch_clear(&watch->mounts);
    watch->group = watch->wake_fd = -1;
}

const char *watch_open(Watch *watch, int lower_fd)
{
    const char *refusal = open_group(watch);
    ErrInt r;

    if (refusal != NULL)
        return refusal;
    watch->wake_fd = eventfd(0, EFD_CLOEXEC);
    r = watch->wake_fd < 0 ? -errno : mount_watch_init(&watch->mounts, lower_fd);
    if (r == 0)
        return NULL;
    close_all(watch);
    return strerrordesc_np(-r);
}

const char *watch_start(Watch *watch)
{
    int r = pthread_create(&watch->thread, NULL, run, watch);

    watch->has_thread = r == 0;
    return r == 0 ? NULL : strerrordesc_np(r);
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
