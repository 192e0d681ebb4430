/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A one-to-one map between lower and shown IDs of one kind, immutable once made. */
#include "core/idmap.h"

#include "core/map_error.h"

#include <stdlib.h>

typedef enum {
    SIDE_LOWER,
    SIDE_SHOWN,
    SIDE_COUNT,
} Side;

/* An extent as seen from one side: the IDs FIRST to LAST there are those from OTHER on opposite.
 * Twelve bytes instead of a whole extent: a look-up touches nothing else. */
typedef struct {
    uint32_t first;
    uint32_t last;
    uint32_t other;
} Range;

struct IdMap {
    size_t n;
    IdExtent *extents;
    Range *ranges[SIDE_COUNT]; /* sorted by FIRST, none overlapping */
};

static const char *const kind_names[ID_KIND_COUNT] = {"uid", "gid"};
static const char *const side_names[SIDE_COUNT] = {"lower", "shown"};

static uint32_t extent_first(const IdExtent *extent, Side side)
{
    return side == SIDE_LOWER ? extent->lower : extent->shown;
}

static uint32_t extent_last(const IdExtent *extent, Side side)
{
    return extent_first(extent, side) + (extent->count - 1);
}

bool id_extent_check(const IdExtent *extent, GError **error)
{
    if (extent->count == 0)
        return map_error_set(error, "COUNT is 0\n  a range has at least one ID");
    for (Side side = 0; side < SIDE_COUNT; side++) {
        uint32_t first = extent_first(extent, side);
        if (first > ID_MAX || extent->count - 1 > ID_MAX - first)
            return map_error_set(error,
                                 "the %s range of %" G_GUINT32_FORMAT " IDs from %" G_GUINT32_FORMAT
                                 " passes %" G_GUINT32_FORMAT "\n"
                                 "  that is the largest ID; the third number is a count, not the "
                                 "end of the range",
                                 side_names[side], extent->count, first, ID_MAX);
    }
    return true;
}

char *id_extent_origin(const IdExtent *extent)
{
    if (extent->line == 0)
        return g_strdup(extent->source);
    return g_strdup_printf("%s:%u", extent->source, extent->line);
}

static int compare_lower(const void *a, const void *b)
{
    const IdExtent *const *left = a;
    const IdExtent *const *right = b;
    return ((*left)->lower > (*right)->lower) - ((*left)->lower < (*right)->lower);
}

static int compare_shown(const void *a, const void *b)
{
    const IdExtent *const *left = a;
    const IdExtent *const *right = b;
    return ((*left)->shown > (*right)->shown) - ((*left)->shown < (*right)->shown);
}

static char *side_text(const IdExtent *extent, Side side)
{
    g_autofree char *origin = id_extent_origin(extent);
    uint32_t first = extent_first(extent, side);
    uint32_t last = extent_last(extent, side);
    if (first == last)
        return g_strdup_printf("%" G_GUINT32_FORMAT " (%s)", first, origin);
    return g_strdup_printf("%" G_GUINT32_FORMAT "-%" G_GUINT32_FORMAT " (%s)", first, last, origin);
}

static bool fail_overlap(IdKind kind, Side side, const IdExtent *a, const IdExtent *b,
                         GError **error)
{
    /* In the order given, which is the order in which the user looks for them. */
    g_autofree char *earlier = side_text(a < b ? a : b, side);
    g_autofree char *later = side_text(a < b ? b : a, side);
    return map_error_set(error,
                         "two ranges of %ss overlap on the %s side: %s and %s\n"
                         "  a map is one-to-one: leave one of them out, or make it shorter",
                         kind_names[kind], side_names[side], earlier, later);
}

static bool sort_side(IdMap *map, IdKind kind, Side side, GError **error)
{
    g_autofree const IdExtent **sorted = g_new(const IdExtent *, map->n);
    for (size_t i = 0; i < map->n; i++)
        sorted[i] = &map->extents[i];
    qsort(sorted, map->n, sizeof(*sorted), side == SIDE_LOWER ? compare_lower : compare_shown);

    map->ranges[side] = g_new(Range, map->n);
    for (size_t i = 0; i < map->n; i++) {
        if (i > 0 && extent_first(sorted[i], side) <= extent_last(sorted[i - 1], side))
            return fail_overlap(kind, side, sorted[i - 1], sorted[i], error);
        map->ranges[side][i] = (Range){
            .first = extent_first(sorted[i], side),
            .last = extent_last(sorted[i], side),
            .other = extent_first(sorted[i], side == SIDE_LOWER ? SIDE_SHOWN : SIDE_LOWER),
        };
    }
    return true;
}

IdMap *idmap_new(IdKind kind, const IdExtent *extents, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        if (!id_extent_check(&extents[i], error)) {
            g_autofree char *origin = id_extent_origin(&extents[i]);
            g_prefix_error(error, "%s: ", origin);
            return NULL;
        }
    }

    g_autoptr(IdMap) map = g_new0(IdMap, 1);
    map->extents = g_new(IdExtent, n);
    map->n = n;
    for (size_t i = 0; i < n; i++) {
        map->extents[i] = extents[i];
        g_ref_string_acquire(map->extents[i].source);
    }
    if (n > 0)
        for (Side side = 0; side < SIDE_COUNT; side++)
            if (!sort_side(map, kind, side, error))
                return NULL;
    return g_steal_pointer(&map);
}

void idmap_free(IdMap *map)
{
    if (map == NULL)
        return;
    for (size_t i = 0; i < map->n; i++)
        g_ref_string_release(map->extents[i].source);
    for (Side side = 0; side < SIDE_COUNT; side++)
        g_free(map->ranges[side]);
    g_free(map->extents);
    g_free(map);
}

/* The first range that does not end before ID; N if all do. */
static size_t find_range(const Range *ranges, size_t n, uint32_t id)
{
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].last < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool translate(const Range *ranges, size_t n, uint32_t id, uint32_t *ret_other)
{
    size_t at = find_range(ranges, n, id);
    if (at == n || id < ranges[at].first)
        return false;
    *ret_other = ranges[at].other + (id - ranges[at].first);
    return true;
}

static bool run_of(const Range *ranges, size_t n, uint32_t id, uint32_t *ret_first)
{
    size_t at = find_range(ranges, n, id);
    if (at < n && id >= ranges[at].first) {
        *ret_first = ranges[at].first;
        return true;
    }
    *ret_first = at > 0 ? ranges[at - 1].last + 1 : 0;
    return false;
}

bool idmap_to_shown(const IdMap *map, LowerId lower, ShownId *ret_shown)
{
    return translate(map->ranges[SIDE_LOWER], map->n, lower.value, &ret_shown->value);
}

bool idmap_to_lower(const IdMap *map, ShownId shown, LowerId *ret_lower)
{
    return translate(map->ranges[SIDE_SHOWN], map->n, shown.value, &ret_lower->value);
}

bool idmap_run_of_lower(const IdMap *map, LowerId lower, LowerId *ret_first)
{
    return run_of(map->ranges[SIDE_LOWER], map->n, lower.value, &ret_first->value);
}

bool idmap_run_of_shown(const IdMap *map, ShownId shown, ShownId *ret_first)
{
    return run_of(map->ranges[SIDE_SHOWN], map->n, shown.value, &ret_first->value);
}

const IdExtent *idmap_extents(const IdMap *map, size_t *ret_n)
{
    *ret_n = map->n;
    return map->extents;
}
