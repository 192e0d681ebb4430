/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a call gave, as text that can be compared and read. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static void add(Result *result, const char *format, va_list arguments)
{
    size_t used = strlen(result->payload);

    vsnprintf(result->payload + used, sizeof(result->payload) - used, format, arguments);
}

void payload_add(Result *result, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(result, format, arguments);
    va_end(arguments);
}

/* FNV-1a, eight bytes at a time. */
uint64_t bytes_hash(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    hash ^= 0xcbf29ce484222325;
    for (; size >= sizeof(uint64_t); at += sizeof(uint64_t), size -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        hash = (hash ^ word) * 0x100000001b3;
        hash ^= hash >> 29;
    }
    for (; size > 0; at++, size--)
        hash = (hash ^ *at) * 0x100000001b3;
    return hash;
}

void bytes_fill(uint64_t seed, unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t word = random_next(&seed);
        memcpy(bytes + i, &word, size - i < sizeof(word) ? size - i : sizeof(word));
    }
}

void payload_add_bytes(Result *result, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    payload_add(result, "%zu bytes, hash %016llx:", size,
                (unsigned long long)bytes_hash(0, bytes, size));
    for (size_t i = 0; i < size && i < 64; i++)
        payload_add(result, "%s%02x", i % 8 == 0 ? " " : "", at[i]);
}

static time_t walk_began;

__attribute__((constructor)) static void begin_time(void)
{
    walk_began = time(NULL);
}

/* What was stamped by this walk has no time that could be foretold, and utimensat() never sets one
 * that is near. */
static void print_time(char *text, size_t size, struct timespec stamp)
{
    if (stamp.tv_sec >= walk_began - 3600 && stamp.tv_sec <= time(NULL) + 3600)
        snprintf(text, size, "now");
    else
        snprintf(text, size, "%lld.%09ld", (long long)stamp.tv_sec, stamp.tv_nsec);
}

void attr_print(char text[ATTR_SIZE], const struct stat *attr)
{
    static const char *const types[] = {
        [S_IFIFO >> 12] = "fifo",    [S_IFCHR >> 12] = "char", [S_IFDIR >> 12] = "directory",
        [S_IFBLK >> 12] = "block",   [S_IFREG >> 12] = "file", [S_IFLNK >> 12] = "symlink",
        [S_IFSOCK >> 12] = "socket",
    };
    char stamp[40];

    print_time(stamp, sizeof(stamp), attr->st_mtim);
    snprintf(text, ATTR_SIZE, "%s %04o %u:%u links %u size %lld rdev %u:%u mtime %s",
             types[(attr->st_mode & S_IFMT) >> 12], attr->st_mode & ALLPERMS, attr->st_uid,
             attr->st_gid, (unsigned)attr->st_nlink, (long long)attr->st_size, major(attr->st_rdev),
             minor(attr->st_rdev), stamp);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_sorted(Result *result, char **names, size_t count)
{
    uint64_t hash = 0;

    qsort(names, count, sizeof(names[0]), compare_names);
    for (size_t i = 0; i < count; i++)
        hash = bytes_hash(hash, names[i], strlen(names[i]));
    payload_add(result, "%zu names, hash %016llx:", count, (unsigned long long)hash);
    for (size_t i = 0; i < count; i++)
        payload_add(result, " %.40s", names[i]);
}

int payload_add_listing(Result *result, int fd)
{
    char *names[1000];
    size_t count = 0;
    DIR *dir = fdopendir(fd);
    const struct dirent *entry;

    if (dir == NULL)
        return -1;
    errno = 0;
    while (count < 1000 && (entry = readdir(dir)) != NULL) {
        if (asprintf(&names[count++], "%s:%d", entry->d_name, entry->d_type) < 0)
            walk_fail("out of memory");
    }
    if (errno != 0)
        payload_add(result, "%s after ", strerror(errno));
    closedir(dir);
    add_sorted(result, names, count);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    return (int)count;
}

void payload_add_names(Result *result, char *list, size_t size)
{
    char *names[1000];
    size_t count = 0;

    for (size_t at = 0; at < size && count < 1000; at += strlen(list + at) + 1)
        names[count++] = list + at;
    add_sorted(result, names, count);
}
