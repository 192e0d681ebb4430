/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inode numbers of several lower file systems in the one number space of the mount. */
#pragma once

#include "base/errint.h"

#include <stdint.h>
#include <sys/types.h>

/* The lower root's file system keeps its numbers. Others that are found below it (sub-mounts,
 * btrfs subvolumes) get numbers with bit 63 set, which no two share and which stay the same as
 * long as the daemon runs:
 *
 *   bit 63   62..48            47..0
 *   0        the number itself, of the root's file system
 *   1        0..0x7ffe device  the number, when it fits 48 bits
 *   1        0x7fff            a counter, for every number that does not fit its place
 *
 * A number of the root's file system that has bit 63 set itself (overlayfs gives such ones to
 * some directories) takes the last form too, so no collision is possible. */
typedef struct InoSpace InoSpace;

/* NULL: out of memory. Thread-safe. */
InoSpace *ino_space_new(dev_t root);
void ino_space_free(InoSpace *space);

/* -ENOMEM. */
ErrInt ino_space_map(InoSpace *space, dev_t device, uint64_t lower_ino, uint64_t *ret_ino);
