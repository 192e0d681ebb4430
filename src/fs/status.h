/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a mount says of itself, to the one who mounted it: extended attributes of its root directory
 * that are not listed, and that nobody else gets.
 *
 *   system.remapfs.status   a JSON object, see status.c
 *   system.remapfs.map.N    from N times STATUS_MAP_PART bytes on, as many of the map, which is a
 *                           JSON object as map_table_json() makes it; less in the last part, none
 *                           behind that */
#pragma once

#include "fs/filesystem.h"

#include <sys/types.h>

#define STATUS_XATTR_PREFIX "system.remapfs."
#define STATUS_XATTR "system.remapfs.status"
#define STATUS_MAP_XATTR_PREFIX "system.remapfs.map."

enum {
    STATUS_MAP_PART = 48 * 1024,
};

/* Whether REQ asks for such an attribute, of NODE and by NAME, and may. */
bool status_is_asked(fuse_req_t req, uint64_t node, const char *name);

/* As getxattr(2): the size of the value of NAME, which is in VALUE then unless SIZE is 0; -ERANGE,
 * -ENODATA, -ENOMEM. */
ssize_t status_get(Filesystem *fs, const char *name, char *value, size_t size);
