/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Versions of the map, counted under a lock that is held for some nanoseconds. */
#include "fs/live_map.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdlib.h>

static _Thread_local MapVersion *used;

static void version_free(MapVersion *version)
{
    owner_map_free(version->owners);
    g_free(version->json);
    free(version);
}

/* Under the lock. Returns what is to be freed without it, or NULL. */
static MapVersion *give_up(LiveMap *map, MapVersion *version)
{
    if (--version->users > 0)
        return NULL;
    map->n_versions--;
    return version;
}

ErrInt live_map_init(LiveMap *map, OwnerMap *owners, char *json,
                     IdMap *const existing[ID_KIND_COUNT])
{
    *map = (LiveMap){
        .existing = {existing[ID_UID], existing[ID_GID]}
    };
    pthread_mutex_init(&map->lock, NULL);
    return live_map_set(map, owners, json);
}

void live_map_clear(LiveMap *map)
{
    if (map->current != NULL)
        version_free(map->current);
    g_free(map->refusal);
    pthread_mutex_destroy(&map->lock);
}

ErrInt live_map_set(LiveMap *map, OwnerMap *owners, char *json)
{
    MapVersion *version = malloc(sizeof(*version));
    MapVersion *old = NULL;

    if (version == NULL) {
        owner_map_free(owners);
        g_free(json);
        return -ENOMEM;
    }
    *version = (MapVersion){
        .owners = owners,
        .acl_map = {.owners = owners, .existing = {map->existing[ID_UID], map->existing[ID_GID]}},
        .json = json,
        .users = 1,
    };
    pthread_mutex_lock(&map->lock);
    if (map->current != NULL)
        old = give_up(map, map->current);
    version->number = map->last_number++;
    map->current = version;
    map->n_versions++;
    pthread_mutex_unlock(&map->lock);
    if (old != NULL)
        version_free(old);
    return 0;
}

bool live_map_is_mixed(LiveMap *map)
{
    LOCK_SCOPE(&map->lock);

    return map->n_versions > 1;
}

void live_map_tell(LiveMap *map, char *refusal)
{
    LOCK_SCOPE(&map->lock);

    map->reads++;
    g_free(map->refusal);
    map->refusal = refusal;
}

void live_map_write_status(LiveMap *map, FILE *stream)
{
    LOCK_SCOPE(&map->lock);

    fprintf(stream, "\"map_version\":%u,\"map_reads\":%u,\"map_refusal\":%s", used->number,
            map->reads, map->refusal != NULL ? map->refusal : "null");
}

void live_map_enter(LiveMap *map)
{
    LOCK_SCOPE(&map->lock);

    used = map->current;
    used->users++;
}

void live_map_leave(LiveMap *map)
{
    MapVersion *old;

    pthread_mutex_lock(&map->lock);
    old = give_up(map, used);
    pthread_mutex_unlock(&map->lock);
    used = NULL;
    if (old != NULL)
        version_free(old);
}

const MapVersion *live_map_used(void)
{
    return used;
}
