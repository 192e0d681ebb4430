/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growable list of extents, in the order in which they were read. Start-up only. */
#pragma once

#include "core/idmap.h"

typedef struct ExtentList ExtentList;

ExtentList *extent_list_new(void);
void extent_list_free(ExtentList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExtentList, extent_list_free)

/* Appends a copy of EXTENT, which holds a reference to its source. Fails, and appends nothing, when
 * it is no range (id_extent_check()); overlaps are for idmap_new() to find. */
bool extent_list_add(ExtentList *list, const IdExtent *extent, GError **error);

/* Swaps the columns of every extent. */
void extent_list_invert(ExtentList *list);

/* Valid until the list changes; NULL or not when it is empty. */
const IdExtent *extent_list_items(const ExtentList *list, size_t *ret_n);
