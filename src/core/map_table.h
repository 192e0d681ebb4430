/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A map in words, for --print-map. Start-up only. */
#pragma once

#include "core/ownermap.h"

/* Owner of the lower directory, to be explained below the table. */
typedef struct {
    const char *path;
    LowerId uid;
    LowerId gid;
} LowerOwner;

/* Who is to mount. */
typedef struct {
    const char *name; /* "kernel" or "auto"; NULL: nothing is to be said of it */
    char *refusal;    /* why the kernel cannot mount by the map; NULL: it can */
} MapEngine;

/* A table (lower range, shown range, kind, source) and a sentence on the direction; with OWNER
 * (may be NULL) also how that directory is shown, and a warning when it is unmapped; with ENGINE
 * (may be NULL) whether the kernel can mount by it. The caller frees with g_free(). */
char *map_table_text(const OwnerMap *owners, const LowerOwner *owner, const MapEngine *engine);

/* The same as one JSON object, ended by a newline. The caller frees with g_free().
 *
 *   "uid", "gid"   arrays of {"lower", "shown", "count", "source", "line"}, in the order given;
 *                  "line" is absent where SOURCE has no lines
 *   "unmapped"     "nobody", "deny", "keep" or "squash"
 *   "squash"       {"uid", "gid"}, shown IDs; only with "unmapped": "squash"
 *   "hostroot"     "adopt" or "deny"
 *   "lower"        only with OWNER: {"path", "uid": {"lower", "shown"}, "gid": {"lower", "shown"},
 *                  "mapped"}; "shown" is null for nobody, "mapped" says whether ranges cover both
 *   "engine"       only with ENGINE: {"asked", "used", "reason"}, of which "used" is "kernel" or
 *                  "fuse", null for neither, and "reason" is only there when it is not "kernel"
 *
 * Bytes of a path that are not UTF-8 are shown as U+FFFD. */
char *map_table_json(const OwnerMap *owners, const LowerOwner *owner, const MapEngine *engine);
