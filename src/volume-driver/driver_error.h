/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one error domain of the volume driver. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The code says nothing; a message may have a second line, of what to do, that begins with two
 * blanks. Engines show it to their users. */
#define DRIVER_ERROR (driver_error_quark())
GQuark driver_error_quark(void);

/* Sets ERROR to the formatted text, which has no newline at its end, and returns false. */
bool driver_error_set(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
