/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts that a directory tree consists of, by /proc/self/mountinfo, see proc(5). */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *path;    /* where it is mounted */
    char *type;    /* of the file system, with its subtype */
    char *options; /* of the mount, at commas */
} MountLine;

/* Of MountLine: the one that the absolute path DIRECTORY, which has no symbolic links in it, is on,
 * and those below it. MOUNTINFO is the file's text. A mount point that another mount hides counts
 * once, as the last one. The caller unrefs. */
GPtrArray *mount_list_below(const char *mountinfo, const char *directory);

bool mount_line_has(const MountLine *line, const char *option);
