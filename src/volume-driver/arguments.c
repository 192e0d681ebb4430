/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, from argv to Arguments. */
#include "volume-driver/arguments.h"

#include "volume-driver/driver_error.h"

static void make_absolute(char **path, const char *otherwise)
{
    char *absolute = g_canonicalize_filename(*path != NULL ? *path : otherwise, NULL);
    g_free(*path);
    *path = absolute;
}

bool arguments_parse(Arguments *arguments, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"socket",  0,   0, G_OPTION_ARG_FILENAME, &arguments->socket,
         "listen there, unless a socket is inherited (" DRIVER_SOCKET ")",                   "PATH"},
        {"state",   0,   0, G_OPTION_ARG_FILENAME, &arguments->state,
         "remember volumes there (" DRIVER_STATE ")",                                        "FILE"},
        {"mounts",  0,   0, G_OPTION_ARG_FILENAME, &arguments->mounts,
         "mount them below that directory (" DRIVER_MOUNTS ")",                              "DIR" },
        {"remapfs", 0,   0, G_OPTION_ARG_FILENAME, &arguments->remapfs,
         "the program that mounts (" REMAPFS_PATH ")",                                       "PATH"},
        {"version", 'V', 0, G_OPTION_ARG_NONE,     &arguments->version, "print the version", NULL  },
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    *arguments = (Arguments){0};
    g_option_context_set_summary(context, "Docker's and Podman's volumes as mounts of remapfs(8).");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return false;
    if (argc > 1)
        return driver_error_set(error,
                                "%s: there are no arguments but options\n"
                                "  'remapfs-volume-driver --help' lists them",
                                argv[1]);
    make_absolute(&arguments->socket, DRIVER_SOCKET);
    make_absolute(&arguments->state, DRIVER_STATE);
    make_absolute(&arguments->mounts, DRIVER_MOUNTS);
    make_absolute(&arguments->remapfs, REMAPFS_PATH);
    return true;
}

void arguments_clear(Arguments *arguments)
{
    g_free(arguments->socket);
    g_free(arguments->state);
    g_free(arguments->mounts);
    g_free(arguments->remapfs);
}
