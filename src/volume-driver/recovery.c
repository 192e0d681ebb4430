/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done about volumes after a start, in threads of its own. */
#include "volume-driver/recovery.h"

#include "volume-driver/log.h"

#include <stdatomic.h>

enum { THREADS = 8 };

struct Recovery {
    const Driver *driver;
    GPtrArray *volumes;
    atomic_uint next; /* the volume that no thread has begun with */
    pthread_t threads[THREADS];
    guint thread_count;
};

static void *recover_volumes(void *data)
{
    Recovery *recovery = data;
    guint i;
    while ((i = atomic_fetch_add(&recovery->next, 1)) < recovery->volumes->len)
        driver_recover(recovery->driver, recovery->volumes->pdata[i]);
    return NULL;
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

Recovery *recovery_start(const Driver *driver)
{
    Recovery *recovery = g_new0(Recovery, 1);
    recovery->driver = driver;
    recovery->volumes = volume_table_list(driver->table);
    name_strangers(driver);
    while (recovery->thread_count < MIN((guint)THREADS, recovery->volumes->len) &&
           pthread_create(&recovery->threads[recovery->thread_count], NULL, recover_volumes,
                          recovery) == 0)
        recovery->thread_count++;
    return recovery;
}

void recovery_finish(Recovery *recovery, bool cut_short)
{
    if (cut_short)
        atomic_store(&recovery->next, recovery->volumes->len);
    for (guint i = 0; i < recovery->thread_count; i++)
        pthread_join(recovery->threads[i], NULL);
    g_ptr_array_unref(recovery->volumes);
    g_free(recovery);
}
