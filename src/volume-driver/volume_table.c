/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All volumes, and their copy on disk. */
#include "volume-driver/volume_table.h"

#include "base/cleanup.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/state_file.h"

#include <string.h>

struct VolumeTable {
    char *state_path;
    pthread_mutex_t lock;
    GHashTable *volumes; /* name -> Volume, referenced; under lock, as the file */
};

VolumeTable *volume_table_open(const char *state_path, GError **error)
{
    g_autoptr(GPtrArray) volumes = state_file_read(state_path, error);
    if (volumes == NULL)
        return NULL;
    VolumeTable *table = g_new0(VolumeTable, 1);
    table->state_path = g_strdup(state_path);
    pthread_mutex_init(&table->lock, NULL);
    table->volumes =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)(void *)volume_unref);
    for (guint i = 0; i < volumes->len; i++) {
        Volume *volume = volumes->pdata[i];
        g_hash_table_insert(table->volumes, volume->name, volume_ref(volume));
    }
    return table;
}

void volume_table_free(VolumeTable *table)
{
    if (table == NULL)
        return;
    g_free(table->state_path);
    g_hash_table_unref(table->volumes);
    pthread_mutex_destroy(&table->lock);
    g_free(table);
}

Volume *volume_table_find(VolumeTable *table, const char *name)
{
    LOCK_SCOPE(&table->lock);
    Volume *volume = g_hash_table_lookup(table->volumes, name);
    return volume != NULL ? volume_ref(volume) : NULL;
}

static gint compare_names(gconstpointer one, gconstpointer other)
{
    return strcmp((*(Volume *const *)one)->name, (*(Volume *const *)other)->name);
}

static GPtrArray *list_locked(VolumeTable *table)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)(void *)volume_unref);
    GHashTableIter iter;
    void *volume;
    g_hash_table_iter_init(&iter, table->volumes);
    while (g_hash_table_iter_next(&iter, NULL, &volume))
        g_ptr_array_add(list, volume_ref(volume));
    g_ptr_array_sort(list, compare_names);
    return list;
}

GPtrArray *volume_table_list(VolumeTable *table)
{
    LOCK_SCOPE(&table->lock);
    return list_locked(table);
}

static gint compare_ids(gconstpointer one, gconstpointer other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

GStrv volume_table_ids(VolumeTable *table, const Volume *volume)
{
    GPtrArray *ids = g_ptr_array_new();
    GHashTableIter iter;
    void *id;
    LOCK_SCOPE(&table->lock);
    g_hash_table_iter_init(&iter, volume->ids);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_ptr_array_add(ids, g_strdup(id));
    g_ptr_array_sort(ids, compare_ids);
    g_ptr_array_add(ids, NULL);
    return (GStrv)g_ptr_array_free(ids, FALSE);
}

static bool save_locked(VolumeTable *table, GError **error)
{
    g_autoptr(GPtrArray) volumes = list_locked(table);
    return state_file_write(table->state_path, volumes, error);
}

bool volume_table_add(VolumeTable *table, Volume *volume, GError **error)
{
    LOCK_SCOPE(&table->lock);
    if (g_hash_table_contains(table->volumes, volume->name))
        return driver_error_set(error, "volume '%s' exists already", volume->name);
    g_hash_table_insert(table->volumes, volume->name, volume_ref(volume));
    if (save_locked(table, error))
        return true;
    g_hash_table_remove(table->volumes, volume->name);
    return false;
}

bool volume_table_remove(VolumeTable *table, Volume *volume, GError **error)
{
    LOCK_SCOPE(&table->lock);
    g_hash_table_remove(table->volumes, volume->name);
    volume->is_removed = save_locked(table, error);
    if (!volume->is_removed)
        g_hash_table_insert(table->volumes, volume->name, volume_ref(volume));
    return volume->is_removed;
}

bool volume_table_add_id(VolumeTable *table, Volume *volume, const char *id, GError **error)
{
    LOCK_SCOPE(&table->lock);
    if (!g_hash_table_add(volume->ids, g_strdup(id)) || save_locked(table, error))
        return true;
    g_hash_table_remove(volume->ids, id);
    return false;
}

bool volume_table_drop_id(VolumeTable *table, Volume *volume, const char *id, GError **error)
{
    LOCK_SCOPE(&table->lock);
    if (!g_hash_table_remove(volume->ids, id) || save_locked(table, error))
        return true;
    g_hash_table_add(volume->ids, g_strdup(id));
    return false;
}
