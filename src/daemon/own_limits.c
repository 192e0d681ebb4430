/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setrlimit(2). */
#include "daemon/own_limits.h"

#include <signal.h>
#include <sys/resource.h>

enum {
    CACHED_FDS_MAX = 4096, /* lower descriptors kept open for speed */
};

size_t own_limits_raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur / 4 > CACHED_FDS_MAX)
        return CACHED_FDS_MAX;
    return limit.rlim_cur >= 4 ? limit.rlim_cur / 4 : 1;
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
