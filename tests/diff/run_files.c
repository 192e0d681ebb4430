/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls on open files and their content. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OVERFLOW_ID = 65534 };

/* Never waits for the other end of a FIFO. */
int64_t run_open(Worker *worker, const Op *op, Result *result)
{
    int fd = open(op_text(op, 1), (int)op->n[2] | O_NONBLOCK | O_CLOEXEC, (mode_t)op->n[3]);
    struct stat attr;
    char text[ATTR_SIZE];

    if (fd < 0)
        return -1;
    if (op_slot(worker, op, 0) >= 0)
        close(op_slot(worker, op, 0));
    worker->slot[op->n[0]] = fd;
    if (result->mode_before == 0 && fstat(fd, &attr) == 0) {
        attr_print(text, &attr);
        payload_add(result, "%s", text);
    }
    return 0;
}

int64_t run_close(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);

    (void)result;
    worker->slot[op->n[0]] = -1;
    return close(fd);
}

static bool is_direct(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags >= 0 && (flags & O_DIRECT) != 0;
}

/* With O_DIRECT, ext4 takes only whole blocks; FUSE takes all, through a buffer of its own. */
static void align(int fd, size_t *size, off_t *offset)
{
    if (!is_direct(fd))
        return;
    *size &= ~(size_t)4095;
    if (offset != NULL)
        *offset &= ~INT64_C(4095);
    else
        lseek(fd, lseek(fd, 0, SEEK_CUR) & ~INT64_C(4095), SEEK_SET);
}

static int64_t read_bytes(Worker *worker, int64_t value, Result *result)
{
    if (value >= 0)
        payload_add_bytes(result, worker->data, (size_t)value);
    return value;
}

int64_t run_read(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);
    size_t size = (size_t)op->n[1];

    align(fd, &size, NULL);
    return read_bytes(worker, read(fd, worker->data, size), result);
}

int64_t run_pread(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);
    size_t size = (size_t)op->n[1];
    off_t offset = op->n[2];

    align(fd, &size, &offset);
    return read_bytes(worker, pread(fd, worker->data, size, offset), result);
}

/* A FIFO whose owner has no mapping: its time could not be made good, see pipe_time() in allowed.c.
 */
static bool is_foreign_pipe(int fd)
{
    struct stat attr;

    return fstat(fd, &attr) == 0 && S_ISFIFO(attr.st_mode) &&
           (attr.st_uid == OVERFLOW_ID || attr.st_gid == OVERFLOW_ID);
}

int64_t run_write(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);
    size_t size = (size_t)op->n[1];

    (void)result;
    if (is_foreign_pipe(fd))
        return 0;
    align(fd, &size, NULL);
    bytes_fill(op->seed, worker->data, size);
    return write(fd, worker->data, size);
}

int64_t run_pwrite(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);
    size_t size = (size_t)op->n[1];
    off_t offset = op->n[2];

    (void)result;
    align(fd, &size, &offset);
    bytes_fill(op->seed, worker->data, size);
    return pwrite(fd, worker->data, size, offset);
}

int64_t run_lseek(Worker *worker, const Op *op, Result *result)
{
    const int fd = op_slot(worker, op, 0);
    const int whence = (int)op->n[2];
    struct stat attr;
    off_t found;

    (void)result;
    /* A position in a directory is the file system's own business, but for its beginning. */
    if (fstat(fd, &attr) == 0 && S_ISDIR(attr.st_mode))
        return lseek(fd, 0, SEEK_SET);
    found = lseek(fd, op->n[1], whence);
    /* It may find another place, see allowed.c. */
    if (whence == SEEK_DATA || whence == SEEK_HOLE) {
        int error = errno;
        lseek(fd, op->n[1], SEEK_SET);
        errno = error;
    }
    return found;
}

int64_t run_truncate(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return truncate(op_text(op, 0), op->n[1]);
}

int64_t run_ftruncate(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    return ftruncate(op_slot(worker, op, 0), op->n[1]);
}

int64_t run_fallocate(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    return fallocate(op_slot(worker, op, 0), (int)op->n[1], op->n[2], op->n[3]);
}

int64_t run_copy_file_range(Worker *worker, const Op *op, Result *result)
{
    int from_fd = op_slot(worker, op, 0);
    int to_fd = op_slot(worker, op, 2);
    off_t from = op->n[1];
    off_t to = op->n[3];
    ssize_t n;

    /* How much is copied at once with O_DIRECT is up to the file system. */
    if (is_direct(from_fd) || is_direct(to_fd))
        return 0;
    n = copy_file_range(from_fd, &from, to_fd, &to, (size_t)op->n[4], 0);
    payload_add(result, "offsets %lld %lld", (long long)from, (long long)to);
    return n;
}

int64_t run_fsync(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);

    (void)result;
    return op->seed % 2 == 0 ? fsync(fd) : fdatasync(fd);
}

/* Reads through a shared mapping, and writes where the file is open for that. What lies behind the
 * end of the file is left alone. */
int64_t run_mmap(Worker *worker, const Op *op, Result *result)
{
    int fd = op_slot(worker, op, 0);
    bool writable = op->seed % 2 == 0;
    size_t size = (size_t)op->n[2];
    off_t offset = op->n[1] & ~INT64_C(4095);
    struct stat attr;
    unsigned char *map =
        mmap(NULL, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, offset);

    if (map == MAP_FAILED)
        return -1;
    if (fstat(fd, &attr) < 0 || !S_ISREG(attr.st_mode) || attr.st_size <= offset)
        attr.st_size = offset;
    if ((off_t)size > attr.st_size - offset)
        size = (size_t)(attr.st_size - offset);
    payload_add_bytes(result, map, size);
    if (writable) {
        bytes_fill(op->seed, map, size);
        if (msync(map, size, MS_SYNC) < 0)
            payload_add(result, " msync: %s", strerror(errno));
    }
    munmap(map, (size_t)op->n[2]);
    return (int64_t)size;
}

int64_t run_readdir(Worker *worker, const Op *op, Result *result)
{
    int fd = open(op_text(op, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)worker;
    return fd < 0 ? -1 : payload_add_listing(result, fd);
}

/* From the beginning, whatever was read before. */
int64_t run_readdir_slot(Worker *worker, const Op *op, Result *result)
{
    struct stat attr;
    int fd;

    if (fstat(op_slot(worker, op, 0), &attr) < 0)
        return -1;
    if (S_ISDIR(attr.st_mode) && lseek(op_slot(worker, op, 0), 0, SEEK_SET) < 0)
        return -1;
    fd = fcntl(op_slot(worker, op, 0), F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int n = payload_add_listing(result, fd);
    if (n < 0)
        close(fd);
    return n;
}
