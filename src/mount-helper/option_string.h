/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option strings of libmount. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Its options, as "NAME" or "NAME=VALUE" each, in the form of remapfs's -o: where libmount quotes a
 * value that has a comma, remapfs wants a backslash before the comma. Fails with G_FILE_ERROR_INVAL
 * when it cannot be taken apart. */
GPtrArray *option_string_split(const char *options, GError **error);

/* Whether one of them is OPTION. */
bool option_string_has(const GPtrArray *options, const char *option);
