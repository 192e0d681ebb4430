/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Paths are absolute. */
typedef struct {
    char *socket;
    char *state;
    char *mounts;
    char *remapfs;
    gboolean version;
} Arguments;

/* Prints its help and exits for --help. The caller clears, also after a failure. */
bool arguments_parse(Arguments *arguments, int argc, char **argv, GError **error);
void arguments_clear(Arguments *arguments);
