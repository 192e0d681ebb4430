/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error domain of everything that reads or builds maps. */
#include "core/map_error.h"

G_DEFINE_QUARK(remapfs - map - error - quark, map_error)

bool map_error_set(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    GError *made = g_error_new_valist(MAP_ERROR, MAP_ERROR_INVALID, format, arguments);
    va_end(arguments);
    g_propagate_error(error, made);
    return false;
}
