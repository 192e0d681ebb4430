/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a directory tree holds, as a mount of it would show it: with the file systems mounted
 * below, without following symbolic links. */
#pragma once

#include "base/errint.h"

#include <glib.h>
#include <stdint.h>
#include <sys/stat.h>

typedef struct {
    const char *directory; /* as given, and the names below it */
    const char *name;      /* in the current directory; "." for the root of the tree itself */
    struct stat attr;
} TreeEntry;

typedef void TreeVisit(void *data, const TreeEntry *entry);

typedef struct {
    uint64_t seen;     /* what was visited */
    uint64_t failures; /* what could not be */
    char *failed;      /* the first of these, a path; NULL: none */
    int failed_errno;
} TreeResult;

void tree_result_clear(TreeResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TreeResult, tree_result_clear)

/* Visits ROOT and everything below, in no particular order, each with its directory as the current
 * one; the current directory is as before in the end. Costs two descriptors whatever the depth.
 * -errno: ROOT itself cannot be opened as a directory, or there is no way back. */
ErrInt tree_walk(const char *root, TreeVisit *visit, void *data, TreeResult *ret_result);
