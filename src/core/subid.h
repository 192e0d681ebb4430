/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of subordinate IDs, see subuid(5), and the maps that engines make of them. Start-up only.
 */
#pragma once

#include "core/account.h"
#include "core/extent_list.h"
#include "core/line_reader.h"
#include "core/map_source.h"

/* How the ranges of an owner become extents. */
typedef struct {
    MapLayout layout;
    uint32_t own_id; /* MAP_LAYOUT_PODMAN: what lower ID 0 is shown as */
} SubidRules;

/* Adds the ranges that READER has for OWNER to LIST, numbered from lower ID 0. RET_ORDER_MATTERS:
 * they are not sorted by start, so that engines differ. Every line is checked, also those of other
 * owners. Fails when OWNER has no range. */
bool subid_parse(LineReader *reader, const Account *owner, const SubidRules *rules,
                 ExtentList *list, bool *ret_order_matters, GError **error);
