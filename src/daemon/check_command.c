/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --check: looks at everything that a mount would need, and mounts nothing. */
#include "daemon/check_command.h"

#include "base/cleanup.h"
#include "check/checks.h"
#include "check/findings_print.h"
#include "core/own_ids.h"
#include "daemon/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Colours are for terminals that have them, unless <https://no-color.org> is followed. */
static bool wants_colours(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(STDOUT_FILENO) == 1 && (no_color == NULL || *no_color == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

/* One line that is written over itself, on the terminal that messages go to. */
static void show_progress(void *data, uint64_t seen)
{
    *(bool *)data = true;
    fprintf(stderr, "\rremapfs: looking at the owners of files: %" G_GUINT64_FORMAT, seen);
    fflush(stderr);
}

/* Why the kernel cannot mount by itself; NULL: it can, or is not asked to. A LOWER that is not
 * there is for another check. The caller frees with g_free(). */
static char *find_kernel_refusal(const Options *options, const OwnerMap *owners)
{
    char *lower AUTO_FREE = options->lower != NULL ? realpath(options->lower, NULL) : NULL;
    g_autoptr(GError) error = NULL;

    if (options->engine == ENGINE_FUSE || owners == NULL ||
        engine_kernel_can(options, owners, lower, &error))
        return NULL;
    return g_strdup(error->message);
}

ExitStatus check_command(const Options *options, const OwnerMap *owners, const char *map_error,
                         const GPtrArray *warnings)
{
    g_autoptr(Findings) findings = findings_new();
    struct utsname kernel = {0};
    IdMap *own_ids[ID_KIND_COUNT] = {NULL};
    bool progressed = false;
    g_autofree char *refusal = find_kernel_refusal(options, owners);
    CheckRequest request = {
        .root = "",
        .request = &options->maps,
        .paths = &map_paths_default,
        .owners = owners,
        .map_error = map_error,
        .warnings = warnings,
        .lower = options->lower,
        .mountpoint = options->mountpoint,
        .mount_options = options->mount_options,
        .engine = options->engine,
        .kernel_refusal = refusal,
        .no_passthrough = options->filesystem.no_passthrough,
        .kernel_cache = options->filesystem.kernel_cache,
        .noatime = options->filesystem.noatime,
        .uid = geteuid(),
        .progress_data = &progressed,
    };

    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        if (own_ids_read(kind, &own_ids[kind], NULL))
            request.own_ids[kind] = own_ids[kind];
    if (isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 1)
        request.progress = show_progress;
    uname(&kernel);
    request.kernel_release = kernel.release;
    checks_run(&request, findings);
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        idmap_free(own_ids[kind]);
    if (progressed)
        fputs("\r\033[K", stderr);
    g_autofree char *text =
        options->json ? findings_json(findings) : findings_text(findings, wants_colours());
    fputs(text, stdout);
    return findings_count(findings, FINDING_PROBLEM) == 0 ? STATUS_SUCCESS : STATUS_USAGE;
}
