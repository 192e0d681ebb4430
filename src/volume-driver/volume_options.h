/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a volume: "source" and "create" are the driver's, all others those of remapfs. */
#pragma once

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* The options in NODE, an object of strings as engines send it; none when it is NULL or null. A
 * value that is "" means an option without one. Fails unless there is an absolute source, and names
 * and values are such as can be an option at all; what remapfs says to them is not asked here. The
 * object is a copy, that nobody changes, and has one owner, who unrefs: json-glib counts references
 * for one thread at a time only. */
JsonObject *volume_options_new(JsonNode *node, GError **error);

/* The directory that the volume shows. Owned by OPTIONS. */
const char *volume_options_source(JsonObject *options);

bool volume_options_equal(JsonObject *one, JsonObject *other);

/* As the member "options" of an object that is begun. */
void volume_options_write(JsonObject *options, JsonBuilder *builder);

/* Makes sure that the source is a directory: makes it, if "create" says with which mode, but not
 * its parents. */
bool volume_options_prepare_source(JsonObject *options, GError **error);

/* A call of the program REMAPFS, words that no shell is to see, NULL at the end: mounts the volume
 * on MOUNTPOINT, or only finds out whether it could, if that is NULL. The caller unrefs. */
GPtrArray *volume_options_call(JsonObject *options, const char *remapfs, const char *mountpoint);

/* Whether no option says what the map is, so that it is Docker's. */
bool volume_options_lack_map(JsonObject *options);
