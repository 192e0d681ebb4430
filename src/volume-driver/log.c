/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages to standard error, from any thread. */
#include "volume-driver/log.h"

#include <glib.h>
#include <stdio.h>

void log_message(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    /* One call, so that lines of several threads do not mix. */
    fprintf(stderr, "remapfs-volume-driver: %s\n", text);
}
