/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How volumes are mounted: the part of the driver that a test replaces. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef enum {
    MOUNT_ABSENT,
    MOUNT_LIVE,
    MOUNT_DEAD,    /* its daemon has died */
    MOUNT_UNKNOWN, /* it cannot be found out, or something else is mounted there */
} MountState;

/* All functions may be called by several threads, but for one NAME by one at a time only. */
typedef struct Mounter Mounter;
struct Mounter {
    const char
        *directory;      /* where volume NAME is mounted on DIRECTORY/NAME; has no symbolic links */
    const char *remapfs; /* the program */

    /* Whether a volume with OPTIONS could be mounted now. */
    bool (*check)(const Mounter *mounter, JsonObject *options, GError **error);

    /* Sets ERROR for MOUNT_UNKNOWN. */
    MountState (*look)(const Mounter *mounter, const char *name, GError **error);

    /* Returns when the mount works. */
    bool (*mount)(const Mounter *mounter, const char *name, JsonObject *options, GError **error);

    /* A pidfd of the daemon, see pidfd_open(2); -1: there is none (engine=kernel), or, with ERROR,
     * it cannot be had. */
    int (*open_daemon)(const Mounter *mounter, const char *name, GError **error);

    /* Unmounts what there is, even if it is used, and removes the mount point. */
    bool (*unmount)(const Mounter *mounter, const char *name, GError **error);
};

/* The mounter that mounts. Both paths are absolute and outlive it. */
void mounter_init(Mounter *mounter, const char *directory, const char *remapfs);

/* The mount point of volume NAME. The caller frees with g_free(). */
char *mounter_path(const Mounter *mounter, const char *name);

/* The names of volumes that something seems to be mounted for. The caller unrefs. */
GPtrArray *mounter_list(const Mounter *mounter);
