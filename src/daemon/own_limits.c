/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setrlimit(2). */
#include "daemon/own_limits.h"

#include <signal.h>
#include <sys/resource.h>

enum {
    CACHED_FDS_MAX = 4096, /* lower inodes kept open for speed */
    KEPT_FDS_MAX = 512,    /* files, for the same */
    SPARE_FDS_MAX = 1024   /* for requests under way, and our own */
};

static size_t at_most(size_t n, size_t limit)
{
    return n < limit ? n : limit;
}

FilesystemLimits own_limits_raise_descriptors(void)
{
    struct rlimit limit;
    FilesystemLimits limits = {.cached_fds = 1, .users_fds = 1};

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return limits;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= 4) {
        limits.kept_fds = at_most(limit.rlim_cur / 16, KEPT_FDS_MAX);
        limits.cached_fds = at_most(limit.rlim_cur / 4 - limits.kept_fds, CACHED_FDS_MAX);
        limits.users_fds = limit.rlim_cur - limits.cached_fds - limits.kept_fds -
                           at_most(limit.rlim_cur / 4, SPARE_FDS_MAX);
    }
    return limits;
}

void own_limits_lift_file_size(void)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}
