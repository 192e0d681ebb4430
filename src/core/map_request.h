/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the map options of a command line to an OwnerMap. Start-up only. */
#pragma once

#include "core/ownermap.h"

/* Where the SOURCEs that name no file look. Tests set their own. */
typedef struct {
    const char *subuid;        /* /etc/subuid */
    const char *subgid;        /* /etc/subgid */
    const char *docker_config; /* /etc/docker/daemon.json */
} MapPaths;

extern const MapPaths map_paths_default;

/* What the user asked for; an all-zero one asks for nothing. Strings belong to the request. */
typedef struct {
    GPtrArray *sources; /* of MapSourceOption, in the order given */
    char *layout;       /* "docker", "podman" or NULL */
    char *unmapped;     /* the value of unmapped=, or NULL */
    char *hostroot;     /* "adopt", "deny" or NULL */
    bool invert;
} MapRequest;

void map_request_init(MapRequest *request);
void map_request_clear(MapRequest *request);

/* OPTION is "map", "uidmap", "gidmap", "layout", "unmapped", "hostroot" or "invert" (VALUE NULL).
 * Values are copied and not looked at before map_request_resolve(). layout, unmapped and hostroot:
 * the last one given wins. False: OPTION is none of these. */
bool map_request_set(MapRequest *request, const char *option, const char *value);

/* Reads every source, validates, and makes the maps. LOWER (a path, may be NULL) is the directory
 * that owner: asks about. Warnings (strings, without prefix) are added to WARNINGS. Fails with
 * MAP_ERROR; a request without any map source is an error. Free with owner_map_free(). */
OwnerMap *map_request_resolve(const MapRequest *request, const MapPaths *paths, const char *lower,
                              GPtrArray *warnings, GError **error);

/* A file of subordinate IDs that the request reads. */
typedef struct {
    IdKind kind;
    char *file;
    IdKind owner_kind; /* whether OWNER is a user or a group */
    char *owner;       /* as written; NULL: the source does not say whose ranges it takes */
} MapSubids;

/* All of these, of MapSubids, also when the request cannot be resolved. The caller unrefs. */
GPtrArray *map_request_subids(const MapRequest *request, const MapPaths *paths);
