/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts that a directory tree consists of, by /proc/self/mountinfo, see proc(5). */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    int id;
    int parent;         /* the ID of the mount that it is mounted on */
    char *root;         /* the directory of the file system that it shows */
    char *path;         /* where it is mounted */
    char *type;         /* of the file system, with its subtype */
    char *source;       /* of the file system, such as a device */
    char *options;      /* of the mount, at commas */
    bool is_unbindable; /* no other mount can show it */
} MountLine;

/* Of MountLine, all in MOUNTINFO, which is the file's text. The caller unrefs. */
GPtrArray *mount_list_all(const char *mountinfo);

/* The same of only the one that the absolute path DIRECTORY, which has no symbolic links in it, is
 * on, which comes first, and of those below it. A mount point that another mount hides counts once,
 * as the last one. */
GPtrArray *mount_list_below(const char *mountinfo, const char *directory);

/* The same of the mount ID and those mounted on it, below each other; empty: there is no ID. */
GPtrArray *mount_list_tree(const char *mountinfo, int id);

/* Whether PATH is DIRECTORY or below it; both are absolute and without symbolic links. */
bool mount_path_is_below(const char *path, const char *directory);

bool mount_line_has(const MountLine *line, const char *option);
