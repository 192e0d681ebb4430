/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the input is a command line, one argument a line. */
#include "core/map_error.h"
#include "daemon/options.h"
#include "requirement.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_validity(double seconds)
{
    return seconds >= 0 || seconds == VALIDITY_UNSET;
}

/* What an action cannot do without is there; and no value is empty or negative that must not be. */
static void check_options(const Options *options)
{
    const FilesystemOptions *filesystem = &options->filesystem;

    require(options->action != ACTION_MOUNT ||
            (options->lower != NULL && options->mountpoint != NULL));
    require(options->action != ACTION_STATUS || options->mountpoint != NULL);
    require(is_validity(filesystem->validity.attr) && is_validity(filesystem->validity.entry) &&
            is_validity(filesystem->validity.negative));
    require(options->sloppy || options->dropped_options->len == 0);
    for (guint i = 0; i < options->mount_options->len; i++)
        require(*(const char *)options->mount_options->pdata[i] != '\0');
}

/* An error says something, and is one of a wrong call or of a wrong map. */
static void check_error(GError *error)
{
    require(error != NULL && *error->message != '\0');
    require(error->message[strlen(error->message) - 1] != '\n');
    require(error->domain == OPTIONS_ERROR || error->domain == MAP_ERROR);
    g_error_free(error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *line = g_strconcat("remapfs\n", text, NULL);
    g_auto(GStrv) arguments = g_strsplit(line, "\n", -1);
    Options options;
    GError *error = NULL;

    if (options_parse(&options, (int)g_strv_length(arguments), arguments, &error))
        check_options(&options);
    else
        check_error(error);
    options_clear(&options);
    return 0;
}
