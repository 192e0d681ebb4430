/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources that read subordinate ranges share. Start-up only. */
#pragma once

#include "core/account.h"
#include "core/map_source.h"

/* Whose ranges, and in which files. */
typedef struct {
    const char *files[ID_KIND_COUNT];
    const Account *user;
    const Account *group; /* NULL: the gid file is searched for the user, too */
    MapLayout layout;
} SubidQuery;

/* Adds the ranges for every kind that SOURCE wants. */
bool source_subid_query(const MapSource *source, const SubidQuery *query, GError **error);
