/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error domain of the volume driver. */
#include "volume-driver/driver_error.h"

G_DEFINE_QUARK(remapfs - driver - error - quark, driver_error)

bool driver_error_set(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_propagate_error(error, g_error_new_valist(DRIVER_ERROR, 0, format, arguments));
    va_end(arguments);
    return false;
}
