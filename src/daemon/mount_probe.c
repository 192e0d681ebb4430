/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/mount_probe.h"

#include <errno.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t mount_probe_start(const char *mountpoint)
{
    struct statfs sfs;
    pid_t child = fork();

    if (child != 0)
        return child;
    if (close_range(STDERR_FILENO + 1, ~0U, 0) < 0)
        _exit(errno);
    _exit(statfs(mountpoint, &sfs) < 0 ? errno : 0);
}

int mount_probe_end(pid_t probe)
{
    int status;

    while (waitpid(probe, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}
