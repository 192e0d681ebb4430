/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that has the driver's state. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The Volumes in the file at PATH, none if there is no file. A file in which anything is wrong
 * stays beside it under another name, which a message says; what is right in it is used. Fails when
 * it cannot be read. The caller unrefs. */
GPtrArray *state_file_read(const char *path, GError **error);

/* Replaces it: whenever the machine stops, there is the old or the new one; the new one once this
 * returns true. VOLUMES as for state_text_write(). */
bool state_file_write(const char *path, const GPtrArray *volumes, GError **error);
