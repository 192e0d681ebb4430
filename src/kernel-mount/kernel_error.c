/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a mount cannot be the kernel's own. */
#include "kernel-mount/kernel_error.h"

G_DEFINE_QUARK(remapfs - kernel - mount - error, kernel_mount_error)

bool kernel_mount_fail(GError **error, KernelMountError code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    GError *made = g_error_new_valist(KERNEL_MOUNT_ERROR, (gint)code, format, arguments);
    va_end(arguments);
    g_propagate_error(error, made);
    return false;
}
