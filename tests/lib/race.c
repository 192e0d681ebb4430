/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who race for names in the current directory.
 *
 *   race swap A B         exchanges the two names, again and again, until stdin ends
 *   race probe SECONDS    uses the directory "x" and what is in it, by all kinds of calls, but
 * never by a symbolic link, and prints how often it was one, or a
 *                         directory, and how many calls worked in that
 *
 *   race forget           makes the kernel forget what it has cached of the file system that this
 *                         is, but is not in use, again and again, until stdin ends
 *
 * A probe fails when it meets a file "x/file" whose content is not "inside". */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int fail(const char *what)
{
    fprintf(stderr, "race: %s: %s\n", what, strerror(errno));
    return 1;
}

static bool has_ended(int milliseconds)
{
    struct pollfd end = {.fd = STDIN_FILENO, .events = POLLIN};

    return poll(&end, 1, milliseconds) != 0;
}

/* A remount that changes nothing: fs/super.c, reconfigure_super(), shrink_dcache_sb(). */
static int forget(void)
{
    do {
        if (mount(NULL, ".", NULL, MS_REMOUNT | MS_NOSUID | MS_NODEV, NULL) < 0)
            return fail("remount");
    } while (!has_ended(1));
    return 0;
}

static int swap(const char *a, const char *b)
{
    while (!has_ended(0)) {
        if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) < 0 && errno != ESTALE)
            return fail(a);
    }
    return 0;
}

/* What the kernel finds without following a link, or -1. */
static int open_no_link(const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_NO_SYMLINKS};

    return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

/* False: it is another file than it should be. */
static bool read_inside(void)
{
    char text[16] = "";
    int fd = open_no_link("x/file", O_RDONLY);
    ssize_t n;

    if (fd < 0)
        return true;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    return n < 0 || strcmp(text, "inside\n") == 0;
}

/* Whatever makes, changes and removes names in a directory; how many calls worked.
 * The directory may have been exchanged meanwhile; it stays itself. */
static int use(int dir)
{
    int fd = openat(dir, "made", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    int n = fd >= 0 && close(fd) == 0;

    n += renameat(dir, "made", dir, "moved") == 0;
    n += linkat(dir, "moved", dir, "linked", 0) == 0;
    n += unlinkat(dir, "moved", 0) == 0;
    n += unlinkat(dir, "linked", 0) == 0;
    n += mkdirat(dir, "below", 0755) == 0;
    n += unlinkat(dir, "below", AT_REMOVEDIR) == 0;
    n += symlinkat("none", dir, "symlink") == 0;
    n += unlinkat(dir, "symlink", 0) == 0;
    n += fchmodat(dir, "file", 0640, 0) == 0;
    n += fchmodat(dir, "file", 0644, 0) == 0;
    return n;
}

static int probe(double seconds)
{
    struct timespec start;
    struct timespec now;
    long links = 0;
    long directories = 0;
    long calls = 0;

    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        int dir = open_no_link("x", O_PATH);
        if (dir < 0 && errno == ELOOP)
            links++;
        if (dir >= 0) {
            directories++;
            calls += use(dir);
            close(dir);
        }
        if (!read_inside()) {
            fputs("race: x/file is one from outside\n", stderr);
            return 1;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9 <
             seconds);
    printf("%ld links %ld directories %ld calls\n", links, directories, calls);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "swap") == 0)
        return swap(argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "probe") == 0)
        return probe(strtod(argv[2], NULL));
    if (argc == 2 && strcmp(argv[1], "forget") == 0)
        return forget();
    fputs("race: wrong arguments\n", stderr);
    return 2;
}
