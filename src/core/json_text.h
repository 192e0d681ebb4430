/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON from where it may be anything, parsed within bounds. */
#pragma once

#include <json-glib/json-glib.h>
#include <stddef.h>

/* The parser recurses for every bracket. */
#define JSON_TEXT_MAX_DEPTH 16

/* The object that the LENGTH bytes at TEXT are, at most MAX. Fails with MAP_ERROR when they are
 * anything else. The caller unrefs. */
JsonObject *json_text_object(const char *text, size_t length, size_t max, GError **error);
