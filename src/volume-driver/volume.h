/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One volume: what it shows, and who uses it. */
#pragma once

#include <json-glib/json-glib.h>
#include <pthread.h>
#include <stdbool.h>

typedef struct {
    /* These never change. */
    char *name;
    JsonObject *options; /* see volume_options.h */
    char *created;       /* ISO 8601, UTC */

    /* Held by who mounts, unmounts or removes it; taken before the lock of the table. */
    pthread_mutex_t busy;

    /* The IDs by which it was mounted and not yet unmounted, strings. To change it takes both
     * locks, to read it one of them. */
    GHashTable *ids;

    bool is_removed; /* from the table; under busy */

    /* Of recovery.c; under busy. */
    GSource *watch;        /* of its daemon, or until the next try to mount it; NULL: none */
    gint64 next_try;       /* not before this time, as of g_get_monotonic_time() */
    unsigned try_interval; /* seconds */
} Volume;

/* Whether a volume can have this name: it is also that of a directory. */
bool volume_check_name(const char *name, GError **error);

/* Whether an engine can mean this for who uses a volume. */
bool volume_check_id(const char *id, GError **error);

/* CREATED is now when it is NULL. Takes OPTIONS. Has one reference. */
Volume *volume_new(const char *name, JsonObject *options, const char *created);

Volume *volume_ref(Volume *volume);
void volume_unref(Volume *volume);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Volume, volume_unref)
