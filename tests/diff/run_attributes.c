/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls on owners, modes, times and rights. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

int64_t run_chmod(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return chmod(op_text(op, 0), (mode_t)op->n[1]);
}

int64_t run_fchmod(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    return fchmod(op_slot(worker, op, 0), (mode_t)op->n[1]);
}

int64_t run_fchmodat2(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return syscall(SYS_fchmodat2, AT_FDCWD, op_text(op, 0), (mode_t)op->n[1], (int)op->n[2]);
}

int64_t run_chown(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return chown(op_text(op, 0), (uid_t)op->n[1], (gid_t)op->n[2]);
}

int64_t run_lchown(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return lchown(op_text(op, 0), (uid_t)op->n[1], (gid_t)op->n[2]);
}

int64_t run_fchown(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    return fchown(op_slot(worker, op, 0), (uid_t)op->n[1], (gid_t)op->n[2]);
}

int64_t run_utimensat(Worker *worker, const Op *op, Result *result)
{
    const struct timespec times[] = {op_time(op, 1), op_time(op, 2)};

    (void)worker;
    (void)result;
    return utimensat(AT_FDCWD, op_text(op, 0), times, (int)op->n[3]);
}

int64_t run_futimens(Worker *worker, const Op *op, Result *result)
{
    const struct timespec times[] = {op_time(op, 1), op_time(op, 2)};

    (void)result;
    return futimens(op_slot(worker, op, 0), times);
}

int64_t run_access(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return access(op_text(op, 0), (int)op->n[1]);
}

int64_t run_faccessat2(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return syscall(SYS_faccessat2, AT_FDCWD, op_text(op, 0), (int)op->n[1], (int)op->n[2]);
}

static int64_t add_attr(int64_t value, const struct stat *attr, Result *result)
{
    char text[ATTR_SIZE];

    if (value >= 0) {
        attr_print(text, attr);
        payload_add(result, "%s", text);
    }
    return value;
}

int64_t run_stat(Worker *worker, const Op *op, Result *result)
{
    struct stat attr;

    (void)worker;
    return add_attr(stat(op_text(op, 0), &attr), &attr, result);
}

int64_t run_lstat(Worker *worker, const Op *op, Result *result)
{
    struct stat attr;

    (void)worker;
    return add_attr(lstat(op_text(op, 0), &attr), &attr, result);
}

int64_t run_fstat(Worker *worker, const Op *op, Result *result)
{
    struct stat attr;

    return add_attr(fstat(op_slot(worker, op, 0), &attr), &attr, result);
}

int64_t run_statfs(Worker *worker, const Op *op, Result *result)
{
    struct statvfs fs;
    int r = statvfs(op_text(op, 0), &fs);

    (void)worker;
    if (r == 0)
        payload_add(result, "block size %lu %lu, blocks %lu, files %lu, name_max %lu", fs.f_bsize,
                    fs.f_frsize, (unsigned long)fs.f_blocks, (unsigned long)fs.f_files,
                    fs.f_namemax);
    return r;
}
