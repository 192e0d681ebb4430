/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver does with volumes. Any number of threads may call it.
 *
 * A volume is mounted while there are IDs by which it was mounted. An ID is noted after the mount
 * and taken back before the unmount, so if this program ends in between, there is a mount without
 * an ID, and no ID without a mount: a mount that nobody asked for any more can be undone, but an
 * engine that got no answer does not ask to undo it. */
#pragma once

#include "volume-driver/mounter.h"
#include "volume-driver/volume_table.h"

typedef struct Recovery Recovery; /* recovery.h */

typedef struct {
    VolumeTable *table;
    const Mounter *mounter;
    Recovery *recovery;
} Driver;

/* NULL, with an error, if there is no such volume. The caller unrefs. */
Volume *driver_find(const Driver *driver, const char *name, GError **error);

/* OPTIONS as for volume_options_new(). Does nothing if there is this very volume. */
bool driver_create(const Driver *driver, const char *name, JsonNode *options, GError **error);

bool driver_remove(const Driver *driver, const char *name, GError **error);

/* Returns when the volume is mounted, on mounter_path(). ID can be one that it has already. */
bool driver_mount(const Driver *driver, const char *name, const char *id, GError **error);

/* ID can be one that the volume does not have. */
bool driver_unmount(const Driver *driver, const char *name, const char *id, GError **error);

/* Where VOLUME is mounted, "" if it is not. The caller frees with g_free(). */
char *driver_mountpoint(const Driver *driver, const Volume *volume);

/* Makes the mount of VOLUME fit who uses it. Failures are logged, and it is tried again later. */
void driver_recover(const Driver *driver, Volume *volume);

/* The same when the daemon of VOLUME has ended, unless somebody has unmounted it. */
void driver_recover_from_death(const Driver *driver, Volume *volume);
