/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The paths are absolute. */
typedef struct {
    char *socket;
    char *state;
    char *mounts;
    char *remapfs;
    bool help;
    bool version;
} Arguments;

/* The caller clears, also after a failure. */
bool arguments_parse(Arguments *arguments, int argc, char **argv, GError **error);
void arguments_clear(Arguments *arguments);

void arguments_print_help(void);
