/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread that reads maps, which may take long, and one for errands, which do not. */
#include "daemon/outside.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "base/keep_fds.h"
#include "core/map_error.h"
#include "core/map_transfer.h"
#include "daemon/sandbox.h"
#include "fs/caller.h"
#include "fs/errand.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* A mount that was told of. */
typedef struct {
    char path[PATH_MAX];
    uint32_t device_major;
    uint32_t device_minor;
    uint64_t id;
} OutsideMount;

/* Of Linux 6.8: IDs of mounts that are never used again. Older kernels give the others. */
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif
#define MOUNT_ID (STATX_MNT_ID | STATX_MNT_ID_UNIQUE)

/* Of the process itself. */
typedef struct {
    const MapRequest *request;
    int lower_fd;
    int maps;
    int errands;
    bool confined;
    OutsideMount mount; /* an empty path: not known yet */
} Server;

/* What is sent for a map, after its size: the message of the error or nothing, the warnings, and a
 * map or nothing. */
#define ANSWER_TYPE "(msasm" MAP_TRANSFER_TYPE ")"

enum {
    ANSWER_MAX = 64 * 1024 * 1024,
};

/* False: the other end is gone. */
static bool write_all(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t n = send(fd, next, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        next += n;
        size -= (size_t)n;
    }
    return true;
}

static bool read_all(int fd, void *bytes, size_t size)
{
    char *next = bytes;

    while (size > 0) {
        ssize_t n = recv(fd, next, size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        next += n;
        size -= (size_t)n;
    }
    return true;
}

/* Maps */

static GVariant *valid_string(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    return g_variant_new_string(valid);
}

static GVariant *resolve(const Server *server)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    /* Whatever is mounted over the lower directory by now. */
    g_autoptr(OwnerMap) owners = map_request_resolve(
        server->request, &map_paths_default, fd_path(server->lower_fd).text, warnings, &error);
    GVariant *message = owners == NULL ? valid_string(error->message) : NULL;
    GVariant *map = owners != NULL ? map_transfer_pack(owners) : NULL;
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("as"));
    for (guint i = 0; i < warnings->len; i++)
        g_variant_builder_add_value(&list, valid_string(warnings->pdata[i]));
    return g_variant_new(
        "(@ms@as@m" MAP_TRANSFER_TYPE ")", g_variant_new_maybe(G_VARIANT_TYPE_STRING, message),
        g_variant_builder_end(&list), g_variant_new_maybe(G_VARIANT_TYPE(MAP_TRANSFER_TYPE), map));
}

/* Ends before the errands do, of which the last one is to unmount. */
static void *serve_maps(void *data)
{
    const Server *server = data;
    char byte;

    while (read_all(server->maps, &byte, 1)) {
        g_autoptr(GVariant) answer = g_variant_ref_sink(resolve(server));
        guint64 size = g_variant_get_size(answer);
        if (!write_all(server->maps, &size, sizeof(size)) ||
            !write_all(server->maps, g_variant_get_data(answer), size))
            break;
    }
    return NULL;
}

/* Errands */

/* Sends no request to the daemon. */
static bool is_the_mount(const OutsideMount *mount, int fd)
{
    struct statx stx;

    return statx(fd, "", AT_STATX_DONT_SYNC | AT_EMPTY_PATH, MOUNT_ID, &stx) == 0 &&
           stx.stx_mnt_id == mount->id && stx.stx_dev_major == mount->device_major &&
           stx.stx_dev_minor == mount->device_minor;
}

static void unmount_with_fusermount(const char *path)
{
    const char *const argv[] = {"fusermount3", "-u", "-q", "-z", "--", path, NULL};
    pid_t child;

    if (posix_spawnp(&child, argv[0], NULL, NULL, (char *const *)argv, environ) == 0)
        waitpid(child, NULL, 0);
}

/* By a descriptor: who can rename a directory above the mount point could lead the path to another
 * mount after it was looked at. */
static void unmount(const OutsideMount *mount)
{
    int fd AUTO_CLOSE = open(mount->path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 || !is_the_mount(mount, fd))
        return;
    if (umount2(fd_path(fd).text, MNT_DETACH) < 0 && geteuid() != 0)
        unmount_with_fusermount(mount->path);
}

static uint32_t run_errand(const Server *server, const Errand *errand)
{
    switch (errand->kind) {
    case ERRAND_CALLER:
        return caller_look_at(errand->pid, errand->gid);
    case ERRAND_UNMOUNT:
        unmount(&server->mount);
        return 1;
    }
    return 0;
}

static void take_mount(OutsideMount *mount, const OutsideMount *sent)
{
    if (mount->path[0] != '\0' || sent->path[sizeof(sent->path) - 1] != '\0')
        return;
    *mount = *sent;
}

static void serve_errands(Server *server)
{
    union {
        Errand errand;
        OutsideMount mount;
    } message;
    ssize_t n;

    while ((n = recv(server->errands, &message, sizeof(message), 0)) != 0) {
        uint32_t answer = 0;
        if (n == (ssize_t)sizeof(message.errand))
            answer = run_errand(server, &message.errand);
        else if (n == (ssize_t)sizeof(message.mount))
            take_mount(&server->mount, &message.mount);
        else if (n < 0 && errno == EINTR)
            continue;
        if (send(server->errands, &answer, sizeof(answer), MSG_NOSIGNAL) < 0)
            break;
    }
}

/* The process */

/* Whatever is open otherwise would stay so when the daemon closes it, or dies. */
static bool keep_only(const Server *server)
{
    int kept[] = {server->lower_fd, server->maps, server->errands};

    return keep_fds(kept, G_N_ELEMENTS(kept));
}

/* An ordinary user has nothing to give up, and unmounts by a setuid program. */
static bool confine(void)
{
    return geteuid() != 0 ||
           (sandbox_drop_caps_outside() == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
}

static G_NORETURN void live(Server *server)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    pthread_t thread;

    /* It is the daemon that ends us. */
    for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++)
        signal(ignored[i], SIG_IGN);
    prctl(PR_SET_NAME, "remapfs-outside");
    if (keep_only(server) && chdir("/") == 0 && (!server->confined || confine()) &&
        pthread_create(&thread, NULL, serve_maps, server) == 0 && pthread_detach(thread) == 0)
        serve_errands(server);
    _exit(0);
}

int outside_start(Outside *outside, const MapRequest *maps, int lower_fd, bool confined)
{
    int map_ends[2];
    int errand_ends[2];
    int r = 0;

    *outside = (Outside)OUTSIDE_INIT;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, map_ends) < 0)
        return -errno;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, errand_ends) < 0) {
        r = -errno;
        close(map_ends[0]);
        close(map_ends[1]);
        return r;
    }
    outside->maps = map_ends[0];
    outside->errands = errand_ends[0];
    outside->pid = fork();
    if (outside->pid == 0) {
        static Server server;
        server = (Server){.request = maps,
                          .lower_fd = lower_fd,
                          .maps = map_ends[1],
                          .errands = errand_ends[1],
                          .confined = confined};
        live(&server);
    }
    if (outside->pid < 0)
        r = -errno;
    close(map_ends[1]);
    close(errand_ends[1]);
    if (r < 0)
        outside_end(outside);
    return r;
}

/* In the daemon */

int outside_know_mount(const Outside *outside, const char *mountpoint)
{
    OutsideMount mount = {.path = ""};
    uint32_t answer;
    struct statx stx;

    if (statx(AT_FDCWD, mountpoint, AT_STATX_DONT_SYNC, MOUNT_ID, &stx) < 0)
        return -errno;
    if (strlen(mountpoint) >= sizeof(mount.path))
        return -ENAMETOOLONG;
    strcpy(mount.path, mountpoint);
    mount.device_major = stx.stx_dev_major;
    mount.device_minor = stx.stx_dev_minor;
    mount.id = stx.stx_mnt_id;
    if (send(outside->errands, &mount, sizeof(mount), MSG_NOSIGNAL) < 0 ||
        recv(outside->errands, &answer, sizeof(answer), 0) < 0)
        return -errno;
    return 0;
}

static GVariant *ask_for_map(const Outside *outside, GError **error)
{
    guint64 size;
    char *bytes;

    if (!write_all(outside->maps, "m", 1) || !read_all(outside->maps, &size, sizeof(size)) ||
        size > ANSWER_MAX) {
        map_error_set(error, "the process that reads the sources has ended");
        return NULL;
    }
    bytes = g_malloc(size);
    GVariant *answer = g_variant_ref_sink(g_variant_new_from_data(
        G_VARIANT_TYPE(ANSWER_TYPE), bytes, size, /* trusted = */ FALSE, g_free, bytes));
    if (read_all(outside->maps, bytes, size))
        return answer;
    g_variant_unref(answer);
    map_error_set(error, "the process that reads the sources has ended");
    return NULL;
}

OwnerMap *outside_read_map(const Outside *outside, GPtrArray *warnings, GError **error)
{
    g_autoptr(GVariant) answer = ask_for_map(outside, error);
    g_autoptr(GVariantIter) list = NULL;
    g_autoptr(GVariant) map = NULL;
    const char *message;
    char *warning;

    if (answer == NULL)
        return NULL;
    g_variant_get(answer, "(m&sas@m" MAP_TRANSFER_TYPE ")", &message, &list, &map);
    while (g_variant_iter_next(list, "s", &warning))
        g_ptr_array_add(warnings, warning);
    if (message != NULL) {
        map_error_set(error, "%s", message);
        return NULL;
    }
    g_autoptr(GVariant) packed = g_variant_get_maybe(map);
    if (packed == NULL) {
        map_error_set(error, "the process that reads the sources has gone wrong");
        return NULL;
    }
    return map_transfer_unpack(packed, error);
}

void outside_end(Outside *outside)
{
    cleanup_close(&outside->maps);
    cleanup_close(&outside->errands);
    if (outside->pid > 0)
        while (waitpid(outside->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    *outside = (Outside)OUTSIDE_INIT;
}
