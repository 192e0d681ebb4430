/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#pragma once

#include "core/map_request.h"
#include "fs/filesystem.h"
#include "kernel-mount/engine.h"

#include <stdio.h>

typedef enum {
    ACTION_MOUNT,
    ACTION_PRINT_MAP,
    ACTION_CHECK,
    ACTION_STATUS,
    ACTION_HELP,
    ACTION_VERSION,
} Action;

typedef struct {
    Action action;
    Engine engine;
    MapRequest maps;
    FilesystemOptions filesystem;
    GPtrArray *mount_options; /* of strings, for libfuse and the kernel */
    GPtrArray
        *flag_options; /* of strings, the same and those of access times, for the kernel alone */
    GPtrArray *daemon_options;  /* of strings, those that only the daemon can follow */
    GPtrArray *dropped_options; /* of strings, unknown ones after --sloppy */
    char *lower;                /* as given; NULL when there was none */
    char *mountpoint;           /* as given; NULL when there was none */
    bool foreground;
    bool debug;
    bool single_thread;
    bool no_sandbox;
    bool no_io_uring;
    bool json;
    bool sloppy;
} Options;

#define OPTIONS_ERROR (options_error_quark())
GQuark options_error_quark(void);

typedef enum {
    OPTIONS_ERROR_WRONG,
    OPTIONS_ERROR_UNKNOWN, /* there is no such option */
} OptionsError;

/* Fails with OPTIONS_ERROR for a wrong call. options_clear() in any case. */
bool options_parse(Options *options, int argc, char **argv, GError **error);
void options_clear(Options *options);

/* The table of options, for people. */
void options_print_help(FILE *stream);
