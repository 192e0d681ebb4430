/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slow_removal.so, for LD_PRELOAD: before the program removes a directory, or renames anything,
 * half a second passes, in which others can be faster. With SLOW_REMOVAL, it is so many
 * microseconds, less than a million, and standard error gets a line "N at a time" when there are
 * more than before. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic int n_now, n_most;

static void wait_before(void)
{
    const char *useconds = getenv("SLOW_REMOVAL");
    const struct timespec time = {.tv_nsec = (useconds != NULL ? atol(useconds) : 500000) * 1000};
    const int n = atomic_fetch_add(&n_now, 1) + 1;
    int most = n_most;

    while (n > most && !atomic_compare_exchange_weak(&n_most, &most, n))
        continue;
    if (n > most && useconds != NULL)
        dprintf(STDERR_FILENO, "%d at a time\n", n);
    nanosleep(&time, NULL);
    atomic_fetch_sub(&n_now, 1);
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
