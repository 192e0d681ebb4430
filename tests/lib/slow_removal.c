/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slow_removal.so, for LD_PRELOAD: before the program removes a directory, or renames anything,
 * half a second passes, in which others can be faster. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_half_a_second(void)
{
    const struct timespec half = {.tv_nsec = 500 * 1000 * 1000};

    nanosleep(&half, NULL);
}

int unlinkat(int dir, const char *name, int flags)
{
    if ((flags & AT_REMOVEDIR) != 0)
        wait_half_a_second();
    return (int)syscall(SYS_unlinkat, dir, name, flags);
}

int renameat2(int old_dir, const char *old_name, int new_dir, const char *new_name,
              unsigned int flags)
{
    wait_half_a_second();
    return (int)syscall(SYS_renameat2, old_dir, old_name, new_dir, new_name, flags);
}
