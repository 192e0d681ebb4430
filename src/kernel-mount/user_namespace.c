/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user namespace that nobody lives in. */
#include "kernel-mount/user_namespace.h"

#include "base/cleanup.h"
#include "kernel-mount/kernel_error.h"
#include "kernel-mount/kernel_map.h"
#include "kernel-mount/new_process.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

static bool fail(GError **error, const char *what)
{
    int reason = errno;

    return kernel_mount_fail(error, KERNEL_MOUNT_FAILED, "%s: %s", what, g_strerror(reason));
}

static bool fail_namespace(GError **error)
{
    const char *remedy = "";

    if (errno == ENOSPC)
        remedy = "\n  allow more of them:  sysctl user.max_user_namespaces=15000";
    else if (errno == EPERM)
        remedy = "\n  it takes CAP_SYS_ADMIN, and no chroot: mount as root, or use engine=fuse";
    else if (errno == EINVAL)
        remedy = "\n  use a kernel with CONFIG_USER_NS, or engine=fuse";
    int reason = errno;
    return kernel_mount_fail(error, KERNEL_MOUNT_FAILED, "cannot make a user namespace: %s%s",
                             g_strerror(reason), remedy);
}

/* Lives in the namespace until the other end of the pipe is closed, be it by the death of who holds
 * it. Only calls that are safe in a copy of a process with threads. */
static G_NORETURN void live_in_namespace(int hold, int release)
{
    char byte;

    close(release);
    while (read(hold, &byte, 1) < 0 && errno == EINTR)
        continue;
    _exit(0);
}

static bool write_map(pid_t child, const char *file, const IdMap *map, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/%s", (long)child, file);
    g_autofree char *text = kernel_map_text(map);
    int fd AUTO_CLOSE = open(path, O_WRONLY | O_CLOEXEC);

    /* All at once, or not at all. */
    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        int reason = errno;
        return kernel_mount_fail(
            error, KERNEL_MOUNT_FAILED, "cannot write %s of a user namespace: %s%s", file,
            g_strerror(reason),
            reason == EPERM ? "\n  it takes CAP_SETUID, CAP_SETGID and CAP_SETFCAP, and all shown "
                              "IDs in this user namespace: mount as root, or use engine=fuse"
                            : "");
    }
    return true;
}

static int fill_and_open(pid_t child, const OwnerMap *owners, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/%ld/ns/user", (long)child);

    if (!write_map(child, "uid_map", owners->map[ID_UID], error) ||
        !write_map(child, "gid_map", owners->map[ID_GID], error))
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fail(error, "cannot open a user namespace");
    return fd;
}

int user_namespace_new(const OwnerMap *owners, GError **error)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0) {
        fail(error, "cannot make a pipe");
        return -1;
    }
    int hold AUTO_CLOSE = ends[0];
    int release AUTO_CLOSE = ends[1];
    pid_t child = new_process(CLONE_NEWUSER);
    if (child < 0) {
        fail_namespace(error);
        return -1;
    }
    if (child == 0)
        live_in_namespace(hold, release);
    int fd = fill_and_open(child, owners, error);
    close(steal_fd(&release));
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return fd;
}
