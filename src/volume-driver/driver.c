/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver does with volumes. */
#include "volume-driver/driver.h"

#include "base/cleanup.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/log.h"
#include "volume-driver/recovery.h"
#include "volume-driver/volume_options.h"

static bool fail_unknown(const char *name, GError **error)
{
    return driver_error_set(error, "no such volume: %s", name);
}

Volume *driver_find(const Driver *driver, const char *name, GError **error)
{
    if (!volume_check_name(name, error))
        return NULL;
    Volume *volume = volume_table_find(driver->table, name);
    if (volume == NULL)
        fail_unknown(name, error);
    return volume;
}

static bool check_same(const Volume *volume, JsonObject *options, GError **error)
{
    return volume_options_equal(volume->options, options) ||
           driver_error_set(error, "volume '%s' exists already, with other options", volume->name);
}

bool driver_create(const Driver *driver, const char *name, JsonNode *node, GError **error)
{
    if (!volume_check_name(name, error))
        return false;
    g_autoptr(JsonObject) options = volume_options_new(node, error);
    if (options == NULL)
        return false;
    g_autoptr(Volume) present = volume_table_find(driver->table, name);
    if (present != NULL)
        return check_same(present, options, error);
    if (!volume_options_prepare_source(options, error) ||
        !driver->mounter->check(driver->mounter, options, error))
        return false;
    g_autoptr(Volume) volume = volume_new(name, g_steal_pointer(&options), NULL);
    return volume_table_add(driver->table, volume, error);
}

static bool is_in_use(const Volume *volume)
{
    return g_hash_table_size(volume->ids) > 0;
}

static bool unmount(const Driver *driver, Volume *volume, GError **error)
{
    recovery_let_go(volume);
    return driver->mounter->unmount(driver->mounter, volume->name, error);
}

bool driver_remove(const Driver *driver, const char *name, GError **error)
{
    g_autoptr(Volume) volume = driver_find(driver, name, error);
    if (volume == NULL)
        return false;
    LOCK_SCOPE(&volume->busy);
    if (volume->is_removed)
        return fail_unknown(name, error);
    if (is_in_use(volume))
        return driver_error_set(
            error,
            "volume '%s' is in use, mounted by %u IDs, which 'volume inspect' shows\n"
            "  remapfs-volume-driver(8) says how to take back an ID of a container that is gone",
            name, g_hash_table_size(volume->ids));
    return unmount(driver, volume, error) && volume_table_remove(driver->table, volume, error);
}

/* The first who uses a volume gets a new mount: what may be there is of a volume that had this
 * name, with other options perhaps. */
static bool ensure_mounted(const Driver *driver, Volume *volume, GError **error)
{
    const Mounter *mounter = driver->mounter;
    MountState state = mounter->look(mounter, volume->name, error);
    if (state == MOUNT_UNKNOWN)
        return false;
    if (state != MOUNT_LIVE || !is_in_use(volume)) {
        if (state == MOUNT_DEAD)
            log_message("volume '%s': its daemon has died, so it is mounted again", volume->name);
        if ((state != MOUNT_ABSENT && !mounter->unmount(mounter, volume->name, error)) ||
            !volume_options_prepare_source(volume->options, error) ||
            !mounter->mount(mounter, volume->name, volume->options, error))
            return false;
        recovery_let_go(volume);
    }
    recovery_watch(driver->recovery, volume);
    return true;
}

/* For a mount that nobody uses. */
static void unmount_unused(const Driver *driver, Volume *volume)
{
    g_autoptr(GError) error = NULL;
    if (!unmount(driver, volume, &error))
        log_message("volume '%s': %s", volume->name, error->message);
}

bool driver_mount(const Driver *driver, const char *name, const char *id, GError **error)
{
    g_autoptr(Volume) volume = driver_find(driver, name, error);
    if (volume == NULL || !volume_check_id(id, error))
        return false;
    LOCK_SCOPE(&volume->busy);
    if (volume->is_removed)
        return fail_unknown(name, error);
    if (!ensure_mounted(driver, volume, error))
        return false;
    if (volume_table_add_id(driver->table, volume, id, error))
        return true;
    if (!is_in_use(volume))
        unmount_unused(driver, volume);
    return false;
}

bool driver_unmount(const Driver *driver, const char *name, const char *id, GError **error)
{
    g_autoptr(Volume) volume = driver_find(driver, name, error);
    if (volume == NULL || !volume_check_id(id, error))
        return false;
    LOCK_SCOPE(&volume->busy);
    if (!g_hash_table_contains(volume->ids, id))
        return true;
    if (!volume_table_drop_id(driver->table, volume, id, error))
        return false;
    /* The ID is gone, and with it who could ask again. */
    if (!is_in_use(volume))
        unmount_unused(driver, volume);
    return true;
}

char *driver_mountpoint(const Driver *driver, const Volume *volume)
{
    g_auto(GStrv) ids = volume_table_ids(driver->table, volume);
    return ids[0] != NULL ? mounter_path(driver->mounter, volume->name) : g_strdup("");
}

/* Under busy. */
static void remount(const Driver *driver, Volume *volume)
{
    g_autoptr(GError) error = NULL;
    if (!recovery_may_try(driver->recovery, volume))
        return;
    if (ensure_mounted(driver, volume, &error))
        return;
    log_message("volume '%s' is in use, but cannot be mounted: %s", volume->name, error->message);
    recovery_try_later(driver->recovery, volume);
}

void driver_recover(const Driver *driver, Volume *volume)
{
    LOCK_SCOPE(&volume->busy);
    if (volume->is_removed)
        return;
    if (is_in_use(volume))
        remount(driver, volume);
    else
        unmount_unused(driver, volume);
}

void driver_recover_from_death(const Driver *driver, Volume *volume)
{
    LOCK_SCOPE(&volume->busy);
    if (!volume->is_removed && is_in_use(volume) &&
        driver->mounter->look(driver->mounter, volume->name, NULL) == MOUNT_DEAD)
        remount(driver, volume);
}
