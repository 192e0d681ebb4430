/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of calls by io_uring(7) and by io_submit(2), without their libraries, which add nothing
 * here. One step is one request, waited for; but "ringburst" and "aioburst" have many at a time. */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RING_ENTRIES = 64 };

/* io_uring */

static struct {
    int fd; /* 0: not yet */
    struct io_uring_params params;
    char *queue; /* both rings: IORING_FEAT_SINGLE_MMAP */
    struct io_uring_sqe *sqes;
} ring;

static uint32_t *ring_word(uint32_t offset)
{
    return (uint32_t *)(ring.queue + offset);
}

static bool ring_start(void)
{
    size_t size;

    if (ring.fd > 0)
        return true;
    ring.fd = (int)syscall(SYS_io_uring_setup, RING_ENTRIES, &ring.params);
    if (ring.fd < 0)
        return false;
    size = ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe);
    ring.queue = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
                      IORING_OFF_SQ_RING);
    ring.sqes = mmap(NULL, RING_ENTRIES * sizeof(*ring.sqes), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQES);
    return ring.queue != MAP_FAILED && (void *)ring.sqes != MAP_FAILED;
}

static void ring_put(const struct io_uring_sqe *sqe)
{
    uint32_t *tail = ring_word(ring.params.sq_off.tail);
    uint32_t mask = *ring_word(ring.params.sq_off.ring_mask);
    uint32_t place = *tail & mask;

    ring.sqes[place] = *sqe;
    ring_word(ring.params.sq_off.array)[place] = place;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
}

static bool ring_enter(unsigned n)
{
    long r;

    do {
        r = syscall(SYS_io_uring_enter, ring.fd, n, n, IORING_ENTER_GETEVENTS, NULL, 0);
    } while (r < 0 && errno == EINTR);
    return r == (long)n;
}

/* The result of the next completion, which is there. */
static int ring_take(void)
{
    uint32_t *head = ring_word(ring.params.cq_off.head);
    uint32_t mask = *ring_word(ring.params.cq_off.ring_mask);
    struct io_uring_cqe *cqes = (struct io_uring_cqe *)(ring.queue + ring.params.cq_off.cqes);
    int res;

    if (__atomic_load_n(ring_word(ring.params.cq_off.tail), __ATOMIC_ACQUIRE) == *head)
        wrong("a completion is missing");
    res = cqes[*head & mask].res;
    __atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
    return res;
}

/* As a system call returns it. */
static long ring_call(const struct io_uring_sqe *sqe)
{
    int r;

    if (!ring_start())
        return -1;
    ring_put(sqe);
    if (!ring_enter(1))
        return -1;
    r = ring_take();
    if (r >= 0)
        return r;
    errno = -r;
    return -1;
}

static long ring_rw(unsigned char opcode, int fd, void *memory, size_t n, long long offset)
{
    return ring_call(&(struct io_uring_sqe){
        .opcode = opcode,
        .fd = fd,
        .addr = (uintptr_t)memory,
        .len = (uint32_t)n,
        .off = (uint64_t)offset,
    });
}

/* ringread FILE N OFFSET: OFFSET -1 is where the descriptor is */
static void do_ringread(void)
{
    print_read(ring_rw(IORING_OP_READ, file(0), bytes, byte_count(1), number(2)), bytes);
}

/* ringwrite FILE TEXT OFFSET */
static void do_ringwrite(void)
{
    result(ring_rw(IORING_OP_WRITE, file(0), word(1), strlen(word(1)), number(2)));
}

/* ringfill FILE N CHARACTER OFFSET */
static void do_ringfill(void)
{
    size_t n = byte_count(1);

    memset(bytes, *word(2), n);
    result(ring_rw(IORING_OP_WRITE, file(0), bytes, n, number(3)));
}

static void do_ringfsync(void)
{
    result(ring_call(&(struct io_uring_sqe){.opcode = IORING_OP_FSYNC, .fd = file(0)}));
}

/* ringopen FILE PATH FLAGS [MODE] */
static void do_ringopen(void)
{
    long fd = ring_call(&(struct io_uring_sqe){
        .opcode = IORING_OP_OPENAT,
        .fd = AT_FDCWD,
        .addr = (uintptr_t)word(1),
        .open_flags = (uint32_t)named(open_flags, 2),
        .len = has_word(3) ? mode(3) : 0,
    });

    if (done(fd))
        know_file(word(0), (int)fd);
}

static void do_ringclose(void)
{
    result(ring_call(&(struct io_uring_sqe){.opcode = IORING_OP_CLOSE, .fd = file(0)}));
}

/* ringstatx PATH */
static void do_ringstatx(void)
{
    struct statx stx;
    long r = ring_call(&(struct io_uring_sqe){
        .opcode = IORING_OP_STATX,
        .fd = AT_FDCWD,
        .addr = (uintptr_t)word(0),
        .len = STATX_BASIC_STATS,
        .off = (uintptr_t)&stx,
        .statx_flags = AT_SYMLINK_NOFOLLOW,
    });

    if (r < 0)
        result(r);
    else
        printf("%07o %u:%u links %u size %llu\n", stx.stx_mode, stx.stx_uid, stx.stx_gid,
               stx.stx_nlink, (unsigned long long)stx.stx_size);
}

/* ringfallocate FILE MODE OFFSET LENGTH */
static void do_ringfallocate(void)
{
    result(ring_call(&(struct io_uring_sqe){
        .opcode = IORING_OP_FALLOCATE,
        .fd = file(0),
        .len = (uint32_t)named(allocate_modes, 1),
        .off = (uint64_t)number(2),
        .addr = (uint64_t)number(3),
    }));
}

static void do_ringunlink(void)
{
    result(ring_call(&(struct io_uring_sqe){
        .opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD, .addr = (uintptr_t)word(0)}));
}

/* Two paths, the second one at the same place */
static void ring_paths(unsigned char opcode)
{
    result(ring_call(&(struct io_uring_sqe){
        .opcode = opcode,
        .fd = AT_FDCWD,
        .addr = (uintptr_t)word(0),
        .len = (uint32_t)AT_FDCWD,
        .off = (uintptr_t)word(1),
    }));
}

static void do_ringrename(void)
{
    ring_paths(IORING_OP_RENAMEAT);
}

static void do_ringlink(void)
{
    ring_paths(IORING_OP_LINKAT);
}

/* ringmkdir PATH MODE */
static void do_ringmkdir(void)
{
    result(ring_call(&(struct io_uring_sqe){
        .opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD, .addr = (uintptr_t)word(0), .len = mode(1)}));
}

/* io_submit(2) */

static aio_context_t aio_context;

static bool aio_start(void)
{
    return aio_context != 0 || syscall(SYS_io_setup, RING_ENTRIES, &aio_context) == 0;
}

/* True when all N were taken and have an event in EVENTS. */
static bool aio_run(struct iocb *iocbs, long n, struct io_event *events)
{
    struct iocb *list[RING_ENTRIES];

    for (long i = 0; i < n; i++)
        list[i] = &iocbs[i];
    return aio_start() && syscall(SYS_io_submit, aio_context, n, list) == n &&
           syscall(SYS_io_getevents, aio_context, n, n, events, NULL) == n;
}

/* As a system call returns it. */
static long aio_call(unsigned short opcode, int fd, void *memory, size_t n, long long offset)
{
    struct iocb iocb = {
        .aio_lio_opcode = opcode,
        .aio_fildes = (uint32_t)fd,
        .aio_buf = (uintptr_t)memory,
        .aio_nbytes = n,
        .aio_offset = offset,
    };
    struct io_event event;

    if (!aio_run(&iocb, 1, &event))
        return -1;
    if (event.res >= 0)
        return (long)event.res;
    errno = (int)-event.res;
    return -1;
}

/* aioread FILE N OFFSET */
static void do_aioread(void)
{
    print_read(aio_call(IOCB_CMD_PREAD, file(0), bytes, byte_count(1), number(2)), bytes);
}

/* aiofill FILE N CHARACTER OFFSET */
static void do_aiofill(void)
{
    size_t n = byte_count(1);

    memset(bytes, *word(2), n);
    result(aio_call(IOCB_CMD_PWRITE, file(0), bytes, n, number(3)));
}

static void do_aiofsync(void)
{
    result(aio_call(IOCB_CMD_FSYNC, file(0), NULL, 0, 0));
}

/* Bursts: as many requests at a time as there is room for, in an order that is not the one of the
 * file; then all of it is read back in the same way. */

enum { BLOCK = 4096 };

static char letter(long long block)
{
    return (char)('a' + block % 26);
}

/* The Kth of the blocks of a burst. */
static long long shuffled(long long k)
{
    return k * 37 % RING_ENTRIES;
}

/* Each returns the number of blocks that were transferred whole, or -1. */
typedef long (*Transfer)(int fd, bool writes);

static long ring_transfer(int fd, bool writes)
{
    long whole = 0;

    if (!ring_start())
        return -1;
    for (long long k = 0; k < RING_ENTRIES; k++) {
        long long block = shuffled(k);
        ring_put(&(struct io_uring_sqe){
            .opcode = writes ? IORING_OP_WRITE : IORING_OP_READ,
            .fd = fd,
            .addr = (uintptr_t)(bytes + block * BLOCK),
            .len = BLOCK,
            .off = (uint64_t)(block * BLOCK),
        });
    }
    if (!ring_enter(RING_ENTRIES))
        return -1;
    for (int k = 0; k < RING_ENTRIES; k++)
        whole += ring_take() == BLOCK ? 1 : 0;
    return whole;
}

static long aio_transfer(int fd, bool writes)
{
    struct iocb iocbs[RING_ENTRIES] = {0};
    struct io_event events[RING_ENTRIES];
    long whole = 0;

    for (long long k = 0; k < RING_ENTRIES; k++) {
        iocbs[k].aio_lio_opcode = writes ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
        iocbs[k].aio_fildes = (uint32_t)fd;
        iocbs[k].aio_buf = (uintptr_t)(bytes + shuffled(k) * BLOCK);
        iocbs[k].aio_nbytes = BLOCK;
        iocbs[k].aio_offset = shuffled(k) * BLOCK;
    }
    if (!aio_run(iocbs, RING_ENTRIES, events))
        return -1;
    for (int k = 0; k < RING_ENTRIES; k++)
        whole += events[k].res == BLOCK ? 1 : 0;
    return whole;
}

static void burst(Transfer transfer)
{
    long whole;
    long right = 0;

    for (long long block = 0; block < RING_ENTRIES; block++)
        memset(bytes + block * BLOCK, letter(block), BLOCK);
    whole = transfer(file(0), true);
    if (whole < 0) {
        result(whole);
        return;
    }
    printf("%ld written ", whole);
    memset(bytes, 0, RING_ENTRIES * BLOCK);
    whole = transfer(file(0), false);
    if (whole < 0) {
        result(whole);
        return;
    }
    for (long long block = 0; block < RING_ENTRIES; block++) {
        const char *start = bytes + block * BLOCK;
        right += *start == letter(block) && memcmp(start, start + 1, BLOCK - 1) == 0 ? 1 : 0;
    }
    printf("%ld read %ld right\n", whole, right);
}

static void do_ringburst(void)
{
    burst(ring_transfer);
}

static void do_aioburst(void)
{
    burst(aio_transfer);
}

const Step async_steps[] = {
    {"ringread",      do_ringread     },
    {"ringwrite",     do_ringwrite    },
    {"ringfill",      do_ringfill     },
    {"ringfsync",     do_ringfsync    }, /* FILE */
    {"ringopen",      do_ringopen     },
    {"ringclose",     do_ringclose    }, /* FILE */
    {"ringstatx",     do_ringstatx    },
    {"ringfallocate", do_ringfallocate},
    {"ringunlink",    do_ringunlink   }, /* PATH */
    {"ringrename",    do_ringrename   }, /* PATH PATH */
    {"ringlink",      do_ringlink     }, /* PATH PATH */
    {"ringmkdir",     do_ringmkdir    },
    {"ringburst",     do_ringburst    }, /* FILE */
    {"aioread",       do_aioread      },
    {"aiofill",       do_aiofill      },
    {"aiofsync",      do_aiofsync     }, /* FILE */
    {"aioburst",      do_aioburst     }, /* FILE */
    {NULL,            NULL            },
};
