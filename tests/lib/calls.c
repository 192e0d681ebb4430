/* SPDX-License-Identifier: GPL-2.0-or-later */
/* calls STEP...: makes system calls and prints a line for each, "STEP: RESULT".
 *
 * A step is one argument, words with blanks between them; the table at the end lists them all. A
 * result is "ok", a number, what was read, or the name of an error, after which the next step is
 * taken all the same. Nothing that differs from run to run is printed, so that what two file
 * systems do can be compared as text. An open file is named by a word of the step that opened it.
 * The exit status is 2 for a wrong step, else 0. */
#include "calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/falloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static struct {
    char name[32];
    int fd;
} files[FILES_MAX];
static int n_files;

_Alignas(4096) char bytes[BYTES_MAX];
static char *words[WORDS_MAX + 1]; /* of this step, after its name; NULL after the last */
static const char *step;

void wrong(const char *why)
{
    fprintf(stderr, "calls: %s: %s\n", step, why);
    exit(2);
}

char *word(int i)
{
    for (int k = 0; k <= i; k++) {
        if (words[k] == NULL)
            wrong("a word is missing");
    }
    return words[i];
}

bool has_word(int i)
{
    for (int k = 0; k <= i; k++) {
        if (words[k] == NULL)
            return false;
    }
    return true;
}

long long number(int i)
{
    char *end;
    long long n = strtoll(word(i), &end, 0);

    if (end == words[i] || *end != '\0')
        wrong("no number");
    return n;
}

mode_t mode(int i)
{
    return (mode_t)strtoul(word(i), NULL, 8);
}

size_t byte_count(int i)
{
    long long n = number(i);

    if (n < 0 || n > BYTES_MAX)
        wrong("too many bytes");
    return (size_t)n;
}

int file(int i)
{
    const char *name = word(i);

    for (int k = 0; k < n_files; k++) {
        if (strcmp(files[k].name, name) == 0)
            return files[k].fd;
    }
    return -1; /* the call says EBADF */
}

void know_file(const char *name, int fd)
{
    int k = 0;

    while (k < n_files && strcmp(files[k].name, name) != 0)
        k++;
    if (k == FILES_MAX || strlen(name) >= sizeof(files[k].name))
        wrong("too many open files");
    strcpy(files[k].name, name);
    files[k].fd = fd;
    if (k == n_files)
        n_files++;
}

/* Names for numbers */

const Name open_flags[] = {
    {"RDONLY",    O_RDONLY   },
    {"WRONLY",    O_WRONLY   },
    {"RDWR",      O_RDWR     },
    {"CREAT",     O_CREAT    },
    {"EXCL",      O_EXCL     },
    {"TRUNC",     O_TRUNC    },
    {"APPEND",    O_APPEND   },
    {"PATH",      O_PATH     },
    {"NOFOLLOW",  O_NOFOLLOW },
    {"DIRECTORY", O_DIRECTORY},
    {"TMPFILE",   O_TMPFILE  },
    {"NONBLOCK",  O_NONBLOCK },
    {"NOATIME",   O_NOATIME  },
    {"DIRECT",    O_DIRECT   },
    {"SYNC",      O_SYNC     },
    {"DSYNC",     O_DSYNC    },
    {"0",         0          },
    {NULL,        0          },
};

static const Name rename_flags[] = {
    {"NOREPLACE", RENAME_NOREPLACE},
    {"EXCHANGE",  RENAME_EXCHANGE },
    {"WHITEOUT",  RENAME_WHITEOUT },
    {NULL,        0               },
};

const Name allocate_modes[] = {
    {"ALLOCATE",  0                                         },
    {"KEEP_SIZE", FALLOC_FL_KEEP_SIZE                       },
    {"PUNCH",     FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
    {"COLLAPSE",  FALLOC_FL_COLLAPSE_RANGE                  },
    {"INSERT",    FALLOC_FL_INSERT_RANGE                    },
    {"ZERO",      FALLOC_FL_ZERO_RANGE                      },
    {"ZERO_KEEP", FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE},
    {"UNSHARE",   FALLOC_FL_UNSHARE_RANGE                   },
    {NULL,        0                                         },
};

static const Name seek_whences[] = {
    {"SET",  SEEK_SET },
    {"END",  SEEK_END },
    {"DATA", SEEK_DATA},
    {"HOLE", SEEK_HOLE},
    {NULL,   0        },
};

static const Name xattr_flags[] = {
    {"CREATE",  XATTR_CREATE },
    {"REPLACE", XATTR_REPLACE},
    {NULL,      0            },
};

static const Name node_types[] = {
    {"fifo",   S_IFIFO },
    {"char",   S_IFCHR },
    {"block",  S_IFBLK },
    {"socket", S_IFSOCK},
    {"file",   S_IFREG },
    {NULL,     0       },
};

int named(const Name *table, int i)
{
    int all = 0;

    if (!has_word(i))
        return 0;
    for (char *part = strtok(words[i], "|"); part != NULL; part = strtok(NULL, "|")) {
        const Name *known = table;
        while (known->name != NULL && strcmp(known->name, part) != 0)
            known++;
        if (known->name == NULL)
            wrong(part);
        all |= known->value;
    }
    return all;
}

static const Name errors[] = {
    {"EPERM",        EPERM       },
    {"ENOENT",       ENOENT      },
    {"EIO",          EIO         },
    {"ENXIO",        ENXIO       },
    {"ENOEXEC",      ENOEXEC     },
    {"EBADF",        EBADF       },
    {"EAGAIN",       EAGAIN      },
    {"ENOMEM",       ENOMEM      },
    {"EACCES",       EACCES      },
    {"EBUSY",        EBUSY       },
    {"EEXIST",       EEXIST      },
    {"EXDEV",        EXDEV       },
    {"ENODEV",       ENODEV      },
    {"ENOTDIR",      ENOTDIR     },
    {"EISDIR",       EISDIR      },
    {"EINVAL",       EINVAL      },
    {"ENFILE",       ENFILE      },
    {"EMFILE",       EMFILE      },
    {"ENOTTY",       ENOTTY      },
    {"ETXTBSY",      ETXTBSY     },
    {"EFBIG",        EFBIG       },
    {"ENOSPC",       ENOSPC      },
    {"ESPIPE",       ESPIPE      },
    {"EROFS",        EROFS       },
    {"EMLINK",       EMLINK      },
    {"ENOLCK",       ENOLCK      },
    {"ERANGE",       ERANGE      },
    {"ENAMETOOLONG", ENAMETOOLONG},
    {"ENOSYS",       ENOSYS      },
    {"ENOTEMPTY",    ENOTEMPTY   },
    {"ELOOP",        ELOOP       },
    {"ENODATA",      ENODATA     },
    {"EOVERFLOW",    EOVERFLOW   },
    {"ENOTSUP",      ENOTSUP     },
    {"ENOTCONN",     ENOTCONN    },
    {"ECONNABORTED", ECONNABORTED},
    {"ESTALE",       ESTALE      },
    {"EDQUOT",       EDQUOT      },
    {"E2BIG",        E2BIG       },
    {NULL,           0           },
};

bool result(long long r)
{
    const Name *known = errors;

    if (r > 0)
        printf("%lld\n", r);
    else if (r == 0)
        puts("ok");
    if (r >= 0)
        return true;
    while (known->name != NULL && known->value != errno)
        known++;
    if (known->name != NULL)
        puts(known->name);
    else
        printf("errno %d\n", errno);
    return false;
}

bool done(long long r)
{
    return result(r < 0 ? r : 0);
}

void print_bytes(const char *start, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t run = 1;
        while (i + run < n && start[i + run] == start[i])
            run++;
        if (start[i] > ' ' && start[i] <= '~')
            putchar(start[i]);
        else
            printf("\\%o", (unsigned char)start[i]);
        if (run > 3)
            printf("{%zu}", run);
        i += run > 3 ? run : 1;
    }
    putchar('\n');
}

void print_read(ssize_t r, const char *start)
{
    if (r < 0)
        result(r);
    else
        print_bytes(start, (size_t)r);
}

/* R: what the call returned that was to fill *ST. */
static void print_stat(int r, const struct stat *st)
{
    static const char *const types[16] = {[S_IFIFO >> 12] = "fifo",      [S_IFCHR >> 12] = "char",
                                          [S_IFDIR >> 12] = "directory", [S_IFBLK >> 12] = "block",
                                          [S_IFREG >> 12] = "file",      [S_IFLNK >> 12] = "link",
                                          [S_IFSOCK >> 12] = "socket"};
    const char *type;

    if (r < 0) {
        result(r);
        return;
    }
    type = types[(st->st_mode & S_IFMT) >> 12];
    printf("%s %04o %u:%u links %ju", type != NULL ? type : "?", st->st_mode & ALLPERMS, st->st_uid,
           st->st_gid, (uintmax_t)st->st_nlink);
    if (S_ISREG(st->st_mode) || S_ISLNK(st->st_mode))
        printf(" size %jd", (intmax_t)st->st_size);
    if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
        printf(" device %u,%u", major(st->st_rdev), minor(st->st_rdev));
    putchar('\n');
}

/* Steps */

static void do_open(void)
{
    int fd = open(word(1), named(open_flags, 2), has_word(3) ? mode(3) : 0);

    if (done(fd))
        know_file(words[0], fd);
}

static void do_close(void)
{
    result(close(file(0)));
}

static void do_read(void)
{
    size_t n = byte_count(1);
    int fd = file(0);
    ssize_t r;

    r = has_word(2) ? pread(fd, bytes, n, number(2)) : read(fd, bytes, n);
    print_read(r, bytes);
}

static void do_write(void)
{
    size_t n = strlen(word(1));
    int fd = file(0);

    result(has_word(2) ? pwrite(fd, words[1], n, number(2)) : write(fd, words[1], n));
}

/* fill FILE N CHARACTER [OFFSET] */
static void do_fill(void)
{
    size_t n = byte_count(1);
    int fd = file(0);

    memset(bytes, *word(2), n);
    result(has_word(3) ? pwrite(fd, bytes, n, number(3)) : write(fd, bytes, n));
}

/* lines FILE N TEXT: one write a line, "TEXT NUMBER" */
static void do_lines(void)
{
    int fd = file(0);

    for (long long i = 0; i < number(1); i++) {
        int n = snprintf(bytes, BYTES_MAX, "%s %lld\n", word(2), i);
        if (write(fd, bytes, (size_t)n) != n) {
            result(-1);
            return;
        }
    }
    result(0);
}

static const Name lock_kinds[] = {
    {"flock", 0           },
    {"fcntl", F_SETLKW    },
    {"ofd",   F_OFD_SETLKW},
    {NULL,    0           },
};

static int lock_file(int fd, int kind, bool lock)
{
    struct flock all = {.l_type = lock ? F_WRLCK : F_UNLCK, .l_whence = SEEK_SET};

    return kind == 0 ? flock(fd, lock ? LOCK_EX : LOCK_UN) : fcntl(fd, kind, &all);
}

static ssize_t read_number(int fd, long long *ret_number)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

    *ret_number = strtoll(text, NULL, 10);
    return n;
}

static int add_one(int fd)
{
    char text[32];
    long long number;
    ssize_t n = read_number(fd, &number);

    if (n >= 0) {
        n = snprintf(text, sizeof(text), "%lld\n", number + 1);
        n = pwrite(fd, text, (size_t)n, 0);
    }
    return n < 0 ? -1 : 0;
}

/* count PATH N flock|fcntl|ofd [open|only|twice]: N times locks the file, adds one to the number
 * that it has, and unlocks it; open: by a descriptor of each time, which is closed instead; twice:
 * first takes another lock, by fcntl, that all can have, and rests afterwards. A read before each
 * lock, but with only and twice, sees to it that something is in caches that is old by then. */
static void do_count(void)
{
    const bool reopen = has_word(3) && strcmp(words[3], "open") == 0;
    const bool twice = has_word(3) && strcmp(words[3], "twice") == 0;
    const bool only = has_word(3) && !reopen;
    const struct flock shared = {
        .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 1 << 20, .l_len = 1};
    const int kind = named(lock_kinds, 2);
    long long old;
    int fd = open(word(0), O_RDWR);
    int r = fd < 0 ? -1 : 0;

    for (long long i = 0; r == 0 && i < number(1); i++) {
        if (reopen && close(fd) == 0)
            fd = open(words[0], O_RDWR);
        if (!only && read_number(fd, &old) < 0)
            r = -1;
        else if (twice && fcntl(fd, F_SETLKW, &shared) < 0)
            r = -1;
        else if (lock_file(fd, kind, true) < 0 || add_one(fd) < 0)
            r = -1;
        else if (!reopen)
            r = lock_file(fd, kind, false);
        if (twice)
            usleep(500 + (useconds_t)random() % 3000);
    }
    result(r);
    close(fd);
}

static void do_stat(void)
{
    struct stat st;
    int r = lstat(word(0), &st);

    print_stat(r, &st);
}

static void do_fstat(void)
{
    struct stat st;
    int r = fstat(file(0), &st);

    print_stat(r, &st);
}

static void print_same(bool known, const struct stat *a, const struct stat *b)
{
    if (!known)
        result(-1);
    else
        puts(a->st_dev == b->st_dev && a->st_ino == b->st_ino ? "same inode" : "two inodes");
}

static void do_same(void)
{
    struct stat a;
    struct stat b;
    bool known = lstat(word(0), &a) == 0 && lstat(word(1), &b) == 0;

    print_same(known, &a, &b);
}

static void do_fsame(void)
{
    struct stat a;
    struct stat b;
    bool known = fstat(file(0), &a) == 0 && lstat(word(1), &b) == 0;

    print_same(known, &a, &b);
}

static void do_blocks(void)
{
    struct stat st;

    if (lstat(word(0), &st) < 0)
        result(-1);
    else
        printf("%jd\n", (intmax_t)st.st_blocks);
}

static void do_truncate(void)
{
    result(truncate(word(0), number(1)));
}

static void do_ftruncate(void)
{
    result(ftruncate(file(0), number(1)));
}

static void do_chmod(void)
{
    result(chmod(word(0), mode(1)));
}

static void do_fchmod(void)
{
    result(fchmod(file(0), mode(1)));
}

static void do_chown(void)
{
    result(lchown(word(0), (uid_t)number(1), (gid_t)number(2)));
}

static void do_fchown(void)
{
    result(fchown(file(0), (uid_t)number(1), (gid_t)number(2)));
}

static struct timespec time_word(int i)
{
    struct timespec time = {0};
    char *end;

    if (strcmp(word(i), "now") == 0)
        time.tv_nsec = UTIME_NOW;
    else if (strcmp(word(i), "omit") == 0)
        time.tv_nsec = UTIME_OMIT;
    else {
        time.tv_sec = strtoll(words[i], &end, 10);
        if (*end == '.')
            time.tv_nsec = strtol(end + 1, NULL, 10);
    }
    return time;
}

/* utimes PATH ATIME MTIME: now, omit, or SECONDS.NANOSECONDS */
static void do_utimes(void)
{
    struct timespec times[2] = {time_word(1), time_word(2)};

    result(utimensat(AT_FDCWD, word(0), times, AT_SYMLINK_NOFOLLOW));
}

static void do_futimes(void)
{
    struct timespec times[2] = {time_word(1), time_word(2)};

    result(futimens(file(0), times));
}

static void print_time(const char *name, struct timespec stamp)
{
    printf("%s ", name);
    if (llabs((long long)(stamp.tv_sec - time(NULL))) < 60)
        printf("now");
    else
        printf("%jd.%09ld", (intmax_t)stamp.tv_sec, stamp.tv_nsec);
}

/* atime and mtime; "now" stands for the last minute */
static void do_times(void)
{
    struct stat st;

    if (lstat(word(0), &st) < 0) {
        result(-1);
        return;
    }
    print_time("atime", st.st_atim);
    print_time(" mtime", st.st_mtim);
    putchar('\n');
}

static void do_mkdir(void)
{
    result(mkdir(word(0), mode(1)));
}

static void do_rmdir(void)
{
    result(rmdir(word(0)));
}

static void do_unlink(void)
{
    result(unlink(word(0)));
}

/* mknod TYPE PATH MODE [MAJOR MINOR] */
static void do_mknod(void)
{
    dev_t device = has_word(4) ? makedev((unsigned)number(3), (unsigned)number(4)) : 0;

    result(mknod(word(1), (mode_t)named(node_types, 0) | mode(2), device));
}

/* many PREFIX N: PREFIX0 to PREFIX(N-1), every second one another name of the file before */
static void do_many(void)
{
    char first[NAME_MAX + 1];
    char second[NAME_MAX + 1];

    for (long long i = 0; i < number(1); i += 2) {
        snprintf(first, sizeof(first), "%s%lld", word(0), i);
        snprintf(second, sizeof(second), "%s%lld", word(0), i + 1);
        if (mknod(first, S_IFREG | 0644, 0) < 0 || (i + 1 < number(1) && link(first, second) < 0)) {
            result(-1);
            return;
        }
    }
    result(0);
}

static void do_symlink(void)
{
    result(symlink(word(0), word(1)));
}

static void do_readlink(void)
{
    print_read(readlink(word(0), bytes, BYTES_MAX), bytes);
}

static void do_link(void)
{
    result(link(word(0), word(1)));
}

static void do_linkfd(void)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", file(0));
    result(linkat(AT_FDCWD, path, AT_FDCWD, word(1), AT_SYMLINK_FOLLOW));
}

static void do_rename(void)
{
    result(renameat2(AT_FDCWD, word(0), AT_FDCWD, word(1), (unsigned)named(rename_flags, 2)));
}

static void do_chdir(void)
{
    result(chdir(word(0)));
}

static void do_umask(void)
{
    umask(mode(0));
    result(0);
}

static void do_fallocate(void)
{
    result(fallocate(file(0), named(allocate_modes, 1), number(2), number(3)));
}

static void do_seek(void)
{
    off_t r = lseek(file(0), number(2), named(seek_whences, 1));

    if (r < 0)
        result(-1);
    else
        printf("%jd\n", (intmax_t)r);
}

/* copy FILE FILE LENGTH [OFFSET OFFSET] */
static void do_copy(void)
{
    off_t in = has_word(3) ? number(3) : 0;
    off_t out = has_word(4) ? number(4) : 0;

    result(copy_file_range(file(0), has_word(3) ? &in : NULL, file(1), has_word(4) ? &out : NULL,
                           (size_t)number(2), 0));
}

static void do_fsync(void)
{
    result(fsync(file(0)));
}

static void do_fdatasync(void)
{
    result(fdatasync(file(0)));
}

static void do_syncfs(void)
{
    result(syncfs(file(0)));
}

static void do_setfl(void)
{
    result(fcntl(file(0), F_SETFL, named(open_flags, 1)));
}

/* The mapping that has OFFSET, or NULL */
static char *map(int fd, int protection, long long offset, char **ret_base)
{
    long long page = offset & ~0xfffLL;

    *ret_base = mmap(NULL, 0x2000, protection, MAP_SHARED, fd, page);
    return *ret_base == MAP_FAILED ? NULL : *ret_base + (offset - page);
}

/* mapwrite FILE TEXT OFFSET */
static void do_mapwrite(void)
{
    char *base;
    char *place = map(file(0), PROT_READ | PROT_WRITE, number(2), &base);

    if (place == NULL) {
        result(-1);
        return;
    }
    memcpy(place, word(1), strlen(word(1)));
    result(msync(base, 0x2000, MS_SYNC));
    munmap(base, 0x2000);
}

/* mapread FILE N OFFSET */
static void do_mapread(void)
{
    char *base;
    char *place = map(file(0), PROT_READ, number(2), &base);

    if (place == NULL) {
        result(-1);
        return;
    }
    print_bytes(place, (size_t)number(1));
    munmap(base, 0x2000);
}

static void do_setxattr(void)
{
    result(lsetxattr(word(0), word(1), word(2), strlen(word(2)), named(xattr_flags, 3)));
}

static void do_getxattr(void)
{
    size_t n = has_word(2) ? (size_t)number(2) : BYTES_MAX;
    ssize_t r = lgetxattr(word(0), word(1), bytes, n);

    if (r < 0 || n == 0)
        result(r);
    else
        print_bytes(bytes, (size_t)r);
}

static void do_removexattr(void)
{
    result(lremovexattr(word(0), word(1)));
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_sorted(char **list, size_t n)
{
    qsort(list, n, sizeof(*list), compare_strings);
    for (size_t i = 0; i < n; i++)
        printf("%s%s", i > 0 ? " " : "", list[i]);
    putchar('\n');
}

static void do_listxattr(void)
{
    size_t size = has_word(1) ? (size_t)number(1) : BYTES_MAX;
    ssize_t r = llistxattr(word(0), bytes, size);
    char *list[256];
    size_t n = 0;

    if (r < 0 || size == 0) {
        result(r);
        return;
    }
    for (ssize_t at = 0; at < r && n < 256; at += (ssize_t)strlen(bytes + at) + 1)
        list[n++] = bytes + at;
    print_sorted(list, n);
}

static void do_list(void)
{
    DIR *directory = opendir(word(0));
    struct dirent *entry;
    char *list[4096];
    size_t n = 0;

    if (directory == NULL) {
        result(-1);
        return;
    }
    errno = 0;
    while (n < 4096 && (entry = readdir(directory)) != NULL)
        list[n++] = strdup(entry->d_name);
    if (errno != 0)
        result(-1);
    else
        print_sorted(list, n);
    while (n > 0)
        free(list[--n]);
    closedir(directory);
}

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* seekall PATH: positions of a directory, 2000 at most, gone to in another order, have their entry
 * again */
static void do_seekall(void)
{
    DIR *directory = opendir(word(0));
    struct dirent *entry;
    struct {
        long position;
        char *name;
    } *all = NULL;
    size_t n = 0;
    long position;

    if (directory == NULL) {
        result(-1);
        return;
    }
    for (position = telldir(directory); (entry = readdir(directory)) != NULL;
         position = telldir(directory)) {
        all = reallocarray(all, n + 1, sizeof(*all));
        all[n].position = position;
        all[n++].name = strdup(entry->d_name);
    }
    for (size_t i = 0; i < n && i < 2000; i++) {
        size_t k = (i * 7919 + n / 2) % n;
        seekdir(directory, all[k].position);
        entry = readdir(directory);
        if (entry == NULL || strcmp(entry->d_name, all[k].name) != 0) {
            printf("%s is not at its place but %s\n", all[k].name,
                   entry != NULL ? entry->d_name : "the end");
            return;
        }
    }
    rewinddir(directory);
    entry = readdir(directory);
    if (entry == NULL || strcmp(entry->d_name, all[0].name) != 0)
        puts("rewound to another entry");
    else
        printf("%zu entries\n", n);
    closedir(directory);
    while (n > 0)
        free(all[--n].name);
    free(all);
}

/* eachonce PATH PREFIX N [remove]: there are PREFIX0 to PREFIX(N-1), and each is listed once, also
 * when it is removed as soon as it is */
static void do_eachonce(void)
{
    DIR *directory = opendir(word(0));
    size_t prefix = strlen(word(1));
    unsigned long n = (unsigned long)number(2);
    unsigned char *seen = calloc(n, 1);
    unsigned long found = 0;
    struct dirent *entry;

    if (directory == NULL) {
        result(-1);
        return;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (is_dot(entry->d_name))
            continue;
        unsigned long i = strtoul(entry->d_name + prefix, NULL, 10);
        if (strncmp(entry->d_name, words[1], prefix) != 0 || i >= n || seen[i]++ > 0) {
            printf("%s is listed again, or should not be there\n", entry->d_name);
            return;
        }
        found++;
        if (has_word(3) && unlinkat(dirfd(directory), entry->d_name, 0) < 0) {
            result(-1);
            return;
        }
    }
    printf("%lu entries\n", found);
    closedir(directory);
    free(seen);
}

static void do_access(void)
{
    int wanted = 0;

    for (const char *letter = word(1); *letter != '\0'; letter++)
        wanted |= *letter == 'r' ? R_OK : *letter == 'w' ? W_OK : X_OK;
    result(faccessat(AT_FDCWD, words[0], wanted, AT_EACCESS));
}

/* Space and inodes there are, and how long a name may be */
static void do_statfs(void)
{
    struct statvfs sfs;

    if (statvfs(word(0), &sfs) < 0)
        result(-1);
    else
        printf("%lu blocks of %lu bytes, %lu inodes, names of %lu\n", sfs.f_blocks, sfs.f_frsize,
               sfs.f_files, sfs.f_namemax);
}

/* Waits until there is a file PATH: another process says so. */
static void do_await(void)
{
    const struct timespec pause = {.tv_nsec = 5000000};

    for (int tries = 2000; tries > 0; tries--) {
        if (access(word(0), F_OK) == 0) {
            result(0);
            return;
        }
        nanosleep(&pause, NULL);
    }
    result(-1);
}

/* pause MICROSECONDS */
static void do_pause(void)
{
    result(usleep((useconds_t)number(0)));
}

static const Step steps[] = {
    {"open",        do_open       }, /* FILE PATH FLAGS [MODE] */
    {"close",       do_close      }, /* FILE */
    {"read",        do_read       }, /* FILE N [OFFSET] */
    {"write",       do_write      }, /* FILE TEXT [OFFSET] */
    {"fill",        do_fill       },
    {"lines",       do_lines      },
    {"count",       do_count      },
    {"stat",        do_stat       }, /* PATH; no step follows a link at the end of PATH but open */
    {"fstat",       do_fstat      }, /* FILE */
    {"same",        do_same       }, /* PATH PATH */
    {"fsame",       do_fsame      }, /* FILE PATH */
    {"blocks",      do_blocks     }, /* PATH */
    {"truncate",    do_truncate   }, /* PATH N */
    {"ftruncate",   do_ftruncate  }, /* FILE N */
    {"chmod",       do_chmod      }, /* PATH MODE; follows */
    {"fchmod",      do_fchmod     }, /* FILE MODE */
    {"chown",       do_chown      }, /* PATH UID GID */
    {"fchown",      do_fchown     }, /* FILE UID GID */
    {"utimes",      do_utimes     },
    {"futimes",     do_futimes    }, /* the same with FILE */
    {"times",       do_times      },
    {"mkdir",       do_mkdir      }, /* PATH MODE */
    {"rmdir",       do_rmdir      },
    {"unlink",      do_unlink     },
    {"mknod",       do_mknod      },
    {"many",        do_many       },
    {"symlink",     do_symlink    }, /* TARGET PATH */
    {"readlink",    do_readlink   },
    {"link",        do_link       }, /* PATH PATH */
    {"linkfd",      do_linkfd     }, /* FILE PATH */
    {"rename",      do_rename     }, /* PATH PATH [FLAGS] */
    {"chdir",       do_chdir      },
    {"umask",       do_umask      },
    {"fallocate",   do_fallocate  }, /* FILE MODE OFFSET LENGTH */
    {"seek",        do_seek       }, /* FILE WHENCE OFFSET */
    {"copy",        do_copy       },
    {"fsync",       do_fsync      },
    {"fdatasync",   do_fdatasync  },
    {"syncfs",      do_syncfs     },
    {"setfl",       do_setfl      }, /* FILE FLAGS */
    {"mapwrite",    do_mapwrite   },
    {"mapread",     do_mapread    },
    {"setxattr",    do_setxattr   }, /* PATH NAME VALUE [FLAGS] */
    {"getxattr",    do_getxattr   }, /* PATH NAME [SIZE] */
    {"removexattr", do_removexattr}, /* PATH NAME */
    {"listxattr",   do_listxattr  }, /* PATH [SIZE] */
    {"list",        do_list       },
    {"seekall",     do_seekall    },
    {"eachonce",    do_eachonce   },
    {"access",      do_access     }, /* PATH rwx */
    {"statfs",      do_statfs     },
    {"await",       do_await      },
    {"pause",       do_pause      },
    {NULL,          NULL          },
};

static const Step *const tables[] = {steps, data_steps, async_steps};

static void take(const char *text)
{
    char *copy = strdup(text);
    char *rest = copy;
    const char *name = strsep(&rest, " ");
    int n = 0;

    step = text;
    while (rest != NULL && n < WORDS_MAX)
        words[n++] = strsep(&rest, " ");
    words[n] = NULL;
    printf("%s: ", text);
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        for (const Step *known = tables[i]; known->name != NULL; known++) {
            if (strcmp(known->name, name) == 0) {
                known->run();
                fflush(stdout);
                free(copy);
                return;
            }
        }
    }
    wrong("unknown");
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        take(argv[i]);
    return 0;
}
