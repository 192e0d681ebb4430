/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests: a child process in a user namespace of its own. */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* -1 when user namespaces are not permitted. The child waits to be ended. */
static inline pid_t namespace_child_new(void)
{
    int ends[2];
    if (pipe(ends) < 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        char made = unshare(CLONE_NEWUSER) == 0;
        if (write(ends[1], &made, 1) == 1)
            for (;;)
                pause();
        _exit(1);
    }
    char made = 0;
    close(ends[1]);
    ssize_t got = read(ends[0], &made, 1);
    close(ends[0]);
    if (child > 0 && (got != 1 || !made)) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        return -1;
    }
    return child;
}

/* Gives the child's namespace MAP; FILE is "uid_map" or "gid_map". */
static inline bool namespace_child_map(pid_t child, const char *file, const char *map)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/%s", (long)child, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = write(fd, map, strlen(map)) == (ssize_t)strlen(map);
    close(fd);
    return done;
}

static inline void namespace_child_end(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
