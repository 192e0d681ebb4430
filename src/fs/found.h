/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lower object that was found, before it is an inode of the table. */
#pragma once

#include "fs/node.h"

/* On its way into the table. Its mount is in use through the parent, or was counted
 * for it when it is another one. */
typedef struct {
    Filesystem *fs;
    const Node *parent; /* where it was found; NULL: the root, or it is no matter where */
    LowerObject object;
    uint32_t marked_at; /* validity_prepare_found() */
    bool is_old;        /* it was there before, and may be changed by others */
    bool holds_mount;
    bool is_nameless; /* it was made without a name */
} Found;

void found_clear(Found *found);

#define AUTO_FOUND CLEANUP(found_clear)

/* Fills in what FD is of; PARENT is where it was found, NULL for the root. -ELOOP: it is on our own
 * mount. */
ErrInt found_identify(Found *found, Filesystem *fs, const Node *parent, int fd);
