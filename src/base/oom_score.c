/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proc(5). */
#include "base/oom_score.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <stdio.h>

enum {
    OOM_SCORE_ADJ = -500,
};

void oom_score_lower(void)
{
    int fd AUTO_CLOSE = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
    char present[16] = "";

    if (fd >= 0 && pread(fd, present, sizeof(present) - 1, 0) > 0 &&
        strtol(present, NULL, 10) > OOM_SCORE_ADJ)
        dprintf(fd, "%d", OOM_SCORE_ADJ);
}
