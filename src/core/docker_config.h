/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Docker's daemon.json, as far as it says how Docker remaps. Start-up only. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* No daemon.json is longer. */
#define DOCKER_CONFIG_MAX_BYTES ((size_t)64 * 1024)

/* The value of "userns-remap" in the LENGTH bytes of JSON at TEXT, which messages call NAME. Fails
 * with MAP_ERROR, also when the key is absent or empty. The caller frees with g_free(). */
char *docker_config_remap(const char *name, const char *text, size_t length, GError **error);
