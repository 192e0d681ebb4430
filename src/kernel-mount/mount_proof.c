/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes sure that a mount is what it should be. */
#include "kernel-mount/mount_proof.h"

#include "base/cleanup.h"
#include "core/mount_list.h"
#include "kernel-mount/kernel_error.h"
#include "kernel-mount/new_process.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum {
    NOT_IDMAPPED = 255, /* no errno value */
};

/* Whether all mounts of the tree, which is attached in our namespace, are idmapped; 0, NOT_IDMAPPED
 * or an errno value. */
static int check_tree(int tree_fd)
{
    g_autofree char *mountinfo = NULL;
    g_autoptr(GPtrArray) tree = NULL;
    struct statx root;

    if (statx(tree_fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID, &root) < 0)
        return errno;
    if (!g_file_get_contents("/proc/self/mountinfo", &mountinfo, NULL, NULL))
        return EIO;
    tree = mount_list_tree(mountinfo, (int)root.stx_mnt_id);
    for (guint i = 0; i < tree->len; i++)
        if (!mount_line_has(tree->pdata[i], "idmapped"))
            return NOT_IDMAPPED;
    return tree->len > 0 ? 0 : ENOENT;
}

/* In a mount namespace of our own, with the descriptors of our parent. */
static int attach_and_check(int tree_fd, const char *lower)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        move_mount(tree_fd, "", AT_FDCWD, lower, MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return errno;
    int r = check_tree(tree_fd);
    if (r != 0)
        return r;
    int copy AUTO_CLOSE =
        open_tree(tree_fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);
    return copy < 0 || dup3(copy, tree_fd, O_CLOEXEC) < 0 ? errno : 0;
}

bool mount_proof(int tree_fd, const char *lower, GError **error)
{
    int status;
    pid_t child = new_process(CLONE_FILES | CLONE_NEWNS);

    if (child == 0)
        _exit(attach_and_check(tree_fd, lower));
    int reason = errno;
    if (child > 0) {
        while ((reason = waitpid(child, &status, 0) < 0 ? errno : 0) == EINTR)
            continue;
        if (reason == 0)
            reason = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    }
    if (reason == 0)
        return true;
    if (reason == NOT_IDMAPPED)
        return kernel_mount_fail(error, KERNEL_MOUNT_FAILED,
                                 "the kernel made a mount that is not idmapped\n"
                                 "  use engine=fuse");
    return kernel_mount_fail(error, KERNEL_MOUNT_FAILED,
                             "cannot make sure that the mount is idmapped: %s", g_strerror(reason));
}
