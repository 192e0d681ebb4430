/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounts by the kernel alone. */
#include "kernel-mount/kernel_mount.h"

#include "base/cleanup.h"
#include "core/mount_list.h"
#include "core/printable.h"
#include "kernel-mount/kernel_error.h"
#include "kernel-mount/kernel_map.h"
#include "kernel-mount/mount_flags.h"
#include "kernel-mount/mount_proof.h"
#include "kernel-mount/user_namespace.h"

#include <fcntl.h>
#include <sys/mount.h>

bool kernel_mount_check(const KernelMountRequest *request, GError **error)
{
    MountFlags flags;

    if (request->daemon_options != NULL && request->daemon_options->len > 0)
        return kernel_mount_fail(error, KERNEL_MOUNT_REFUSED,
                                 "%s: only the daemon does that\n"
                                 "  leave it out, or use engine=fuse",
                                 (const char *)request->daemon_options->pdata[0]);
    return kernel_map_check(request->owners, error) &&
           mount_flags_read(request->options, &flags, error);
}

/* Not shared with the lower mount: what is mounted there later would appear here, without a map.
 * Returns 0 or an errno value. */
static int set_attributes(int mount_fd, int userns_fd, const MountFlags *flags, bool recursive)
{
    struct mount_attr attr = {
        .attr_set = MOUNT_ATTR_IDMAP | flags->set,
        .attr_clr = flags->clear,
        .propagation = MS_PRIVATE,
        .userns_fd = (unsigned)userns_fd,
    };
    unsigned how = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U);

    return mount_setattr(mount_fd, "", how, &attr, sizeof(attr)) < 0 ? errno : 0;
}

/* A copy of the mount that FD is on, from there on, and with RECURSIVE of those below. */
static int copy_mount(int fd, bool recursive)
{
    unsigned how = AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;

    return open_tree(fd, "", how | (recursive ? AT_RECURSIVE : 0U));
}

static bool fail_copy(const char *lower, int reason, GError **error)
{
    g_autofree char *shown = printable(lower);
    const char *remedy = reason == EPERM    ? "\n  mount as root, or use engine=fuse"
                         : reason == ENOSYS ? "\n  use Linux 5.12 or later, or engine=fuse"
                                            : "";

    return kernel_mount_fail(error, KERNEL_MOUNT_FAILED, "%s: cannot copy the mount: %s%s", shown,
                             g_strerror(reason), remedy);
}

/* The mounts that LOWER consists of, the one that it is on first. NULL with KERNEL_MOUNT_ERROR. */
static GPtrArray *read_mounts(const char *lower, GError **error)
{
    g_autofree char *mountinfo = NULL;

    if (g_file_get_contents("/proc/self/mountinfo", &mountinfo, NULL, NULL))
        return mount_list_below(mountinfo, lower);
    kernel_mount_fail(error, KERNEL_MOUNT_FAILED,
                      "cannot read /proc/self/mountinfo\n"
                      "  mount /proc");
    return NULL;
}

/* Why the mount of LINE, of which PATH is a directory, cannot be idmapped. */
static bool fail_mount(const MountLine *line, const char *path, int reason, GError **error)
{
    g_autofree char *shown = printable(path);

    if (mount_line_has(line, "idmapped"))
        return kernel_mount_fail(error, KERNEL_MOUNT_FAILED,
                                 "%s is on an idmapped mount, and the kernel maps only once\n"
                                 "  take the directory that is mounted there, or use engine=fuse",
                                 shown);
    if (reason == EINVAL)
        return kernel_mount_fail(error, KERNEL_MOUNT_FAILED,
                                 "%s is on %s, which this kernel cannot idmap\n"
                                 "  use engine=fuse",
                                 shown, line->type);
    return kernel_mount_fail(
        error, KERNEL_MOUNT_FAILED, "%s, which is on %s, cannot be idmapped: %s%s", shown,
        line->type, g_strerror(reason),
        reason == EPERM ? "\n  mount as root of where that was mounted, or use "
                          "engine=fuse"
                        : "");
}

/* 0, or the errno value that comes of giving the attributes to the mount that PATH is on alone. */
static int try_attributes(const char *path, int userns_fd, const MountFlags *flags)
{
    int fd AUTO_CLOSE = open(path, O_PATH | O_CLOEXEC);
    int copy AUTO_CLOSE = fd < 0 ? -1 : copy_mount(fd, /* recursive = */ false);

    return copy < 0 ? 0 : set_attributes(copy, userns_fd, flags, /* recursive = */ false);
}

/* The kernel takes a tree as a whole or refuses it as a whole; so each mount is tried alone. */
static bool fail_attributes(const char *lower, int userns_fd, const MountFlags *flags, int reason,
                            GError **error)
{
    if (reason == ENOSYS)
        return kernel_mount_fail(error, KERNEL_MOUNT_FAILED,
                                 "the kernel has no idmapped mounts\n"
                                 "  use Linux 5.12 or later, or engine=fuse");
    g_autoptr(GPtrArray) mounts = read_mounts(lower, error);
    if (mounts == NULL)
        return false;
    for (guint i = 0; i < mounts->len; i++) {
        const MountLine *line = mounts->pdata[i];
        const char *path = i == 0 ? lower : line->path;
        int own = try_attributes(path, userns_fd, flags);
        if (own != 0)
            return fail_mount(line, path, own, error);
    }
    g_autofree char *shown = printable(lower);
    return kernel_mount_fail(error, KERNEL_MOUNT_FAILED, "%s: cannot be idmapped: %s", shown,
                             g_strerror(reason));
}

/* A copy would leave it out, and show what is below it. */
static bool check_copyable(const char *lower, GError **error)
{
    g_autoptr(GPtrArray) mounts = read_mounts(lower, error);

    for (guint i = 0; mounts != NULL && i < mounts->len; i++) {
        const MountLine *line = mounts->pdata[i];
        if (!line->is_unbindable)
            continue;
        g_autofree char *shown = printable(line->path);
        return kernel_mount_fail(error, KERNEL_MOUNT_FAILED,
                                 "%s is mounted unbindable\n"
                                 "  mount --make-private it, or use engine=fuse",
                                 shown);
    }
    return mounts != NULL;
}

int kernel_mount_new(const KernelMountRequest *request, int lower_fd, const char *lower,
                     GError **error)
{
    MountFlags flags;

    if (!kernel_mount_check(request, error) || !mount_flags_read(request->options, &flags, error) ||
        !check_copyable(lower, error))
        return -1;
    int mount_fd AUTO_CLOSE = copy_mount(lower_fd, /* recursive = */ true);
    if (mount_fd < 0) {
        fail_copy(lower, errno, error);
        return -1;
    }
    int userns_fd AUTO_CLOSE = user_namespace_new(request->owners, error);
    if (userns_fd < 0)
        return -1;
    int reason = set_attributes(mount_fd, userns_fd, &flags, /* recursive = */ true);
    if (reason != 0) {
        fail_attributes(lower, userns_fd, &flags, reason, error);
        return -1;
    }
    return mount_proof(mount_fd, lower, error) ? steal_fd(&mount_fd) : -1;
}

bool kernel_mount_attach(int mount_fd, int covered_fd, GError **error)
{
    if (move_mount(mount_fd, "", covered_fd, "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0)
        return true;
    int reason = errno;
    return kernel_mount_fail(error, KERNEL_MOUNT_FAILED, "cannot attach the mount: %s",
                             g_strerror(reason));
}
