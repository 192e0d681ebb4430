/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fusectl has a directory for each connection, and in it a file that ends it. It need not be
 * mounted anywhere for that. */
#include "daemon/guard.h"

#include "base/cleanup.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>

#define FUSECTL "/sys/fs/fuse/connections"

/* Its root directory, or -errno. */
static int open_fusectl(void)
{
    int fs AUTO_CLOSE = fsopen("fusectl", FSOPEN_CLOEXEC);
    int mount = -1;

    if (fs >= 0 && fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
    if (mount < 0)
        mount = open(FUSECTL, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return mount < 0 ? -errno : mount;
}

static int open_abort(dev_t device)
{
    char name[32];
    int fd;
    int fusectl AUTO_CLOSE = open_fusectl();

    if (fusectl < 0)
        return fusectl;
    snprintf(name, sizeof(name), "%u/abort", minor(device));
    fd = openat(fusectl, name, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static void write_abort(int abort_fd)
{
    ssize_t n = write(abort_fd, "1", 1);

    (void)n; /* ENODEV or nothing: it has ended before */
}

/* Only a signal of the kernel's tells in time: that the thread which made us is gone. Whoever waits
 * for the process waits for the stuck thread as well. */
static void wait_for_parent(pid_t parent)
{
    sigset_t death;

    sigfillset(&death);
    sigprocmask(SIG_BLOCK, &death, NULL);
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
    sigemptyset(&death);
    sigaddset(&death, SIGUSR1);
    /* It ends with EINTR when we are stopped and go on, too (signal(7)). */
    while (getppid() == parent && sigwaitinfo(&death, NULL) < 0)
        continue;
}

/* Without the descriptors of the others: it must not be the one that keeps the device open. */
static void keep_only(int fd)
{
    const unsigned kept = (unsigned)fd;

    if (kept > 0)
        close_range(0, kept - 1, 0);
    close_range(kept + 1, ~0U, 0);
}

/* The descriptor is all that it takes. It stays the user that we are, or our end would not be told
 * (kill(2), pr_set_pdeathsig(2)). */
static bool give_up_capabilities(void)
{
    capng_clear(CAPNG_SELECT_BOTH);
    return capng_apply(CAPNG_SELECT_BOTH) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

ErrInt guard_start(Guard *guard, dev_t device)
{
    const pid_t parent = getpid();
    pid_t child;

    *guard = (Guard){.abort_fd = open_abort(device)};
    if (guard->abort_fd < 0)
        return guard->abort_fd;
    child = fork();
    if (child == 0) {
        prctl(PR_SET_NAME, "remapfs-guard");
        keep_only(guard->abort_fd);
        if (!give_up_capabilities())
            _exit(EXIT_FAILURE);
        wait_for_parent(parent);
        write_abort(guard->abort_fd);
        _exit(0);
    }
    return child < 0 ? -errno : 0;
}

void guard_abort(const Guard *guard)
{
    if (guard->abort_fd >= 0)
        write_abort(guard->abort_fd);
}

void guard_end(Guard *guard)
{
    cleanup_close(&guard->abort_fd);
    guard->abort_fd = -1;
}
