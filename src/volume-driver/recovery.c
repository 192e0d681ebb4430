/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main loop notices what has happened; what is to be done about it is done by threads. */
#include "volume-driver/recovery.h"

#include "base/cleanup.h"
#include "volume-driver/log.h"

#include <glib-unix.h>

enum {
    THREADS = 8,
    TRY_INTERVAL_MAX = 60, /* seconds */
    SETTLED = 10           /* seconds, after which a death is none of a series */
};

typedef void RecoverFunction(const Driver *driver, Volume *volume);

/* What is to be done, or, as the data of a GSource, will be. */
typedef struct {
    Recovery *recovery;
    RecoverFunction *recover;
    Volume *volume;
    int fd; /* that a GSource waits for, or -1 */
} Task;

struct Recovery {
    const Driver *driver;
    GThreadPool *pool; /* of Task */
};

/* Takes FD. */
static Task *task_new(Recovery *recovery, RecoverFunction *recover, Volume *volume, int fd)
{
    Task *task = g_new(Task, 1);
    *task = (Task){recovery, recover, volume_ref(volume), fd};
    return task;
}

static void task_free(void *data)
{
    Task *task = data;
    cleanup_close(&task->fd);
    volume_unref(task->volume);
    g_free(task);
}

static void work(void *data, void *recovery)
{
    const Task *task = data;
    task->recover(((Recovery *)recovery)->driver, task->volume);
    task_free(data);
}

/* Without a thread for it, it is done by the next that there is. */
static void hand_over(Recovery *recovery, RecoverFunction *recover, Volume *volume)
{
    g_thread_pool_push(recovery->pool, task_new(recovery, recover, volume, -1), NULL);
}

Recovery *recovery_new(const Driver *driver)
{
    Recovery *recovery = g_new0(Recovery, 1);
    recovery->driver = driver;
    recovery->pool = g_thread_pool_new_full(work, recovery, task_free, THREADS, FALSE, NULL);
    return recovery;
}

/* They may be of volumes in a state file that was damaged, and containers use them. */
static void name_strangers(const Driver *driver)
{
    g_autoptr(GPtrArray) names = mounter_list(driver->mounter);
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(Volume) volume = volume_table_find(driver->table, names->pdata[i]);
        if (volume == NULL)
            log_message("%s/%s is mounted, but no such volume is known; it is left alone",
                        driver->mounter->directory, (const char *)names->pdata[i]);
    }
}

void recovery_start(Recovery *recovery)
{
    g_autoptr(GPtrArray) volumes = volume_table_list(recovery->driver->table);
    name_strangers(recovery->driver);
    for (guint i = 0; i < volumes->len; i++)
        hand_over(recovery, driver_recover, volumes->pdata[i]);
}

void recovery_finish(Recovery *recovery, bool cut_short)
{
    g_thread_pool_free(recovery->pool, cut_short, TRUE);
    g_autoptr(GPtrArray) volumes = volume_table_list(recovery->driver->table);
    for (guint i = 0; i < volumes->len; i++)
        recovery_let_go(volumes->pdata[i]);
    g_free(recovery);
}

/* Waiting */

void recovery_let_go(Volume *volume)
{
    if (volume->watch == NULL)
        return;
    g_source_destroy(volume->watch);
    g_clear_pointer(&volume->watch, g_source_unref);
}

/* The source is over before others see what came of it. */
static void come_true(const Task *task)
{
    g_source_destroy(g_main_current_source());
    hand_over(task->recovery, task->recover, task->volume);
}

static gboolean on_time(void *task)
{
    come_true(task);
    return G_SOURCE_REMOVE;
}

static gboolean on_end(int fd, GIOCondition condition, void *task)
{
    (void)fd;
    (void)condition;
    come_true(task);
    return G_SOURCE_REMOVE;
}

/* Takes SOURCE, whose data is TASK. */
static void wait_for(GSource *source, GSourceFunc function, Task *task)
{
    recovery_let_go(task->volume);
    task->volume->watch = source;
    g_source_set_callback(source, function, task, task_free);
    g_source_attach(source, NULL);
}

void recovery_watch(Recovery *recovery, Volume *volume)
{
    const Mounter *mounter = recovery->driver->mounter;
    g_autoptr(GError) error = NULL;
    if (volume->watch != NULL && !g_source_is_destroyed(volume->watch))
        return;
    int fd = mounter->open_daemon(mounter, volume->name, &error);
    if (fd < 0 && mounter->look(mounter, volume->name, NULL) == MOUNT_DEAD)
        hand_over(recovery, driver_recover_from_death, volume);
    else if (error != NULL)
        log_message("volume '%s': it will not be mounted again when its daemon dies: %s",
                    volume->name, error->message);
    else if (fd >= 0)
        wait_for(g_unix_fd_source_new(fd, G_IO_IN), (GSourceFunc)(void *)on_end,
                 task_new(recovery, driver_recover_from_death, volume, fd));
}

bool recovery_may_try(Recovery *recovery, Volume *volume)
{
    gint64 now = g_get_monotonic_time();
    if (now < volume->next_try) {
        recovery_try_later(recovery, volume);
        return false;
    }
    bool is_settled = now > volume->next_try + SETTLED * G_TIME_SPAN_SECOND;
    volume->try_interval = is_settled ? 1 : MIN(2 * volume->try_interval, TRY_INTERVAL_MAX);
    volume->next_try = now + volume->try_interval * G_TIME_SPAN_SECOND;
    return true;
}

void recovery_try_later(Recovery *recovery, Volume *volume)
{
    gint64 wait = MAX(volume->next_try - g_get_monotonic_time(), 0) / G_TIME_SPAN_MILLISECOND + 1;
    log_message("volume '%s': the next try to mount it is in %.1f seconds", volume->name,
                (double)wait / 1000);
    wait_for(g_timeout_source_new((guint)wait), on_time,
             task_new(recovery, driver_recover, volume, -1));
}
