/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The differences from a kernel idmapped mount that are no bugs, each with its reason. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

typedef enum {
    LEAVE,  /* nothing came of it */
    REPAIR, /* the file must be made the same again */
    HIDDEN, /* also if the results are the same: what came of it is not */
} Repair;

typedef struct {
    const char *reason;
    bool (*matches)(const Step *step);
    Repair repair;
} Allowed;

static bool is_call(const Step *step, const char *names)
{
    const char *name = op_rows[step->op->row].name;
    const char *found = strstr(names, name);

    return found != NULL && (found == names || found[-1] == ' ') &&
           strchr(" ", found[strlen(name)]) != NULL;
}

static bool failed(const Step *step, Side side, int error)
{
    return step->results[side]->value < 0 && step->results[side]->error == error;
}

static bool same_return(const Step *step)
{
    return step->results[REMAPFS]->value == step->results[IDMAPPED]->value &&
           step->results[REMAPFS]->error == step->results[IDMAPPED]->error;
}

/* fs/fuse/dir.c, fuse_do_setattr(): what asks for nothing but to clear setuid and setgid is not
 * sent. */
static bool owner_unchanged(const Step *step)
{
    return is_call(step, "chown lchown fchown") && step->op->n[1] == -1 && step->op->n[2] == -1;
}

/* fs/fuse/dir.c, fuse_setattr(): what chown(2) says of the mode, to clear setuid and setgid, is
 * taken out before fs/attr.c, setattr_prepare() asks whether the caller may change the mode: it has
 * CAP_CHOWN but not CAP_FOWNER. */
static bool owner_but_not_mode(const Step *step)
{
    return is_call(step, "chown lchown fchown") && step->results[REMAPFS]->value == 0 &&
           failed(step, IDMAPPED, EPERM) &&
           (step->results[IDMAPPED]->mode_before & (S_ISUID | S_ISGID)) != 0;
}

/* fs/fuse/dir.c, fuse_do_setattr() has the caller's right checked before the daemon is asked,
 * fs/attr.c, notify_change() the mapping before the right. */
static bool unmapped_owner(const Step *step)
{
    return is_call(step, "chown lchown fchown") && failed(step, REMAPFS, EPERM) &&
           failed(step, IDMAPPED, EOVERFLOW);
}

/* fs/attr.c, setattr_should_drop_sgid(): without execution for the group, setgid stays when the
 * caller is in the file's group. Of the caller's groups the protocol tells one; it asks for setgid
 * to be cleared for all who lack CAP_FSETID. */
static bool setgid_of_member(const Step *step)
{
    const mode_t before = step->results[IDMAPPED]->mode_before;
    const mode_t after = step->results[IDMAPPED]->mode_after;

    return same_return(step) && (before & (S_ISGID | S_IXGRP)) == S_ISGID &&
           (after & S_ISGID) != 0 && step->results[REMAPFS]->mode_after == (after & ~S_ISGID);
}

/* fs/inode.c, file_update_time() does nothing for the inodes of FUSE, which leaves times to the
 * daemon, and the daemon does not see what goes through a pipe. */
static bool pipe_time(const Step *step)
{
    return same_return(step) && is_call(step, "write") &&
           S_ISFIFO(step->results[IDMAPPED]->mode_before);
}

/* fs/namei.c, may_create_dentry() refuses a caller without a mapping at once; on the way to a FUSE
 * daemon, which is the one to know of the mapping, others checks come first: of the directory's
 * permissions, of hard links to directories, of the right to make devices. */
static bool unmapped_creator(const Step *step)
{
    return callers[step->op->caller].is_unmapped && step->results[REMAPFS]->value < 0 &&
           !failed(step, REMAPFS, EOVERFLOW) && failed(step, IDMAPPED, EOVERFLOW);
}

/* Whether FD has only zeros from the one offset to the other. */
static bool is_zero(int fd, off_t from, off_t to)
{
    static const char zeros[65536];
    char bytes[sizeof(zeros)];

    while (from < to) {
        size_t size = to - from < (off_t)sizeof(bytes) ? (size_t)(to - from) : sizeof(bytes);
        ssize_t n = pread(fd, bytes, size, from);
        if (n <= 0 || memcmp(bytes, zeros, (size_t)n) != 0)
            return false;
        from = lseek(fd, from + n, SEEK_DATA);
        if (from < 0)
            return errno == ENXIO; /* a hole up to the end */
    }
    return true;
}

/* What was found may be a hole: a block of zeros, or the end. And data may be what is behind zeros.
 */
static bool is_plausible(int fd, const Op *op, off_t found, off_t size)
{
    off_t block_end = (found | 4095) + 1;

    if (found < op->n[1] || found > size)
        return false;
    if (op->n[2] == SEEK_DATA)
        return is_zero(fd, op->n[1], found);
    return is_zero(fd, found, block_end < size ? block_end : size);
}

/* Which zeros ext4 has stored and which are a hole depends on what is written to the disk already:
 * fs/ext4/extents.c, ext4_ext_convert_to_initialized() writes zeros around small pieces, and by
 * mm/filemap.c, mapping_seek_hole_data(), what was allocated and never written is data as far as it
 * was read into the page cache. */
static bool stored_zeros(const Step *step)
{
    char path[64];
    struct stat attr;
    bool is_allowed;
    int fd;

    if (!is_call(step, "lseek") || (step->op->n[2] != SEEK_DATA && step->op->n[2] != SEEK_HOLE))
        return false;
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)step->workers[IDMAPPED].pid,
             step->results[IDMAPPED]->watched_fd);
    fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    is_allowed = fstat(fd, &attr) == 0 && S_ISREG(attr.st_mode);
    for (int side = 0; side < SIDES; side++) {
        off_t found = step->results[side]->value;
        if (failed(step, (Side)side, ENXIO))
            found = attr.st_size;
        is_allowed = is_allowed && is_plausible(fd, step->op, found, attr.st_size);
    }
    close(fd);
    return is_allowed;
}

/* fs/read_write.c, generic_copy_file_checks(): the limit is that of the FUSE file system, and what
 * is nothing to copy is not sent. */
static bool beyond_the_largest(const Step *step)
{
    return is_call(step, "copy_file_range") && step->op->n[3] >= lower_get()->largest_file &&
           step->results[REMAPFS]->value == 0 && failed(step, IDMAPPED, EFBIG);
}

/* fs/attr.c, setattr_prepare() removes file capabilities; FUSE calls it before the daemon is asked,
 * and fs/attr.c, notify_change() refuses an owner without a mapping before that. */
static bool caps_of_refused_owner(const Step *step)
{
    return is_call(step, "chown lchown fchown") && failed(step, REMAPFS, EOVERFLOW) &&
           failed(step, IDMAPPED, EOVERFLOW);
}

/* A file system says in s_maxbytes how large a file can be, and the VFS refuses more at once. FUSE
 * says no limit, so that file_modified() has removed file capabilities when the daemon refuses. */
static bool caps_of_too_large(const Step *step)
{
    return failed(step, REMAPFS, EFBIG) && failed(step, IDMAPPED, EFBIG);
}

/* fs/ext4/inode.c, ext4_page_mkwrite() leaves file capabilities when a page is written to that is
 * mapped; the page reaches the lower file by a write(2) of the daemon, which removes them. */
static bool caps_of_mapped(const Step *step)
{
    return is_call(step, "mmap") && step->results[IDMAPPED]->value > 0;
}

/* fs/fuse/passthrough.c, fuse_passthrough_mmap() maps the lower file, and then FUSE does not learn
 * of what is written to its pages. The times that this sets are seen after attr_timeout, and must
 * be right as soon as somebody asks for what is not cached. */
static bool mapped_time(const Step *step)
{
    static const char mark[] = " mtime ";
    const Result *ours = step->results[REMAPFS];
    const Result *theirs = step->results[IDMAPPED];
    const char *time = strstr(theirs->after, mark);
    char path[64];
    char text[ATTR_SIZE];
    struct statx fresh;
    struct stat attr;

    if (!is_call(step, "mmap") || !same_return(step) ||
        strcmp(ours->payload, theirs->payload) != 0 || time == NULL ||
        strncmp(ours->after, theirs->after, (size_t)(time - theirs->after) + strlen(mark)) != 0)
        return false;
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)step->workers[REMAPFS].pid,
             ours->watched_fd);
    if (statx(AT_FDCWD, path, AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &fresh) < 0 ||
        stat(path, &attr) < 0)
        return false;
    attr_print(text, &attr);
    return strcmp(strstr(text, mark), time) == 0;
}

/* fs/fuse/passthrough.c, fuse_passthrough_write_iter() writes with the credentials that the daemon
 * had when the file was opened, and the daemon lacks CAP_FSETID; what had setuid or setgid then is
 * written by requests, but the file may have got it since. */
static bool set_while_open(const Step *step)
{
    const mode_t set = S_ISUID | S_ISGID;
    const mode_t after = step->results[IDMAPPED]->mode_after;

    return same_return(step) && is_call(step, "write pwrite") && (after & set) != 0 &&
           step->results[REMAPFS]->mode_after == (after & ~set) &&
           callers[step->op->caller].id == 0 && !callers[step->op->caller].in_namespace;
}

/* fs/btrfs/inode.c, btrfs_real_readdir() has its end at the last of all positions, from which
 * fs/read_write.c, rw_verify_area() lets nothing be read, before it is known that a directory
 * cannot be. FUSE stops behind the last entry. */
static bool end_of_directory(const Step *step)
{
    return lower_get()->type == BTRFS_SUPER_MAGIC && is_call(step, "read") &&
           failed(step, REMAPFS, EISDIR) && failed(step, IDMAPPED, EINVAL);
}

/* Never called, as what it changes on one side could not be made good: fallocate(2) to collapse or
 * to insert, which fs/fuse/file.c, fuse_file_fallocate() refuses. */
static const Allowed allowed[] = {
    {"a chown that changes no owner never reaches a daemon",       owner_unchanged,       REPAIR},
    {"FUSE does not ask whether a chown may clear setuid, setgid", owner_but_not_mode,    REPAIR},
    {"FUSE checks the caller's right before the owner's mapping",  unmapped_owner,        LEAVE },
    {"FUSE does not tell who is a member of the file's group",     setgid_of_member,      REPAIR},
    {"which zeros are a hole is up to ext4",                       stored_zeros,          LEAVE },
    {"a daemon is not told of writing to a FIFO",                  pipe_time,             REPAIR},
    {"a page that is written to tells FUSE nothing of the time",   mapped_time,           LEAVE },
    {"the end of a directory is elsewhere on btrfs",               end_of_directory,      LEAVE },
    {"the kernel writes backing files without CAP_FSETID",         set_while_open,        REPAIR},
    {"to copy nothing from beyond the end never reaches a daemon", beyond_the_largest,    LEAVE },
    {"FUSE checks all else before the mapping of who creates",     unmapped_creator,      LEAVE },
    {"FUSE drops capabilities before the daemon refuses a chown",  caps_of_refused_owner, HIDDEN},
    {"FUSE drops capabilities before the daemon refuses the size", caps_of_too_large,     HIDDEN},
    {"a daemon writes mapped pages as any other",                  caps_of_mapped,        HIDDEN},
};

static void must(int result, const char *what)
{
    if (result < 0)
        walk_fail("cannot make an allowed difference good: %s: %s", what, strerror(errno));
}

static void drop_caps(const char *path)
{
    static const char name[] = "security.capability";

    /* Nobody can where the owner has no mapping, so that nothing was removed there, either. */
    if (removexattr(path, name) < 0 && errno != ENODATA && errno != EPERM)
        must(-1, name);
}

/* The file gets the owner, mode and time that it has on the other side; capabilities, which not
 * even root could give to all files, are taken from both. */
static void repair_file(const Step *step)
{
    char path[SIDES][64];
    struct stat attr[SIDES];
    struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {0}};

    if (step->results[REMAPFS]->watched_fd < 0)
        return;
    for (int side = 0; side < SIDES; side++) {
        snprintf(path[side], sizeof(path[side]), "/proc/%d/fd/%d", (int)step->workers[side].pid,
                 step->results[side]->watched_fd);
        must(stat(path[side], &attr[side]), "stat");
    }
    if (attr[REMAPFS].st_uid != attr[IDMAPPED].st_uid ||
        attr[REMAPFS].st_gid != attr[IDMAPPED].st_gid)
        must(chown(path[REMAPFS], attr[IDMAPPED].st_uid, attr[IDMAPPED].st_gid), "chown");
    if (attr[REMAPFS].st_mode != attr[IDMAPPED].st_mode)
        must(chmod(path[REMAPFS], attr[IDMAPPED].st_mode & ALLPERMS), "chmod");
    times[1] = attr[IDMAPPED].st_mtim;
    if (S_ISFIFO(attr[IDMAPPED].st_mode))
        must(utimensat(AT_FDCWD, path[REMAPFS], times, 0), "utimensat");
    for (int side = 0; side < SIDES && !S_ISLNK(attr[side].st_mode); side++)
        drop_caps(path[side]);
}

/* Whether the results are as a row that matches expects them: different, or not but for the time of
 * what came of it. */
static bool fits(const Step *step, Repair repair)
{
    if (repair == HIDDEN)
        return results_same_but_ctime(step->results[REMAPFS], step->results[IDMAPPED]);
    return !results_same(step->results[REMAPFS], step->results[IDMAPPED]);
}

const char *allowed_difference(const Step *step)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (fits(step, allowed[i].repair) && allowed[i].matches(step)) {
            if (allowed[i].repair != LEAVE)
                repair_file(step);
            return allowed[i].reason;
        }
    }
    return NULL;
}
