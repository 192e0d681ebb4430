/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slow_removal.so, for LD_PRELOAD: before the program removes a directory, or renames anything,
 * half a second passes, in which others can be faster; or as many microseconds as SLOW_REMOVAL
 * says, less than a million. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_before(void)
{
    const char *useconds = getenv("SLOW_REMOVAL");
    const struct timespec time = {.tv_nsec = (useconds != NULL ? atol(useconds) : 500000) * 1000};

    nanosleep(&time, NULL);
}

int unlinkat(int dir, const char *name, int flags)
{
    if ((flags & AT_REMOVEDIR) != 0)
        wait_before();
    return (int)syscall(SYS_unlinkat, dir, name, flags);
}

int renameat2(int old_dir, const char *old_name, int new_dir, const char *new_name,
              unsigned int flags)
{
    wait_before();
    return (int)syscall(SYS_renameat2, old_dir, old_name, new_dir, new_name, flags);
}
