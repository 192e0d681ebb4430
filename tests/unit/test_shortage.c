/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The corpus of tests/fuzz/fuzz_requests.c, again and again: each time another allocation fails, or
 * there are no descriptors left after one more. Each request is answered all the same, once, and
 * nothing is left of it: that is what the fuzz target demands. */
#include "../fuzz/kernel_side.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPARE_MAX = 16 /* more than a request uses */ };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* By the linker, in place of what we and libfuse call. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static atomic_bool working; /* on a request */
static atomic_long left;    /* allocations until one fails; 0 and below: it has */

static bool fails(void)
{
    return working && atomic_fetch_sub(&left, 1) == 1;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

static void count_allocations(bool begins)
{
    working = begins;
}

static struct rlimit usual;
static int spare;

static void limit_descriptors(bool begins)
{
    struct rlimit limit = usual;

    if (begins) {
        int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
        require(next >= 0 && close(next) == 0);
        limit.rlim_cur = (rlim_t)(next + spare);
    }
    require(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static void run_short(const uint8_t *data, size_t size)
{
    long n = 0;

    kernel_side_around = count_allocations;
    do {
        left = ++n;
        LLVMFuzzerTestOneInput(data, size);
    } while (left <= 0);
    kernel_side_around = limit_descriptors;
    for (spare = 0; spare <= SPARE_MAX; spare++)
        LLVMFuzzerTestOneInput(data, size);
}

static void run_file(int dir, const char *name)
{
    static uint8_t data[4096];
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, data, sizeof(data));

    require(n >= 0);
    close(fd);
    fprintf(stderr, "%s\n", name);
    run_short(data, (size_t)n);
}

int main(void)
{
    char path[4096];
    int n_files = 0;

    snprintf(path, sizeof(path), "%s/../fuzz/corpus/requests", getenv("TEST_DATA"));
    DIR *corpus = opendir(path);
    require(corpus != NULL && getrlimit(RLIMIT_NOFILE, &usual) == 0);
    for (struct dirent *entry; (entry = readdir(corpus)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        run_file(dirfd(corpus), entry->d_name);
        n_files++;
    }
    closedir(corpus);
    return n_files > 0 ? 0 : 1;
}
