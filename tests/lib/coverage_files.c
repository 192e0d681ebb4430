/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lets gcov write its files at the end of every process: also out of the sandbox, where they have
 * no path, when a child leaves by _exit(2), and when it waits in pause(2) to be killed. Linked with
 * --wrap=open,--wrap=_exit,--wrap=pause. */
#include <fcntl.h>
#include <gcov.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, ...);
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_pause(void);
int __wrap_pause(void);

/* The host's root directory. */
static int host_root = -1;

/* High, so that nothing has another number than without us. */
__attribute__((constructor)) static void open_host_root(void)
{
    int fd = __real_open("/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);

    host_root = fcntl(fd, F_DUPFD_CLOEXEC, 900);
    close(fd);
}

static int is_counters(const char *path)
{
    const char *suffix = strrchr(path, '.');

    return path[0] == '/' && suffix != NULL && strcmp(suffix, ".gcda") == 0;
}

/* gcov's own lock is by fcntl(2), which the sandbox does not let through. The file is there and
 * anybody may write it: tests/coverage sees to that. */
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;
    int fd;

    va_start(arguments, flags);
    mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    fd = __real_open(path, flags, mode);
    if (!is_counters(path))
        return fd;
    if (fd < 0)
        fd = openat(host_root, path + 1, flags, mode);
    if (fd >= 0)
        flock(fd, LOCK_EX);
    return fd;
}

void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}

int __wrap_pause(void)
{
    __gcov_dump();
    return __real_pause();
}
