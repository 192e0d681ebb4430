/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transport/processors.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned processors_count(void)
{
    int fd AUTO_CLOSE = open("/sys/devices/system/cpu/possible", O_RDONLY | O_CLOEXEC);
    char list[32] = "";
    const char *last;

    if (fd < 0 || read(fd, list, sizeof(list) - 1) <= 0 || strchr(list, ',') != NULL)
        return 0;
    last = strchr(list, '-');
    return (unsigned)strtoul(last != NULL ? last + 1 : list, NULL, 10) + 1;
}

void processors_stay_on(unsigned number)
{
    cpu_set_t *set = CPU_ALLOC(number + 1);
    size_t size = CPU_ALLOC_SIZE(number + 1);

    if (set == NULL)
        return;
    CPU_ZERO_S(size, set);
    CPU_SET_S(number, size, set);
    /* It may be one that we are not allowed to use: then wherever we are. */
    sched_setaffinity(0, size, set);
    CPU_FREE(set);
}
