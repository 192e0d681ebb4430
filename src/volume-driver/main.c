/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remapfs-volume-driver: a volume plugin for Docker and Podman. */
#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/notify.h"
#include "volume-driver/arguments.h"
#include "volume-driver/driver.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/http_server.h"
#include "volume-driver/listen_socket.h"
#include "volume-driver/log.h"
#include "volume-driver/mounts_directory.h"
#include "volume-driver/privileges.h"
#include "volume-driver/recovery.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void tell_manager(const char *state)
{
    ErrInt r = notify_send(state);
    if (r < 0)
        log_message("NOTIFY_SOCKET: %s", g_strerror(-r));
}

static gboolean quit(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

/* It runs until a signal ends it, which may have come before. */
static GMainLoop *new_loop(void)
{
    GMainLoop *loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGTERM, quit, loop);
    g_unix_signal_add(SIGINT, quit, loop);
    return loop;
}

/* Takes the socket's descriptor. Mounts stay what they are in the end: containers use them. */
static bool serve(const Driver *driver, GMainLoop *loop, const ListenSocket *listener,
                  GError **error)
{
    HttpServer *server = http_server_start(listener->fd, driver, error);
    if (server == NULL)
        return false;
    recovery_start(driver->recovery);
    tell_manager("READY=1");
    g_main_loop_run(loop);
    tell_manager("STOPPING=1");
    http_server_stop(server);
    return true;
}

/* Others can go through it, to the mounts. */
static bool make_directory_of(const char *path, GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    return g_mkdir_with_parents(directory, 0711) == 0 ||
           driver_error_set(error, "%s: %s", directory, g_strerror(errno));
}

static bool run(const Arguments *arguments, GError **error)
{
    ListenSocket listener;
    Mounter mounter;
    Driver driver = {.mounter = &mounter};
    int lock_fd AUTO_CLOSE = -1;
    if (!privileges_limit(error))
        return false;
    g_autoptr(GMainLoop) loop = new_loop();
    g_autofree char *mounts = mounts_directory_open(arguments->mounts, &lock_fd, error);
    if (mounts == NULL)
        return false;
    mounter_init(&mounter, mounts, arguments->remapfs);
    if (!make_directory_of(arguments->state, error))
        return false;
    g_autoptr(VolumeTable) table = volume_table_open(arguments->state, error);
    if (table == NULL || !listen_socket_open(&listener, arguments->socket, error))
        return false;
    driver.table = table;
    driver.recovery = recovery_new(&driver);
    bool served = serve(&driver, loop, &listener, error);
    recovery_finish(driver.recovery, true);
    if (!listener.is_inherited)
        unlink(arguments->socket);
    return served;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    Arguments arguments;
    ExitStatus status = STATUS_SUCCESS;
    if (!arguments_parse(&arguments, argc, argv, &error))
        status = STATUS_USAGE;
    else if (arguments.help)
        arguments_print_help();
    else if (arguments.version)
        printf("remapfs-volume-driver %s\n", PACKAGE_VERSION);
    else if (!run(&arguments, &error))
        status = STATUS_SYSTEM;
    arguments_clear(&arguments);
    if (error != NULL)
        log_message("%s", error->message);
    return status;
}
