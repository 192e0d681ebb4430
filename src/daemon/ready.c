/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pipe, one byte: see libfuse's doc/README.daemonize on why fuse_daemonize() is too early. */
#include "daemon/ready.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

/* What becomes of the terminal's descriptors; opened while it can be found. */
static int null_fd = -1;

static _Noreturn void wait_for_report(int fd, pid_t child)
{
    unsigned char status;
    ssize_t n;
    int wait_status;

    do {
        n = read(fd, &status, 1);
    } while (n < 0 && errno == EINTR);
    if (n == 1)
        _exit(status);
    /* Gone without a word: killed. */
    while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR)
        ;
    _exit(STATUS_SYSTEM);
}

int ready_fork(void)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    child = fork();
    if (child < 0) {
        cleanup_close(&ends[0]);
        cleanup_close(&ends[1]);
        return -1;
    }
    if (child > 0) {
        close(ends[1]);
        wait_for_report(ends[0], child);
    }
    close(ends[0]);
    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid();
    return ends[1];
}

static void let_go_of_terminal(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup3(null_fd, fd, 0);
    cleanup_close(&null_fd);
}

void ready_report(int fd, ExitStatus status)
{
    unsigned char byte = (unsigned char)status;

    if (status == STATUS_SUCCESS)
        let_go_of_terminal();
    while (write(fd, &byte, 1) < 0 && errno == EINTR)
        ;
    close(fd);
}
