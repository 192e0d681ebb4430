/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_flips MNT MAP-FILE DAEMON N: N more times gives the daemon a new map by renaming one over
 * MAP-FILE and SIGHUP, lower 0 being shown as 200000 and as 100000 in turns, while processes look
 * for owners and ACLs that are half of the one map and half of the other. MNT/file and all in MNT/d
 * belong to lower 5:7; lower user 5 may read MNT/acl by its ACL, as may others, but no group. */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/posix_acl_xattr.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static const char *mnt;
static pid_t main_process;
static pid_t loads[4];

/* The file system's IDs of this process change for one call. */
static int open_as(uid_t uid, gid_t gid, const char *name, int flags)
{
    int fd;

    setfsgid(gid);
    setfsuid(uid);
    fd = open(name, flags | O_CLOEXEC, 0600);
    int saved = errno;
    setfsuid(0);
    setfsgid(0);
    errno = saved;
    return fd;
}

/* The load: each looks once, and ends the program when what it sees is of no one map */

static unsigned base_of(unsigned uid, unsigned gid, const char *what)
{
    unsigned base = uid - 5;

    if (gid - 7 != base || (base != 100000 && base != 200000))
        errx(1, "%s has %u:%u", what, uid, gid);
    return base;
}

static void look_at_listing(void)
{
    DIR *dir = opendir("d");
    struct dirent *entry;
    struct stat st;

    if (dir == NULL)
        err(1, "opendir");
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (fstatat(dirfd(dir), entry->d_name, &st, 0) < 0)
            err(1, "stat of %s", entry->d_name);
        base_of(st.st_uid, st.st_gid, entry->d_name);
    }
    closedir(dir);
}

static void look_at_acl(void)
{
    struct {
        struct posix_acl_xattr_header header;
        struct posix_acl_xattr_entry entries[1000];
    } acl;
    unsigned first = 0;
    ssize_t n = getxattr("acl", "system.posix_acl_access", &acl, sizeof(acl));

    if (n < 0)
        err(1, "getxattr");
    n = (n - (ssize_t)sizeof(acl.header)) / (ssize_t)sizeof(acl.entries[0]);
    for (ssize_t i = 0; i < n; i++) {
        unsigned id = acl.entries[i].e_id;
        if (acl.entries[i].e_tag != 2 /* ACL_USER */)
            continue;
        first = first == 0 ? id : first;
        if (id / 100000 != first / 100000)
            errx(1, "one ACL has %u and %u", first, id);
    }
}

/* An owner of whom half is in either map has no lower IDs at any time. */
static void use_mixed_owner(void)
{
    if (open_as(100005, 200007, "mixed", O_CREAT | O_WRONLY) >= 0)
        errx(1, "a caller that is in neither map creates a file");
    if (errno != EOVERFLOW)
        err(1, "creating in neither map");
    if (chown("victim", 200005, 100007) == 0)
        errx(1, "a file was given to an owner that is in neither map");
    if (errno != EOVERFLOW)
        err(1, "chown in neither map");
}

static pid_t load(void (*look)(void))
{
    pid_t child = fork();

    if (child < 0)
        err(1, "fork");
    while (child == 0)
        look();
    return child;
}

static void end_loads(void)
{
    for (int i = 0; getpid() == main_process && i < 4 && loads[i] > 0; i++)
        kill(loads[i], SIGKILL);
}

/* The changes */

static void write_map(const char *file, unsigned base)
{
    char name[4096];
    FILE *stream;

    snprintf(name, sizeof(name), "%s.new", file);
    stream = fopen(name, "w");
    if (stream == NULL || fprintf(stream, "0 %u 65536\n", base) < 0 || fclose(stream) != 0 ||
        rename(name, file) < 0)
        err(1, "%s", file);
}

static unsigned reads(void)
{
    char status[65536];
    ssize_t n = getxattr(mnt, "system.remapfs.status", status, sizeof(status) - 1);
    const char *found;

    if (n < 0)
        err(1, "status");
    status[n] = '\0';
    found = strstr(status, "\"map_reads\":");
    if (found == NULL)
        errx(1, "no map_reads");
    return (unsigned)strtoul(found + strlen("\"map_reads\":"), NULL, 10);
}

static void change(const char *file, pid_t daemon, unsigned base, unsigned count)
{
    const struct timespec pause = {.tv_nsec = 1000 * 1000};

    write_map(file, base);
    if (kill(daemon, SIGHUP) < 0)
        err(1, "kill");
    for (int tries = 0; reads() < count; tries++) {
        if (tries == 20000)
            errx(1, "change %u does not come", count);
        nanosleep(&pause, NULL);
    }
}

/* What the kernel has cached, without a time limit, is the new one's. */
static void check(int open_file, unsigned base)
{
    const unsigned other = 300000 - base;
    struct stat st;
    char byte;
    int fd;

    if (stat("file", &st) < 0 || base_of(st.st_uid, st.st_gid, "file") != base)
        errx(1, "the owner is still %u", st.st_uid);
    if (fstat(open_file, &st) < 0 || base_of(st.st_uid, st.st_gid, "the open file") != base)
        errx(1, "the owner of the open file is still %u", st.st_uid);
    if (pread(open_file, &byte, 1, 0) != 1 || pwrite(open_file, &byte, 1, 0) != 1)
        err(1, "the open file");
    fd = open_as(base + 5, 1, "acl", O_RDONLY);
    if (fd < 0)
        err(1, "who may by the ACL now, may not");
    close(fd);
    if (open_as(other + 5, 1, "acl", O_RDONLY) >= 0 || errno != EACCES)
        errx(1, "who might by the old ACL, still may");
}

int main(int argc, char **argv)
{
    void (*const looks[])(void) = {look_at_listing, look_at_acl, look_at_acl, use_mixed_owner};
    unsigned before;
    int open_file;
    int status;

    if (argc != 5)
        errx(2, "usage: map_flips MNT MAP-FILE DAEMON N");
    mnt = argv[1];
    if (chdir(mnt) < 0)
        err(1, "%s", mnt);
    open_file = open("file", O_RDWR | O_CLOEXEC);
    if (open_file < 0)
        err(1, "file");
    before = reads();
    main_process = getpid();
    atexit(end_loads);
    for (int i = 0; i < 4; i++)
        loads[i] = load(looks[i]);
    for (unsigned i = 1; i <= strtoul(argv[4], NULL, 10); i++) {
        unsigned base = i % 2 == 1 ? 200000 : 100000;
        change(argv[2], (pid_t)strtol(argv[3], NULL, 10), base, before + i);
        check(open_file, base);
        if (waitpid(-1, &status, WNOHANG) != 0)
            return 1;
    }
    return 0;
}
