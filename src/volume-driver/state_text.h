/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver's state as text:
 *
 *   {
 *     "version": 1,
 *     "volumes": [
 *       {
 *         "name": "data",
 *         "options": { "source": "/srv/data", "map": "docker" },
 *         "created": "2026-01-31T12:00:00Z",
 *         "mounts": [ "ID", ... ]
 *       }, ...
 *     ]
 *   }
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A longer one is neither read nor written. */
#define STATE_TEXT_MAX_BYTES ((size_t)16 * 1024 * 1024)

/* Adds to VOLUMES those of the LENGTH bytes at TEXT, and to FAULTS a message for each that is no
 * volume and was left out. Fails when the text is no state at all; there are no volumes then. */
bool state_text_read(const char *text, size_t length, GPtrArray *volumes, GPtrArray *faults,
                     GError **error);

/* VOLUMES is of Volume, whose IDs nobody changes meanwhile. The caller frees with g_free(). */
char *state_text_write(const GPtrArray *volumes, size_t *ret_length);
