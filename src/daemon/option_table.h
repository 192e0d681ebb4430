/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that follow -o, of which ours can be long options as well. */
#pragma once

#include "daemon/options.h"

/* Takes one option, "NAME" or "NAME=VALUE". Fails with OPTIONS_ERROR. */
bool option_table_take(Options *options, const char *text, GError **error);

/* Whether "NAME" or "NAME=VALUE" is an option of ours, and whether it still lacks its value. */
bool option_table_is_ours(const char *text, bool *ret_needs_value);

/* All of them, for --help. */
void option_table_print(FILE *stream);
