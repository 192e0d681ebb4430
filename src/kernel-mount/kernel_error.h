/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a mount cannot be the kernel's own. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Messages have the reason in their first line and what to do in a second one, which begins with
 * two blanks. */
#define KERNEL_MOUNT_ERROR (kernel_mount_error_quark())
GQuark kernel_mount_error_quark(void);

typedef enum {
    KERNEL_MOUNT_REFUSED, /* no kernel could do what is asked */
    KERNEL_MOUNT_FAILED,  /* this one does not, there, for this user */
} KernelMountError;

/* Sets ERROR to the formatted text and returns false. */
bool kernel_mount_fail(GError **error, KernelMountError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
