/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error domain of everything that reads or builds maps. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Messages read "OPTION=VALUE: what is wrong", a second line that begins with two blanks says what
 * to do. The code says no more than that the map is at fault. */
#define MAP_ERROR (map_error_quark())
GQuark map_error_quark(void);

typedef enum {
    MAP_ERROR_INVALID,
} MapError;

/* Sets ERROR to the formatted text, which has no newline at its end, and returns false. What is
 * found low is composed there; the callers put file, line and option before it. */
bool map_error_set(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
