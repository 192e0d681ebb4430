/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --status of a mount that has no daemon. */
#pragma once

#include <json-glib/json-glib.h>

/* What the kernel says of the idmapped mount at MOUNTPOINT:
 *
 *   "engine"      "kernel"
 *   "type"        of the file system
 *   "source"      its device, or what stands for one
 *   "directory"   the lower directory, as a path within the file system
 *   "options"     of the mount, at commas
 *   "map"         as by map_table_json(), without sources; null where the kernel does not tell it
 *
 * NULL: there is none. The caller unrefs. */
JsonObject *kernel_status(const char *mountpoint);
