/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All volumes, and their copy on disk, which is never behind what was answered. */
#pragma once

#include "volume-driver/volume.h"

typedef struct VolumeTable VolumeTable;

/* As the file STATE_PATH has them. */
VolumeTable *volume_table_open(const char *state_path, GError **error);
void volume_table_free(VolumeTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VolumeTable, volume_table_free)

/* NULL if there is none of that name. The caller unrefs. */
Volume *volume_table_find(VolumeTable *table, const char *name);

/* All Volumes, by name. The caller unrefs. */
GPtrArray *volume_table_list(VolumeTable *table);

/* The IDs of VOLUME, sorted, NULL at the end. */
GStrv volume_table_ids(VolumeTable *table, const Volume *volume);

/* These change the table and the file, or fail and change neither. */

/* References VOLUME. Fails if there is one of that name. */
bool volume_table_add(VolumeTable *table, Volume *volume, GError **error);

/* These are for who holds VOLUME's lock, busy. */
bool volume_table_remove(VolumeTable *table, Volume *volume, GError **error);
bool volume_table_add_id(VolumeTable *table, Volume *volume, const char *id, GError **error);
bool volume_table_drop_id(VolumeTable *table, Volume *volume, const char *id, GError **error);
