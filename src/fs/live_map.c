/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Versions of the map, whose users are counted under a lock that is never held for long. */
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
    while (map->current != NULL) {
        MapVersion *version = map->current;
        map->current = version->older;
        version_free(version);
    }
    g_free(map->refusal);
    pthread_mutex_destroy(&map->lock);
}

ErrInt live_map_set(LiveMap *map, OwnerMap *owners, char *json)
{
    MapVersion *version = malloc(sizeof(*version));

    if (version == NULL) {
        owner_map_free(owners);
        g_free(json);
        return -ENOMEM;
    }
    *version = (MapVersion){
        .owners = owners,
        .acl_map = {.owners = owners, .existing = {map->existing[ID_UID], map->existing[ID_GID]}},
        .json = json,
    };
    pthread_mutex_lock(&map->lock);
    version->number = map->last_number++;
    version->older = map->current;
    map->current = version;
    pthread_mutex_unlock(&map->lock);
    return 0;
}

bool live_map_sweep(LiveMap *map)
{
    LOCK_SCOPE(&map->lock);
    MapVersion **place = &map->current->older;

    while (*place != NULL) {
        MapVersion *version = *place;
        if (version->users > 0) {
            place = &version->older;
            continue;
        }
        *place = version->older;
        version_free(version);
    }
    return map->current->older != NULL;
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
    LOCK_SCOPE(&map->lock);

    used->users--;
    used = NULL;
}

const MapVersion *live_map_used(void)
{
    return used;
}
