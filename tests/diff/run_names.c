/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that make, move and remove names. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int64_t run_mkdir(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return mkdir(op_text(op, 0), (mode_t)op->n[1]);
}

int64_t run_mknod(Worker *worker, const Op *op, Result *result)
{
    unsigned number = (unsigned)op->n[1] >> 16;

    (void)worker;
    (void)result;
    return mknod(op_text(op, 0), (mode_t)((op->n[1] & S_IFMT) | op->n[2]),
                 makedev(number >> 8, number & 0xff));
}

int64_t run_symlink(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return symlink(op_text(op, 0), op_text(op, 1));
}

int64_t run_link(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return linkat(AT_FDCWD, op_text(op, 0), AT_FDCWD, op_text(op, 1), (int)op->n[2]);
}

int64_t run_link_slot(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    return linkat(op_slot(worker, op, 0), "", AT_FDCWD, op_text(op, 1), AT_EMPTY_PATH);
}

int64_t run_unlink(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return unlink(op_text(op, 0));
}

int64_t run_rmdir(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return rmdir(op_text(op, 0));
}

static bool is_dir(const char *path)
{
    struct stat attr;

    return lstat(path, &attr) == 0 && S_ISDIR(attr.st_mode);
}

/* A directory that is moved on the lower side is a second place of one that the kernel knows, and
 * while somebody renames, d_splice_alias() cannot bring that together: ESTALE. */
static bool is_left_out(const Op *op)
{
    return callers[op->caller].on_lower && (is_dir(op_text(op, 0)) || is_dir(op_text(op, 1)));
}

int64_t run_rename(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    if (is_left_out(op))
        return 0;
    return rename(op_text(op, 0), op_text(op, 1));
}

int64_t run_renameat2(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    if (is_left_out(op))
        return 0;
    return renameat2(AT_FDCWD, op_text(op, 0), AT_FDCWD, op_text(op, 1), (unsigned)op->n[2]);
}

static int64_t prune(int parent, const char *name);

/* Closes DIR_FD. Returns how many names could be removed below it. */
static int64_t prune_below(int dir_fd)
{
    DIR *dir = fdopendir(dir_fd);
    const struct dirent *entry;
    int64_t removed = 0;

    if (dir == NULL) {
        close(dir_fd);
        return 0;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            removed += prune(dirfd(dir), entry->d_name);
    }
    closedir(dir);
    return removed;
}

static int64_t prune(int parent, const char *name)
{
    int64_t removed = 0;
    int fd;

    if (unlinkat(parent, name, 0) == 0)
        return 1;
    if (errno != EISDIR)
        return 0;
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        removed = prune_below(fd);
    return removed + (unlinkat(parent, name, AT_REMOVEDIR) == 0);
}

/* As rm -r. */
int64_t run_prune(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return prune(AT_FDCWD, op_text(op, 0));
}

int64_t run_readlink(Worker *worker, const Op *op, Result *result)
{
    char target[TEXT_SIZE * 2];
    ssize_t n = readlink(op_text(op, 0), target, sizeof(target) - 1);

    (void)worker;
    if (n >= 0) {
        target[n] = '\0';
        payload_add(result, "%s", target);
    }
    return n;
}

int64_t run_umask(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return umask((mode_t)(op->n[0] & 0077));
}
