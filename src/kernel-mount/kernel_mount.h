/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts by the kernel alone: idmapped mounts, see "ID-mapped mounts" in mount_setattr(2).
 *
 * Such a mount is made off to the side: a copy of the lower directory's mounts, which nothing is
 * below yet; it gets its map, once and for all, from a user namespace that is made for that and
 * goes again; what the kernel says of it is looked at; and only then it is attached, in one step. A
 * failure before that leaves nothing, since what is not attached goes with its descriptor. */
#pragma once

#include "core/ownermap.h"

typedef struct {
    const OwnerMap *owners;
    const GPtrArray *options;        /* of strings: mount(8)'s, in the order given; may be NULL */
    const GPtrArray *daemon_options; /* of strings: what only the daemon does; may be NULL */
} KernelMountRequest;

/* Whether any kernel could do what is asked. Fails with KERNEL_MOUNT_REFUSED. */
bool kernel_mount_check(const KernelMountRequest *request, GError **error);

/* Makes the mount of the directory of LOWER_FD (O_PATH will do), all of it but attaching it
 * anywhere. LOWER is its path, absolute and without symbolic links. Returns a descriptor; -1 with
 * KERNEL_MOUNT_ERROR. */
int kernel_mount_new(const KernelMountRequest *request, int lower_fd, const char *lower,
                     GError **error);

/* Attaches it on the directory of descriptor COVERED_FD. Fails with KERNEL_MOUNT_FAILED. */
bool kernel_mount_attach(int mount_fd, int covered_fd, GError **error);
