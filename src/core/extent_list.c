/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growable list of extents, in the order in which they were read. */
#include "core/extent_list.h"

struct ExtentList {
    GArray *extents; /* of IdExtent */
};

static void release_source(void *data)
{
    IdExtent *extent = data;
    g_ref_string_release(extent->source);
}

ExtentList *extent_list_new(void)
{
    ExtentList *list = g_new(ExtentList, 1);
    list->extents =
        g_array_new(/* zero_terminated = */ FALSE, /* clear = */ FALSE, sizeof(IdExtent));
    g_array_set_clear_func(list->extents, release_source);
    return list;
}

void extent_list_free(ExtentList *list)
{
    if (list == NULL)
        return;
    g_array_unref(list->extents);
    g_free(list);
}

bool extent_list_add(ExtentList *list, const IdExtent *extent, GError **error)
{
    if (!id_extent_check(extent, error))
        return false;
    g_ref_string_acquire(extent->source);
    g_array_append_vals(list->extents, extent, 1);
    return true;
}

void extent_list_invert(ExtentList *list)
{
    for (guint i = 0; i < list->extents->len; i++) {
        IdExtent *extent = &g_array_index(list->extents, IdExtent, i);
        uint32_t lower = extent->lower;
        extent->lower = extent->shown;
        extent->shown = lower;
    }
}

const IdExtent *extent_list_items(const ExtentList *list, size_t *ret_n)
{
    *ret_n = list->extents->len;
    return (const IdExtent *)(const void *)list->extents->data;
}
