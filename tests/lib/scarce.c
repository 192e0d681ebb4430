/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scarce.so, for LD_PRELOAD: an allocation fails. The file that SCARCE_FILE names begins with a
 * number of 64 bits, in the machine's order. When it is above 0 each allocation takes one off, and
 * the one that leaves 0 fails; it stays 0 then.
 *
 * Not those of aligned_alloc(3): a new thread of libfuse that gets no buffer to read requests to
 * ends the session (libfuse, lib/fuse_loop_mt.c, fuse_do_work()). */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *memory, size_t size);

static _Atomic int64_t *left;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SCARCE_FILE");
    int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *memory;

    if (fd < 0)
        return;
    memory = mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (memory != MAP_FAILED)
        left = memory;
}

static int fails(void)
{
    int64_t n = left != NULL ? atomic_load(left) : 0;

    while (n > 0 && !atomic_compare_exchange_weak(left, &n, n - 1))
        continue;
    if (n == 1)
        errno = ENOMEM;
    return n == 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size)
{
    return fails() ? NULL : __libc_realloc(memory, size);
}
