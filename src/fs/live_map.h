/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map in force, which can be replaced while requests are answered.
 *
 * A request uses one version of it from its first to its last instruction, that which was in force
 * when it began, and so never half of the old and half of the new; and a request that hangs holds
 * up neither the change nor other requests. A version goes with the last request that uses it. */
#pragma once

#include "core/acl.h"

#include <pthread.h>
#include <stdio.h>

/* Immutable, but for what is under the lock. */
typedef struct MapVersion {
    OwnerMap *owners;
    AclMap acl_map;
    char *json; /* as map_table_json() makes it; g_free() */
    unsigned number;
    unsigned users;           /* lock of the LiveMap; requests */
    struct MapVersion *older; /* lock */
} MapVersion;

typedef struct {
    const IdMap *existing[ID_KIND_COUNT]; /* AclMap; the caller's */
    pthread_mutex_t lock;
    MapVersion *current;  /* lock; the older ones follow it */
    unsigned last_number; /* lock */
    unsigned reads;       /* lock; of its sources, after the first time */
    char *refusal;        /* lock; of the last one: a JSON string, g_free(); NULL: it is in force */
} LiveMap;

/* OWNERS and JSON (the same, to show it) are taken over, also on failure. EXISTING: see AclMap;
 * stays the caller's. -ENOMEM. */
ErrInt live_map_init(LiveMap *map, OwnerMap *owners, char *json,
                     IdMap *const existing[ID_KIND_COUNT]);
void live_map_clear(LiveMap *map);

/* Puts OWNERS in force; as above. -ENOMEM: the old one stays. */
ErrInt live_map_set(LiveMap *map, OwnerMap *owners, char *json);

/* Frees the older versions that no request uses any more. Returns whether there are others. */
bool live_map_sweep(LiveMap *map);

/* For --status: the map was read again, and is in force or was refused; REFUSAL (a JSON string,
 * taken over; NULL: none) says why. */
void live_map_tell(LiveMap *map, char *refusal);

/* Writes "map_version":N,"map_reads":N,"map_refusal":STRING or null; the version is that of the
 * calling thread's request. */
void live_map_write_status(LiveMap *map, FILE *stream);

/* The calling thread begins and ends a request. */
void live_map_enter(LiveMap *map);
void live_map_leave(LiveMap *map);

/* Of the request that the calling thread works on. */
const MapVersion *live_map_used(void);
static inline const OwnerMap *live_map_owners(void)
{
    return live_map_used()->owners;
}
