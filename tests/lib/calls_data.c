/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of calls that move data in less common ways, or run into a limit. */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Of <linux/fs.h>, newer than some */
#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x20
#endif
#ifndef RWF_ATOMIC
#define RWF_ATOMIC 0x40
#endif
#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x80
#endif

static const Name rw_flags[] = {
    {"0",         0            },
    {"HIPRI",     RWF_HIPRI    },
    {"DSYNC",     RWF_DSYNC    },
    {"SYNC",      RWF_SYNC     },
    {"NOWAIT",    RWF_NOWAIT   },
    {"APPEND",    RWF_APPEND   },
    {"NOAPPEND",  RWF_NOAPPEND },
    {"ATOMIC",    RWF_ATOMIC   },
    {"DONTCACHE", RWF_DONTCACHE},
    {NULL,        0            },
};

/* readv2 FILE N OFFSET FLAGS: OFFSET -1 is where the descriptor is */
static void do_readv2(void)
{
    struct iovec iov = {.iov_base = bytes, .iov_len = byte_count(1)};

    print_read(preadv2(file(0), &iov, 1, number(2), named(rw_flags, 3)), bytes);
}

/* writev2 FILE TEXT OFFSET FLAGS: the same */
static void do_writev2(void)
{
    struct iovec iov = {.iov_base = word(1), .iov_len = strlen(word(1))};

    result(pwritev2(file(0), &iov, 1, number(2), named(rw_flags, 3)));
}

/* fillup FILE: writes until that fails; the error is the result */
static void do_fillup(void)
{
    int fd = file(0);
    ssize_t r;

    memset(bytes, 'f', BYTES_MAX);
    for (size_t n = BYTES_MAX; n >= 4096; n = r < 0 ? n / 2 : n) {
        r = write(fd, bytes, n);
        if (r < 0 && errno != ENOSPC && errno != EDQUOT)
            break;
    }
    result(r);
}

static char *shifted(int i, size_t n)
{
    size_t shift = (size_t)number(i);

    if (n > BYTES_MAX || shift > BYTES_MAX - n)
        wrong("too many bytes");
    return bytes + shift;
}

/* dread FILE N OFFSET SHIFT: to memory that begins SHIFT bytes after a page does */
static void do_dread(void)
{
    char *memory = shifted(3, (size_t)number(1));

    print_read(pread(file(0), memory, (size_t)number(1), number(2)), memory);
}

/* dfill FILE N CHARACTER OFFSET SHIFT: from such memory */
static void do_dfill(void)
{
    size_t n = (size_t)number(1);
    char *memory = shifted(4, n);

    memset(memory, *word(2), n);
    result(pwrite(file(0), memory, n, number(3)));
}

/* sendfile OUT IN N [OFFSET] */
static void do_sendfile(void)
{
    off_t offset = has_word(3) ? number(3) : 0;

    result(sendfile(file(0), file(1), has_word(3) ? &offset : NULL, (size_t)number(2)));
}

/* The number of bytes that went through the pipe, or -1. */
static ssize_t splice_through(const int ends[2], int in, off_t *in_offset, int out,
                              off_t *out_offset, size_t n)
{
    ssize_t got = splice(in, in_offset, ends[1], NULL, n, 0);

    for (ssize_t left = got; left > 0;) {
        ssize_t put = splice(ends[0], NULL, out, out_offset, (size_t)left, 0);
        if (put < 0)
            return put;
        left -= put;
    }
    return got;
}

/* splice IN OUT N [IN-OFFSET OUT-OFFSET]: through a pipe */
static void do_splice(void)
{
    off_t in_offset = has_word(3) ? number(3) : 0;
    off_t out_offset = has_word(4) ? number(4) : 0;
    int ends[2];
    ssize_t r;

    if (pipe(ends) < 0) {
        result(-1);
        return;
    }
    r = splice_through(ends, file(0), has_word(3) ? &in_offset : NULL, file(1),
                       has_word(4) ? &out_offset : NULL, (size_t)number(2));
    result(r);
    close(ends[0]);
    close(ends[1]);
}

static void do_clone(void)
{
    result(ioctl(file(1), FICLONE, file(0)));
}

/* ioctl(2) of a file or directory, opened for that */

static void ioctl_path(int i, unsigned long command, void *argument, void (*print)(const void *))
{
    int fd = open(word(i), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    int r = fd < 0 ? -1 : ioctl(fd, command, argument);

    if (r < 0 || print == NULL)
        result(r);
    else
        print(argument);
    if (fd >= 0)
        close(fd);
}

static void print_flags(const void *flags)
{
    printf("%#x\n", *(const unsigned *)flags);
}

static void do_flags(void)
{
    unsigned flags[2] = {0};

    ioctl_path(0, FS_IOC_GETFLAGS, flags, print_flags);
}

static void do_setflags(void)
{
    unsigned flags[2] = {(unsigned)number(1)};

    ioctl_path(0, FS_IOC_SETFLAGS, flags, NULL);
}

static void print_fsx(const void *argument)
{
    const struct fsxattr *fsx = argument;

    printf("flags %#x extsize %u project %u cowextsize %u\n", fsx->fsx_xflags, fsx->fsx_extsize,
           fsx->fsx_projid, fsx->fsx_cowextsize);
}

static void do_fsx(void)
{
    struct fsxattr fsx = {0};

    ioctl_path(0, FS_IOC_FSGETXATTR, &fsx, print_fsx);
}

/* setfsx PATH FLAGS EXTSIZE PROJECT */
static void do_setfsx(void)
{
    struct fsxattr fsx = {
        .fsx_xflags = (uint32_t)number(1),
        .fsx_extsize = (uint32_t)number(2),
        .fsx_projid = (uint32_t)number(3),
    };

    ioctl_path(0, FS_IOC_FSSETXATTR, &fsx, NULL);
}

/* ioctl PATH NUMBER: whatever it is, on zeros */
static void do_ioctl(void)
{
    memset(bytes, 0, 0x10000);
    ioctl_path(0, (unsigned long)number(1), bytes, NULL);
}

/* fillxattr PATH NAME N CHARACTER */
static void do_fillxattr(void)
{
    size_t n = byte_count(2);

    memset(bytes, *word(3), n);
    result(lsetxattr(word(0), word(1), bytes, n, 0));
}

/* The signals that came instead of a result */

static sigjmp_buf bus_error;
static volatile sig_atomic_t size_signals;

static void on_bus_error(int signal)
{
    (void)signal;
    siglongjmp(bus_error, 1);
}

static void on_size_signal(int signal)
{
    (void)signal;
    size_signals = size_signals + 1;
}

static void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigaction(signal, &action, NULL);
}

/* mapstore FILE CHARACTER OFFSET: one byte, and nothing that waits for the disk */
static void do_mapstore(void)
{
    off_t page = (off_t)(number(2) & ~0xfffLL);
    char *base = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, file(0), page);

    if (base == MAP_FAILED) {
        result(-1);
        return;
    }
    handle(SIGBUS, on_bus_error);
    if (sigsetjmp(bus_error, 1) == 0) {
        *(volatile char *)(base + (number(2) - page)) = *word(1);
        puts("ok");
    } else {
        puts("SIGBUS");
    }
    handle(SIGBUS, SIG_DFL);
    munmap(base, 0x1000);
}

/* mapcount FILE OFFSET N: adds 1 N times to the 64-bit word there, atomically */
static void do_mapcount(void)
{
    off_t page = (off_t)(number(1) & ~0xfffLL);
    char *base = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, file(0), page);

    if (base == MAP_FAILED) {
        result(-1);
        return;
    }
    for (long long n = number(2); n > 0; n--)
        __atomic_add_fetch((uint64_t *)(void *)(base + (number(1) - page)), 1, __ATOMIC_RELAXED);
    munmap(base, 0x1000);
    result(0);
}

/* fsize N: no file may grow beyond, the one that gets the results included; SIGXFSZ is counted */
static void do_fsize(void)
{
    struct rlimit limit = {.rlim_cur = (rlim_t)number(0), .rlim_max = RLIM_INFINITY};
    struct rlimit now;

    if (getrlimit(RLIMIT_FSIZE, &now) == 0)
        limit.rlim_max = now.rlim_max;
    handle(SIGXFSZ, on_size_signal);
    result(setrlimit(RLIMIT_FSIZE, &limit));
}

static void do_sizesignals(void)
{
    result(size_signals);
}

/* exec PATH: runs it without arguments; its exit status */
static void do_exec(void)
{
    char *const argv[] = {word(0), NULL};
    int status = 0;
    pid_t child = vfork();

    if (child == 0) {
        execv(argv[0], argv);
        _exit(128 + errno);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        result(-1);
    } else if (WEXITSTATUS(status) > 128) {
        errno = WEXITSTATUS(status) - 128;
        result(-1);
    } else {
        result(WEXITSTATUS(status));
    }
}

const Step data_steps[] = {
    {"readv2",      do_readv2     },
    {"writev2",     do_writev2    },
    {"fillup",      do_fillup     },
    {"dread",       do_dread      },
    {"dfill",       do_dfill      },
    {"sendfile",    do_sendfile   },
    {"splice",      do_splice     },
    {"clone",       do_clone      }, /* FROM TO: FICLONE */
    {"mapstore",    do_mapstore   },
    {"mapcount",    do_mapcount   },
    {"flags",       do_flags      }, /* PATH */
    {"setflags",    do_setflags   }, /* PATH FLAGS */
    {"fsx",         do_fsx        }, /* PATH */
    {"setfsx",      do_setfsx     },
    {"ioctl",       do_ioctl      },
    {"fillxattr",   do_fillxattr  },
    {"fsize",       do_fsize      },
    {"sizesignals", do_sizesignals}, /* how many SIGXFSZ came */
    {"exec",        do_exec       },
    {NULL,          NULL          },
};
