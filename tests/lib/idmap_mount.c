/* SPDX-License-Identifier: GPL-2.0-or-later */
/* idmap_mount DIRECTORY MOUNTPOINT PID: mounts DIRECTORY with its owners mapped by the kernel, as
 * the user namespace of the process PID maps them: what a test compares with. Exit status 77: this
 * kernel or file system cannot. */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
    fprintf(stderr, "idmap_mount: %s: %s\n", what, strerror(errno));
    return errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP ? 77 : 1;
}

int main(int argc, char **argv)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP};
    char path[64];
    int userns;
    int tree;

    if (argc != 4)
        return 1;
    snprintf(path, sizeof(path), "/proc/%s/ns/user", argv[3]);
    userns = open(path, O_RDONLY | O_CLOEXEC);
    if (userns < 0)
        return fail(path);
    tree = (int)syscall(SYS_open_tree, AT_FDCWD, argv[1], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0)
        return fail(argv[1]);
    attr.userns_fd = (unsigned)userns;
    if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
        return fail("mount_setattr");
    if (syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[2], MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return fail(argv[2]);
    return 0;
}
