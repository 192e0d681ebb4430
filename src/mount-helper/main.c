/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount.remapfs: what mount(8) runs for the types remapfs and fuse.remapfs. */
#include "base/exit_status.h"
#include "mount-helper/call.h"
#include "mount-helper/option_string.h"
#include "mount-helper/privileges.h"
#include "mount-helper/remount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void complain(const char *message)
{
    fprintf(stderr, "mount.remapfs: %s\n", message);
}

/* remapfs as it is to be called, NULL at the end. */
static GPtrArray *program_call(const Call *call, const GPtrArray *options)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(words, g_strdup(REMAPFS_PATH));
    if (call->fake)
        g_ptr_array_add(words, g_strdup("--print-map"));
    if (call->sloppy)
        g_ptr_array_add(words, g_strdup("--sloppy"));
    /* As mount.fuse3 does: mount(8) drops these two, as its defaults. */
    if (call->suid_dev) {
        g_ptr_array_add(words, g_strdup("-o"));
        g_ptr_array_add(words, g_strdup("suid,dev"));
    }
    for (guint i = 0; i < options->len; i++) {
        g_ptr_array_add(words, g_strdup("-o"));
        g_ptr_array_add(words, g_strdup(options->pdata[i]));
    }
    g_ptr_array_add(words, g_strdup("--"));
    g_ptr_array_add(words, g_strdup(call->lower));
    if (!call->fake)
        g_ptr_array_add(words, g_strdup(call->mountpoint));
    g_ptr_array_add(words, NULL);
    return words;
}

static void print_words(const GPtrArray *words)
{
    printf("mount.remapfs:");
    for (guint i = 0; words->pdata[i] != NULL; i++) {
        g_autofree char *quoted = g_shell_quote(words->pdata[i]);
        printf(" %s", quoted);
    }
    printf("\n");
    fflush(stdout);
}

/* Returns only when it cannot be started. */
static ExitStatus run_program(const Call *call, const GPtrArray *options)
{
    g_autoptr(GPtrArray) words = program_call(call, options);
    g_autofree char *message = NULL;

    if (call->verbose)
        print_words(words);
    /* The map itself is not asked for, only whether it can be made. */
    if (call->fake && !call->verbose) {
        int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (null_fd >= 0)
            dup2(null_fd, STDOUT_FILENO);
    }
    execv(REMAPFS_PATH, (char **)words->pdata);
    message = g_strdup_printf("%s: %s", REMAPFS_PATH, g_strerror(errno));
    complain(message);
    return STATUS_SYSTEM;
}

/* nofail: "do not report errors for this device if it does not exist", says mount(8), and leaves it
 * to its helpers. */
static bool may_be_absent(const Call *call, const GPtrArray *options)
{
    return option_string_has(options, "nofail") && access(call->lower, F_OK) < 0 && errno == ENOENT;
}

static ExitStatus act(const Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) options = option_string_split(call->options, &error);
    ExitStatus status = STATUS_USAGE;

    if (options != NULL) {
        const bool remounts = option_string_has(options, "remount");
        if (!privileges_limit(remounts, &error))
            status = STATUS_SYSTEM;
        else if (!remounts)
            return may_be_absent(call, options) ? STATUS_SUCCESS : run_program(call, options);
        else if (remount(call, options, &error))
            return STATUS_SUCCESS;
        else if (g_error_matches(error, REMOUNT_ERROR, REMOUNT_ERROR_FAILED))
            status = STATUS_MOUNT;
    }
    complain(error->message);
    return status;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Call call;

    if (!call_parse(&call, argc, argv, &error)) {
        complain(error->message);
        return STATUS_USAGE;
    }
    switch (call.kind) {
    case CALL_HELP:
        printf("usage: mount.remapfs LOWER MOUNTPOINT [-sfnv] [-o OPTION[,OPTION...]] [-t TYPE]\n"
               "       mount.remapfs -h | -V\n"
               "\n"
               "Called by mount(8); mounts by running %s, whose options these are.\n",
               REMAPFS_PATH);
        break;
    case CALL_VERSION:
        printf("mount.remapfs %s\nruns %s\n", PACKAGE_VERSION, REMAPFS_PATH);
        break;
    default:
        return act(&call);
    }
    return fflush(stdout) == 0 ? STATUS_SUCCESS : STATUS_SYSTEM;
}
