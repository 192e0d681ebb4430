/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By ranges, so that it does not matter how many are open. */
#include "base/keep_fds.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int compare_fds(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* What it opens is closed with all else. */
static bool forget_stdio(void)
{
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (dup2(null_fd, fd) < 0)
            return false;
    return true;
}

bool keep_fds(int *fds, size_t n)
{
    int next = STDERR_FILENO + 1;

    if (!forget_stdio())
        return false;
    qsort(fds, n, sizeof(fds[0]), compare_fds);
    for (size_t i = 0; i < n; i++) {
        if (fds[i] > next && close_range((unsigned)next, (unsigned)fds[i] - 1, 0) < 0)
            return false;
        next = fds[i] + 1;
    }
    return close_range((unsigned)next, ~0U, 0) == 0;
}
