/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remapfs: mounts a directory with every owner translated. */
#include "core/map_table.h"
#include "daemon/check_command.h"
#include "daemon/engine.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/ready.h"
#include "daemon/session.h"
#include "daemon/status_report.h"
#include "fs/features.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

/* What was printed counts only once it has arrived. */
static ExitStatus finish_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_SUCCESS;
    log_message(LOG_ERR, "cannot write to standard output: %s", strerror(errno));
    return STATUS_SYSTEM;
}

static ExitStatus print_version(void)
{
    size_t n;
    const Feature *feature = features(&n);

    printf("remapfs %s\nlibfuse %s\nfeatures of libfuse:", PACKAGE_VERSION, fuse_pkgversion());
    for (size_t i = 0; i < n; i++)
        printf(" %c%s", feature[i].compiled_in ? '+' : '-', feature[i].name);
    putchar('\n');
    return finish_output();
}

/* What --print-map says of the engine; RET_ERROR is set when the kernel cannot mount as asked. */
static MapEngine judge_engine(const Options *options, const OwnerMap *owners, GError **ret_error)
{
    MapEngine engine = {.name = NULL};

    if (options->engine == ENGINE_FUSE)
        return engine;
    engine.name = options->engine == ENGINE_AUTO ? "auto" : "kernel";
    if (!engine_kernel_can(options, owners, NULL, ret_error))
        engine.refusal = engine_reason(*ret_error);
    return engine;
}

static ExitStatus print_map(const Options *options, const OwnerMap *owners)
{
    LowerOwner owner = {.path = options->lower};
    const LowerOwner *given = options->lower != NULL ? &owner : NULL;
    struct stat attr;
    g_autoptr(GError) error = NULL;

    if (options->lower != NULL) {
        if (stat(options->lower, &attr) < 0) {
            log_message(LOG_ERR, "%s: %s", options->lower, strerror(errno));
            return STATUS_SYSTEM;
        }
        owner.uid = lower_id(attr.st_uid);
        owner.gid = lower_id(attr.st_gid);
    }
    MapEngine engine = judge_engine(options, owners, &error);
    g_autofree char *text = options->json ? map_table_json(owners, given, &engine)
                                          : map_table_text(owners, given, &engine);
    g_free(engine.refusal);
    fputs(text, stdout);
    ExitStatus status = finish_output();
    if (error == NULL || options->engine == ENGINE_AUTO)
        return status;
    log_message(LOG_ERR, "engine=kernel: %s", error->message);
    return STATUS_USAGE;
}

/* Takes over OWNERS. */
static ExitStatus mount_in_place(const Options *options, OwnerMap *owners)
{
    g_autoptr(OwnerMap) owned = owners;
    g_autofree char *engine_reason = NULL;
    ExitStatus status;
    int ready_fd = -1;

    if (options->engine != ENGINE_FUSE && engine_mount(options, owned, &status, &engine_reason))
        return status;
    if (!options->foreground) {
        ready_fd = ready_fork();
        if (ready_fd < 0) {
            log_message(LOG_ERR, "fork: %s", strerror(errno));
            return STATUS_SYSTEM;
        }
    }
    return session_run(options, g_steal_pointer(&owned), engine_reason, ready_fd);
}

static ExitStatus check(const Options *options, const OwnerMap *owners, const GError *error,
                        const GPtrArray *warnings)
{
    ExitStatus status =
        check_command(options, owners, error != NULL ? error->message : NULL, warnings);
    ExitStatus printed = finish_output();

    return printed != STATUS_SUCCESS ? printed : status;
}

/* Whether the map comes from the files of the host that --check goes through. */
static bool reads_subids(const MapRequest *maps)
{
    g_autoptr(GPtrArray) files = map_request_subids(maps, &map_paths_default);

    return files->len > 0;
}

static ExitStatus act_on_map(const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(OwnerMap) owners =
        map_request_resolve(&options->maps, &map_paths_default, options->lower, warnings, &error);

    for (guint i = 0; i < options->dropped_options->len; i++)
        log_message(LOG_WARNING, "warning: %s: unknown option, left out",
                    (const char *)options->dropped_options->pdata[i]);
    if (options->action == ACTION_CHECK)
        return check(options, owners, error, warnings);
    for (guint i = 0; i < warnings->len; i++)
        log_message(LOG_WARNING, "warning: %s", (const char *)warnings->pdata[i]);
    if (owners == NULL) {
        log_message(LOG_ERR, "%s", error->message);
        if (reads_subids(&options->maps))
            log_hint_check();
        return STATUS_USAGE;
    }
    if (options->action == ACTION_PRINT_MAP)
        return print_map(options, owners);
    return mount_in_place(options, g_steal_pointer(&owners));
}

static ExitStatus act(const Options *options)
{
    switch (options->action) {
    case ACTION_HELP:
        options_print_help(stdout);
        return finish_output();
    case ACTION_VERSION:
        return print_version();
    case ACTION_STATUS: {
        ExitStatus status = status_report(options->mountpoint, options->json);
        ExitStatus written = finish_output();
        return status != STATUS_SUCCESS ? status : written;
    }
    default:
        return act_on_map(options);
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Options options;
    ExitStatus status;

    log_init();
    if (options_parse(&options, argc, argv, &error)) {
        status = act(&options);
    } else {
        log_message(LOG_ERR, "%s", error->message);
        status = STATUS_USAGE;
    }
    options_clear(&options);
    return status;
}
