/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts volumes by running remapfs, which goes on in the background and outlives this program. */
#include "volume-driver/mounter.h"

#include "base/cleanup.h"
#include "core/mount_list.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/log.h"
#include "volume-driver/volume_options.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

char *mounter_path(const Mounter *mounter, const char *name)
{
    return g_build_filename(mounter->directory, name, NULL);
}

/* Programs */

/* What a program said, without its name before every line and the newline behind the last. */
static char *message_of(const char *said)
{
    static const char prefix[] = "remapfs: ";
    g_autoptr(GString) message = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        bool is_prefixed = g_str_has_prefix(*line, prefix);
        g_string_append_printf(message, "%s\n", *line + (is_prefixed ? strlen(prefix) : 0));
    }
    return g_strchomp(g_string_free(g_steal_pointer(&message), FALSE));
}

/* Fails with what the program says. RET_OUTPUT may be NULL; the caller frees with g_free(). */
static bool run(const GPtrArray *words, char **ret_output, GError **error)
{
    char **argv = (char **)words->pdata;
    GSpawnFlags flags = G_SPAWN_SEARCH_PATH;
    g_autofree char *said = NULL;
    int status;
    if (ret_output == NULL)
        flags |= G_SPAWN_STDOUT_TO_DEV_NULL;
    if (!g_spawn_sync(NULL, argv, NULL, flags, NULL, NULL, ret_output, &said, &status, error))
        return false;
    g_autofree char *message = message_of(said);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        if (message[0] != '\0')
            log_message("%s", message);
        return true;
    }
    if (message[0] != '\0')
        return driver_error_set(error, "%s", message);
    return driver_error_set(error, "%s ended with wait status %#x and no message", argv[0],
                            (unsigned)status);
}

static bool run_remapfs(const Mounter *mounter, JsonObject *options, const char *path,
                        GError **error)
{
    g_autoptr(GPtrArray) words = volume_options_call(options, mounter->remapfs, path);
    GError *fault = NULL;
    if (run(words, NULL, &fault))
        return true;
    if (volume_options_lack_map(options) && g_str_has_prefix(fault->message, "map=docker: "))
        g_prefix_error(&fault, "there is no -o map=..., so it is Docker's: ");
    g_propagate_error(error, fault);
    return false;
}

/* The operations */

static bool check(const Mounter *mounter, JsonObject *options, GError **error)
{
    return run_remapfs(mounter, options, NULL, error);
}

static GPtrArray *mounts_below(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, error))
        return NULL;
    return mount_list_below(text, path);
}

/* Only its daemon can answer this. */
static bool is_answering(const char *path)
{
    struct statfs sfs;
    return statfs(path, &sfs) == 0 || (errno != ENOTCONN && errno != ECONNABORTED);
}

static MountState look_at(const char *path, GError **error)
{
    g_autoptr(GPtrArray) mounts = mounts_below(path, error);
    if (mounts == NULL)
        return MOUNT_UNKNOWN;
    /* The first is the one that PATH is on. */
    const MountLine *mount = mounts->len > 0 ? mounts->pdata[0] : NULL;
    if (mount == NULL || strcmp(mount->path, path) != 0)
        return MOUNT_ABSENT;
    /* engine=kernel; only we mount below this directory. */
    if (mount_line_has(mount, "idmapped"))
        return MOUNT_LIVE;
    if (strcmp(mount->type, "fuse.remapfs") != 0) {
        driver_error_set(error, "%s: something else is mounted there, of type %s", path,
                         mount->type);
        return MOUNT_UNKNOWN;
    }
    return is_answering(path) ? MOUNT_LIVE : MOUNT_DEAD;
}

static MountState look(const Mounter *mounter, const char *name, GError **error)
{
    g_autofree char *path = mounter_path(mounter, name);
    return look_at(path, error);
}

static bool mount_on(const Mounter *mounter, const char *name, JsonObject *options, GError **error)
{
    g_autofree char *path = mounter_path(mounter, name);
    if (mkdir(path, 0711) < 0 && errno != EEXIST)
        return driver_error_set(error, "%s: %s", path, g_strerror(errno));
    if (run_remapfs(mounter, options, path, error))
        return true;
    g_rmdir(path);
    return false;
}

/* 0: there is none. */
static pid_t daemon_pid(const Mounter *mounter, const char *path, GError **error)
{
    const char *const command[] = {mounter->remapfs, "--status", "--json", "--", path, NULL};
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *output = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(command); i++)
        g_ptr_array_add(words, (char *)command[i]);
    if (!run(words, &output, error))
        return -1;
    g_autoptr(JsonNode) status = json_from_string(output, error);
    if (status == NULL || !JSON_NODE_HOLDS_OBJECT(status))
        return -1;
    return (pid_t)json_object_get_int_member_with_default(json_node_get_object(status), "pid", 0);
}

static int open_daemon(const Mounter *mounter, const char *name, GError **error)
{
    g_autofree char *path = mounter_path(mounter, name);
    pid_t pid = daemon_pid(mounter, path, error);
    if (pid <= 0)
        return -1;
    int fd = pidfd_open(pid, 0);
    /* It may have ended, and the number be that of another process. */
    if (fd >= 0 && is_answering(path))
        return fd;
    driver_error_set(error, "%s", g_strerror(fd < 0 ? errno : ESRCH));
    cleanup_close(&fd);
    return -1;
}

/* What an ordinary user mounted by fusermount3 is unmounted by it. */
static bool unmount_as_user(const char *path, GError **error)
{
    static const char *const command[] = {"fusermount3", "-u", "-z", "--"};
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (size_t i = 0; i < G_N_ELEMENTS(command); i++)
        g_ptr_array_add(words, (char *)command[i]);
    g_ptr_array_add(words, (char *)path);
    g_ptr_array_add(words, NULL);
    return run(words, NULL, error);
}

/* Who still uses it, a shell on the host for instance, keeps it until done; an engine's containers
 * have mounts of their own. */
static bool unmount_once(const char *path, GError **error)
{
    if (umount2(path, UMOUNT_NOFOLLOW) == 0)
        return true;
    if (errno == EPERM)
        return unmount_as_user(path, error);
    if (errno == EBUSY) {
        log_message("%s: in use on the host, so it is detached", path);
        if (umount2(path, UMOUNT_NOFOLLOW | MNT_DETACH) == 0)
            return true;
    }
    return driver_error_set(error, "%s: cannot unmount: %s", path, g_strerror(errno));
}

static bool unmount(const Mounter *mounter, const char *name, GError **error)
{
    g_autofree char *path = mounter_path(mounter, name);
    MountState state;
    while ((state = look_at(path, error)) != MOUNT_ABSENT)
        if (state == MOUNT_UNKNOWN || !unmount_once(path, error))
            return false;
    /* What somebody has put there while nothing was mounted stays. */
    g_rmdir(path);
    return true;
}

void mounter_init(Mounter *mounter, const char *directory, const char *remapfs)
{
    *mounter = (Mounter){
        .directory = directory,
        .remapfs = remapfs,
        .check = check,
        .look = look,
        .mount = mount_on,
        .open_daemon = open_daemon,
        .unmount = unmount,
    };
}

GPtrArray *mounter_list(const Mounter *mounter)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) mounts = mounts_below(mounter->directory, NULL);
    for (guint i = 0; mounts != NULL && i < mounts->len; i++) {
        const MountLine *mount = mounts->pdata[i];
        g_autofree char *parent = g_path_get_dirname(mount->path);
        if (strcmp(parent, mounter->directory) == 0)
            g_ptr_array_add(names, g_path_get_basename(mount->path));
    }
    return names;
}
