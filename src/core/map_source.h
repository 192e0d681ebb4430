/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One SOURCE of map=, uidmap= or gidmap=: which kind it is, and the reader of each kind. Start-up
 * only. */
#pragma once

#include "core/extent_list.h"
#include "core/map_request.h"

typedef enum {
    MAP_LAYOUT_DOCKER,
    MAP_LAYOUT_PODMAN,
} MapLayout;

/* One option as it was given, and where its extents go. */
typedef struct {
    const char *option; /* "map", "uidmap" or "gidmap" */
    const char *value;  /* the whole SOURCE */
    bool wanted[ID_KIND_COUNT];
    MapLayout layout; /* of subordinate ranges */
    const MapPaths *paths;
    const char *lower; /* the lower directory; may be NULL */
    ExtentList *extents[ID_KIND_COUNT];
    GPtrArray *warnings; /* of strings */
} MapSource;

/* Reads SOURCE into its lists. Fails with MAP_ERROR, prefixed by "OPTION=VALUE: ". */
bool map_source_read(const MapSource *source, GError **error);

/* What follows is for the readers, one file each. A reader gets the value after its prefix, adds at
 * least one extent to the list of every kind that is wanted, and fails with a message that
 * map_source_read() completes. */
typedef bool MapSourceReader(const MapSource *source, const char *text, GError **error);

MapSourceReader source_docker_read;  /* docker */
MapSourceReader source_literal_read; /* LOWER:SHOWN[:COUNT]... */
MapSourceReader source_offset_read;  /* offset:N */
MapSourceReader source_owner_read;   /* owner:UID[:GID] */
MapSourceReader source_pid_read;     /* pid:PID */
MapSourceReader source_subfile_read; /* /PATH/subuid:USER[:GROUP] */
MapSourceReader source_subid_read;   /* subid:USER[:GROUP] */
MapSourceReader source_uidmap_read;  /* /PATH/uid_map */
MapSourceReader source_userns_read;  /* userns:PATH */

/* "OPTION=VALUE", the source of extents that come from no file. */
GRefString *map_source_text(const MapSource *source);

/* Whether both maps are wanted, that is, whether the option is map=. */
bool map_source_wants_both(const MapSource *source);

/* The file for gids that belongs to the file for uids PATH: the same name with GID in place of UID.
 * PATH itself when its name does not contain UID. The caller frees with g_free(). */
char *map_source_sibling(const char *path, const char *uid, const char *gid);
