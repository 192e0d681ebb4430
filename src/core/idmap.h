/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A one-to-one map between lower and shown IDs of one kind, immutable once made. */
#pragma once

#include "core/id.h"

#include <glib.h>
#include <stddef.h>

/* COUNT consecutive IDs: lower LOWER + i is shown as SHOWN + i. The columns and their order are
 * those of /proc/PID/uid_map, see user_namespaces(7). */
typedef struct {
    uint32_t lower;
    uint32_t shown;
    uint32_t count;
    unsigned line;      /* where it was read: a line of SOURCE from 1, or 0 if SOURCE has none */
    GRefString *source; /* a file, or the option's text; for messages and tables; never NULL */
} IdExtent;

/* Whether it is a range at all: not empty, and not past ID_MAX on either side. The message does not
 * say where the extent came from. */
bool id_extent_check(const IdExtent *extent, GError **error);

/* Where it was read, as messages and tables write it: "SOURCE:LINE", or "SOURCE" alone. The caller
 * frees with g_free(). */
char *id_extent_origin(const IdExtent *extent);

typedef struct IdMap IdMap;

/* Makes a map of the N EXTENTS, which are copied (each SOURCE gets a reference). Fails with
 * MAP_ERROR (core/map_error.h) when a range is empty, passes ID_MAX, or overlaps another one on
 * either side; the message names both. N may be 0: nothing is mapped. Free with idmap_free(). */
IdMap *idmap_new(IdKind kind, const IdExtent *extents, size_t n, GError **error);
void idmap_free(IdMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IdMap, idmap_free)

/* The two directions: O(log n), no allocation, no lock. False, and nothing is written, when no
 * extent covers the ID. */
bool idmap_to_shown(const IdMap *map, LowerId lower, ShownId *ret_shown);
bool idmap_to_lower(const IdMap *map, ShownId shown, LowerId *ret_lower);

/* Whether an extent covers the ID, and the lowest ID for which that is so without a break down from
 * this one: the first of its extent or of the gap between two. For walks over the numbers of one
 * side; O(log n), as above. */
bool idmap_run_of_lower(const IdMap *map, LowerId lower, LowerId *ret_first);
bool idmap_run_of_shown(const IdMap *map, ShownId shown, ShownId *ret_first);

/* The extents in the order in which they were given; valid as long as the map. */
const IdExtent *idmap_extents(const IdMap *map, size_t *ret_n);
