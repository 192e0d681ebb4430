/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount -o remount: the flags that the kernel can change while a FUSE file system is mounted. */
#pragma once

#include "mount-helper/call.h"

#define REMOUNT_ERROR (remount_error_quark())
GQuark remount_error_quark(void);

typedef enum {
    REMOUNT_ERROR_REFUSED, /* what cannot be changed */
    REMOUNT_ERROR_FAILED,  /* by the kernel */
} RemountError;

/* OPTIONS: those of the call, split. mount(8) puts before what its user wrote what fstab has for
 * the mount point or, if it has nothing, what the mount has already; what stands there stays as it
 * is. */
bool remount(const Call *call, const GPtrArray *options, GError **error);
