/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, from argv to Arguments. */
#include "volume-driver/arguments.h"

#include "volume-driver/driver_error.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>

/* Options with a path. */
static const struct {
    const char *name;
    const char *argument;
    const char *otherwise;
    const char *help;
    size_t offset; /* of the path in Arguments */
} rows[] = {
    {"socket",  "PATH", "/run/docker/plugins/remapfs.sock",
     "listen there, unless a socket is inherited",                                             offsetof(Arguments, socket) },
    {"state",   "FILE", "/var/lib/remapfs/volumes.json",    "keep the volumes there",
     offsetof(Arguments,                                                                                           state)  },
    {"mounts",  "DIR",  "/var/lib/remapfs/mnt",             "mount them below that directory",
     offsetof(Arguments,                                                                                           mounts) },
    {"remapfs", "PATH", REMAPFS_PATH,                       "the program that mounts",         offsetof(Arguments, remapfs)},
};

enum { FIRST_ROW = 256 }; /* no letter */

static char **path_of(Arguments *arguments, size_t row)
{
    return (char **)((char *)arguments + rows[row].offset);
}

static void set_path(Arguments *arguments, size_t row, const char *path)
{
    char **member = path_of(arguments, row);
    g_free(*member);
    *member = g_canonicalize_filename(path, NULL);
}

static bool take(Arguments *arguments, int option, const char *text, GError **error)
{
    switch (option) {
    case 'h':
        return arguments->help = true;
    case 'V':
        return arguments->version = true;
    case ':':
        return driver_error_set(error, "%s: needs a value", text);
    case '?':
        return driver_error_set(
            error, "%s: unknown option\n  'remapfs-volume-driver --help' lists them", text);
    default:
        set_path(arguments, (size_t)(option - FIRST_ROW), optarg);
        return true;
    }
}

bool arguments_parse(Arguments *arguments, int argc, char **argv, GError **error)
{
    struct option options[G_N_ELEMENTS(rows) + 3] = {
        [G_N_ELEMENTS(rows)] = {"help",    no_argument, NULL, 'h'},
        [G_N_ELEMENTS(rows) + 1] = {"version", no_argument, NULL, 'V'},
    };
    *arguments = (Arguments){0};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        options[i] = (struct option){rows[i].name, required_argument, NULL, FIRST_ROW + (int)i};
        set_path(arguments, i, rows[i].otherwise);
    }
    int option;
    while ((option = getopt_long(argc, argv, ":hV", options, NULL)) != -1)
        if (!take(arguments, option, argv[optind - 1], error))
            return false;
    if (optind < argc)
        return driver_error_set(error, "%s: there are no arguments but options", argv[optind]);
    return true;
}

void arguments_clear(Arguments *arguments)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_free(*path_of(arguments, i));
}

void arguments_print_help(void)
{
    printf("usage: remapfs-volume-driver [OPTION...]\n"
           "\n"
           "A volume plugin for Docker and Podman: each volume is a mount of remapfs.\n"
           "\n");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *left = g_strdup_printf("--%s %s", rows[i].name, rows[i].argument);
        printf("  %-15s %s\n%18s(%s)\n", left, rows[i].help, "", rows[i].otherwise);
    }
    printf("  -h, --help      print this text\n"
           "  -V, --version   print the version\n");
}
