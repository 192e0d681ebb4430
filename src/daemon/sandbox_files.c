/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mount namespace of our own, see mount_namespaces(7) and pivot_root(2). */
#include "base/cleanup.h"
#include "daemon/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* A new, empty tmpfs that is mounted nowhere yet: a descriptor of its root, or -1 with errno. */
static int make_tmpfs(void)
{
    int context AUTO_CLOSE = fsopen("tmpfs", FSOPEN_CLOEXEC);

    if (context < 0 || fsconfig(context, FSCONFIG_SET_STRING, "size", "64k", 0) < 0 ||
        fsconfig(context, FSCONFIG_SET_STRING, "mode", "0555", 0) < 0 ||
        fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return -1;
    return fsmount(context, FSMOUNT_CLOEXEC,
                   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/* All other mounts go: those of the host were copied into the namespace when it was made. */
static int make_root(int root)
{
    if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
        return -1;
    return umount2(".", MNT_DETACH);
}

ErrInt sandbox_hide_mounts(int proc_fd)
{
    struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};

    if (unshare(CLONE_NEWNS) < 0)
        return -errno;
    /* From here on a failure leaves us with copies of the host's mounts, which go when those do. */
    int fds AUTO_CLOSE = open_tree(AT_FDCWD, "/proc/self/fd", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    int root AUTO_CLOSE = make_tmpfs();
    if (fds < 0 || root < 0 || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
        move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
        mkdirat(root, "fd", 0555) < 0 ||
        move_mount(fds, "", root, "fd", MOVE_MOUNT_F_EMPTY_PATH) < 0 || make_root(root) < 0 ||
        mount_setattr(root, "", AT_EMPTY_PATH, &read_only, sizeof(read_only)) < 0 ||
        dup3(fds, proc_fd, O_CLOEXEC) < 0)
        return -errno;
    return 0;
}
