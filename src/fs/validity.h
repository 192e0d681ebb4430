/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long the kernel may keep what it is told, in seconds. */
#pragma once

#include "fs/node.h"

/* That PARENT has a name, which was looked up (or made) after watch_mark(). */
double validity_of_name(const Node *parent);

/* That it has no such name. */
double validity_of_no_name(const Node *parent);

/* Marks NODE if its attributes are to be kept for long; before they are read. */
void validity_prepare_attr(const Node *node);

/* The same of FD, which was found on MOUNT and is not in the table yet. Returns when it was marked,
 * as watch_mark_found(), or 0. */
uint32_t validity_prepare_found(Filesystem *fs, LowerMount *mount, int fd);

/* The attributes of INODE. */
double validity_of_attr(Filesystem *fs, const Inode *inode);
