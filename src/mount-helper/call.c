/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, from argv to Call. */
#include "mount-helper/call.h"

#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK(remapfs - mount - call - error, call_error)

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error != NULL)
        *error = g_error_new_valist(CALL_ERROR, 0, format, args);
    va_end(args);
    return false;
}

static bool take_letter(Call *call, int letter, GError **error)
{
    switch (letter) {
    case 's':
        call->sloppy = true;
        return true;
    case 'f':
        call->fake = true;
        return true;
    case 'v':
        call->verbose = true;
        return true;
    case 'n': /* it is mount(8) that writes to /run/mount/utab */
        return true;
    case 'o':
        call->options = optarg;
        return true;
    case 't':
        call->suid_dev = strcmp(optarg, "fuse.remapfs") == 0;
        return call->suid_dev || strcmp(optarg, "remapfs") == 0 ||
               fail(error, "-t %s: only remapfs and fuse.remapfs are mounted by this program",
                    optarg);
    case 'N':
        /* The program, its libraries and the files that the map names would be those of that
         * namespace, run with the powers of this one. */
        return fail(error,
                    "-N %s: not supported\n  to mount in another namespace, with the programs that "
                    "are there:  nsenter --mount=NAMESPACE mount ...",
                    optarg);
    case 'h':
        call->kind = CALL_HELP;
        return true;
    case 'V':
        call->kind = CALL_VERSION;
        return true;
    default:
        return fail(error, letter == ':' ? "-%c: needs a value" : "-%c: unknown option", optopt);
    }
}

bool call_parse(Call *call, int argc, char **argv, GError **error)
{
    int letter;

    *call =
        (Call){.options = "", .suid_dev = argc > 0 && g_str_has_suffix(argv[0], "fuse.remapfs")};
    opterr = 0;
    while ((letter = getopt(argc, argv, ":sfnvN:o:t:hV")) != -1)
        if (!take_letter(call, letter, error))
            return false;
    if (call->kind != CALL_MOUNT)
        return true;
    if (argc - optind != 2)
        return fail(error, "%s\n  'mount.remapfs -h' shows how it is called",
                    argc - optind > 2 ? "too many arguments" : "LOWER or MOUNTPOINT is missing");
    call->lower = argv[optind];
    call->mountpoint = argv[optind + 1];
    return true;
}
