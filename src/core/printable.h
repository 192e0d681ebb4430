/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from files and options, made fit for a message. Start-up only. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A copy of TEXT with a question mark for every control character, which could otherwise forge a
 * line of a log or reach a terminal. The caller frees with g_free(). */
char *printable(const char *text);

/* Whether a copy would be the same. */
bool is_printable(const char *text);
