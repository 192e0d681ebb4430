/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stress DIRECTORY SECONDS SEED PID CLIENT...: clients, one process each, create, write, rename,
 * read, list and remove in the same directories at the same time. CLIENT is host:UID:GID, or
 * ns:UID:GID in the user namespace of the process PID; UID:GID may have ":SHOWN_UID:SHOWN_GID", the
 * owner that it sees its own files have, if that is another.
 *
 * Below DIRECTORY are made "own0" to "own2", sticky, where client N has files "cN.*" that nobody
 * else may touch, whose names and contents it keeps account of; and "all0" and "all1", where all
 * do anything to everything by a few common names. At the end each client's account must be true.
 * Exit status 1, and a line on each failure, when it is not, or when a call fails in a way that the
 * other clients cannot explain. What is left is for the caller to check on the lower side. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    CLIENTS_MAX = 32,
    OWN_MAX = 64,
    OWN_DIRS = 3,
    ALL_DIRS = 2,
    ALL_NAMES = 12,
    CONTENT_MAX = 20000
};

/* A file that only this client may change. */
typedef struct {
    bool exists;
    bool seen; /* in the present listing */
    int directory;
    unsigned number;
    uint32_t pattern;
    size_t size;
} Own;

static struct {
    int index;
    bool in_namespace;
    unsigned uid;
    unsigned gid;
    unsigned shown_uid;
    unsigned shown_gid;
} client;

static Own own[OWN_MAX];
static unsigned last_number;
static uint64_t state; /* of the random numbers */
static unsigned long seed;
static const char *operation = "start";
static char content[CONTENT_MAX + 1];
static char expected[CONTENT_MAX + 1];

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fprintf(stderr, "stress: seed %lu, client %d, %s: %s\n", seed, client.index, operation, text);
    exit(1);
}

static void must(bool worked, const char *what, const char *name)
{
    if (!worked)
        fail("%s %s: %s", what, name, strerror(errno));
}

static unsigned below(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 11) % limit;
}

/* Own files */

static void own_name(const Own *file, char name[64])
{
    snprintf(name, 64, "own%d/c%d.%u", file->directory, client.index, file->number);
}

static void make_pattern(const Own *file, char *bytes)
{
    for (size_t i = 0; i < file->size; i++)
        bytes[i] = (char)('a' + (file->pattern + i * 7 + i / 251) % 26);
}

static void write_all(int fd, const Own *file, const char *name)
{
    make_pattern(file, content);
    for (size_t at = 0; at < file->size;) {
        size_t part = file->size - at;
        if (part > 1 && below(2) == 0)
            part = 1 + below((unsigned)part);
        ssize_t n = write(fd, content + at, part);
        must(n > 0, "write", name);
        at += (size_t)n;
    }
}

static void check_owner(int fd, const Own *file, const char *name)
{
    struct stat st;

    must(fstat(fd, &st) == 0, "fstat", name);
    if (st.st_uid != client.shown_uid || st.st_gid != client.shown_gid)
        fail("%s has owner %u:%u, not %u:%u", name, st.st_uid, st.st_gid, client.shown_uid,
             client.shown_gid);
    if ((size_t)st.st_size != file->size)
        fail("%s has size %jd, not %zu", name, (intmax_t)st.st_size, file->size);
}

static void check_content(int fd, const Own *file, const char *name)
{
    ssize_t n = pread(fd, content, CONTENT_MAX + 1, 0);

    must(n >= 0, "read", name);
    make_pattern(file, expected);
    if ((size_t)n != file->size || memcmp(content, expected, file->size) != 0)
        fail("%s has not the content that was written: %zd bytes of %zu", name, n, file->size);
}

static Own *any_own(bool exists)
{
    unsigned start = below(OWN_MAX);

    for (unsigned i = 0; i < OWN_MAX; i++) {
        Own *file = &own[(start + i) % OWN_MAX];
        if (file->exists == exists)
            return file;
    }
    return NULL;
}

static void new_own(Own *file)
{
    *file = (Own){
        .directory = (int)below(OWN_DIRS),
        .number = ++last_number,
        .pattern = below(1000),
        .size = below(CONTENT_MAX),
    };
}

static void create_own(void)
{
    Own *file = any_own(false);
    char name[64];
    char proc[64];
    int fd;

    if (file == NULL)
        return;
    new_own(file);
    own_name(file, name);
    if (below(4) == 0) {
        char directory[16];
        snprintf(directory, sizeof(directory), "own%d", file->directory);
        fd = open(directory, O_TMPFILE | O_RDWR, 0644);
        must(fd >= 0, "open O_TMPFILE", directory);
        write_all(fd, file, name);
        snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
        must(linkat(AT_FDCWD, proc, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0, "linkat", name);
    } else {
        fd = open(name, O_CREAT | O_EXCL | O_RDWR, 0644);
        must(fd >= 0, "create", name);
        write_all(fd, file, name);
    }
    check_owner(fd, file, name);
    close(fd);
    file->exists = true;
}

static void read_own(void)
{
    Own *file = any_own(true);
    char name[64];

    if (file == NULL)
        return;
    own_name(file, name);
    int fd = open(name, O_RDONLY);
    must(fd >= 0, "open", name);
    check_owner(fd, file, name);
    check_content(fd, file, name);
    close(fd);
}

static void rewrite_own(void)
{
    Own *file = any_own(true);
    char name[64];

    if (file == NULL)
        return;
    own_name(file, name);
    int fd = open(name, O_RDWR | O_TRUNC);
    must(fd >= 0, "open O_TRUNC", name);
    file->pattern = below(1000);
    file->size = below(CONTENT_MAX);
    write_all(fd, file, name);
    check_owner(fd, file, name);
    check_content(fd, file, name);
    close(fd);
}

static void shorten_own(void)
{
    Own *file = any_own(true);
    char name[64];

    if (file == NULL)
        return;
    own_name(file, name);
    file->size = below((unsigned)file->size + 1);
    must(truncate(name, (off_t)file->size) == 0, "truncate", name);
}

static void map_own(void)
{
    Own *file = any_own(true);
    char name[64];

    if (file == NULL || file->size == 0)
        return;
    own_name(file, name);
    int fd = open(name, O_RDWR);
    must(fd >= 0, "open", name);
    file->pattern = below(1000);
    char *bytes = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(bytes != MAP_FAILED, "mmap", name);
    make_pattern(file, bytes);
    must(msync(bytes, file->size, MS_SYNC) == 0, "msync", name);
    munmap(bytes, file->size);
    check_content(fd, file, name);
    close(fd);
}

static void rename_own(void)
{
    Own *file = any_own(true);
    Own *target = any_own(below(2) == 0);
    char name[64];
    char new_name[64];

    if (file == NULL || target == NULL || file == target)
        return;
    own_name(file, name);
    if (!target->exists)
        new_own(target);
    own_name(target, new_name);
    /* A file that is open stays itself when another takes its name. */
    int fd = target->exists ? open(new_name, O_RDONLY) : -1;
    must(rename(name, new_name) == 0, "rename", name);
    if (fd >= 0) {
        check_content(fd, target, new_name);
        close(fd);
    }
    target->exists = true;
    target->pattern = file->pattern;
    target->size = file->size;
    file->exists = false;
    must(access(name, F_OK) < 0 && errno == ENOENT, "the old name is still there:", name);
}

static void remove_own(void)
{
    Own *file = any_own(true);
    char name[64];

    if (file == NULL)
        return;
    own_name(file, name);
    int fd = open(name, O_RDONLY);
    must(fd >= 0, "open", name);
    must(unlink(name) == 0, "unlink", name);
    check_owner(fd, file, name);
    check_content(fd, file, name);
    close(fd);
    must(access(name, F_OK) < 0 && errno == ENOENT, "it is still there after unlink:", name);
    file->exists = false;
}

/* What is not created, renamed or removed meanwhile is listed, and once. */
static void list_own(void)
{
    int directory = (int)below(OWN_DIRS);
    char path[16];
    char prefix[16];
    struct dirent *entry;

    snprintf(path, sizeof(path), "own%d", directory);
    size_t length = (size_t)snprintf(prefix, sizeof(prefix), "c%d.", client.index);
    for (int i = 0; i < OWN_MAX; i++)
        own[i].seen = false;
    DIR *stream = opendir(path);
    must(stream != NULL, "opendir", path);
    errno = 0;
    while ((entry = readdir(stream)) != NULL) {
        if (strncmp(entry->d_name, prefix, length) != 0)
            continue;
        unsigned number = (unsigned)strtoul(entry->d_name + length, NULL, 10);
        int i = 0;
        while (i < OWN_MAX &&
               !(own[i].exists && own[i].directory == directory && own[i].number == number))
            i++;
        if (i == OWN_MAX)
            fail("%s/%s is listed, but is not there", path, entry->d_name);
        if (own[i].seen)
            fail("%s/%s is listed twice", path, entry->d_name);
        own[i].seen = true;
    }
    must(errno == 0, "readdir", path);
    closedir(stream);
    for (int i = 0; i < OWN_MAX; i++) {
        if (own[i].exists && own[i].directory == directory && !own[i].seen)
            fail("%s/%s%u is there, but is not listed", path, prefix, own[i].number);
    }
}

/* Somebody else's file, in a sticky directory: not to be had. */
static void touch_others(void)
{
    char name[64];

    if (client.uid == 0 || (client.in_namespace && client.uid == 1000))
        return;
    snprintf(name, sizeof(name), "own%u/c%u.%u", below(OWN_DIRS), below(2), 1 + below(200));
    if (unlink(name) == 0)
        fail("%s of another user could be removed", name);
    if (open(name, O_WRONLY) >= 0)
        fail("%s of another user could be opened for writing", name);
}

/* Common names: any result that another client can be the cause of is right. */

static void tolerate(long result, const char *what, const char *name)
{
    if (result >= 0)
        return;
    switch (errno) {
    case ENOENT:
    case EEXIST:
    case ENOTDIR:
    case EISDIR:
    case ENOTEMPTY:
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENXIO:
    case EINVAL: /* a directory into itself; readlink of something else */
    case EBUSY:
    case ENODATA:
        return;
    default:
        fail("%s %s: %s", what, name, strerror(errno));
    }
}

static void common_name(char name[64])
{
    unsigned which = below(ALL_NAMES);

    if (below(5) == 0)
        snprintf(name, 64, "all%u/n%u/n%u", below(ALL_DIRS), below(ALL_NAMES), which);
    else
        snprintf(name, 64, "all%u/n%u", below(ALL_DIRS), which);
}

static void use_common_file(const char *name)
{
    char byte = 0;
    struct stat st;
    int fd = open(name, O_RDWR | O_NONBLOCK | O_NOFOLLOW | (below(2) == 0 ? O_CREAT : 0), 0666);

    tolerate(fd, "open", name);
    if (fd < 0)
        return;
    must(fstat(fd, &st) == 0, "fstat", name);
    if (S_ISREG(st.st_mode)) {
        must(write(fd, name, 20) == 20, "write", name);
        /* Nothing, when another client has just truncated it. */
        must(pread(fd, &byte, 1, 0) >= 0, "read", name);
        if (below(3) == 0)
            must(fchmod(fd, 0666) == 0 || errno == EPERM, "fchmod", name);
        must(ftruncate(fd, below(100)) == 0, "ftruncate", name);
        must(fstat(fd, &st) == 0, "fstat", name);
    }
    close(fd);
}

static void list_common(const char *name)
{
    DIR *stream = opendir(name);
    struct dirent *entry;
    struct stat st;

    tolerate(stream != NULL ? 0 : -1, "opendir", name);
    if (stream == NULL)
        return;
    errno = 0;
    while ((entry = readdir(stream)) != NULL) {
        tolerate(fstatat(dirfd(stream), entry->d_name, &st, AT_SYMLINK_NOFOLLOW), "stat",
                 entry->d_name);
        errno = 0;
    }
    tolerate(errno == 0 ? 0 : -1, "readdir", name);
    closedir(stream);
}

/* Held without being opened, while the name goes. */
static void hold_common(const char *name)
{
    struct stat before;
    struct stat after;
    int fd = open(name, O_PATH | O_NOFOLLOW);

    tolerate(fd, "open O_PATH", name);
    if (fd < 0)
        return;
    must(fstat(fd, &before) == 0, "fstat", name);
    tolerate(unlink(name), "unlink", name);
    must(fstat(fd, &after) == 0, "fstat after unlink", name);
    if (before.st_ino != after.st_ino || (before.st_mode & S_IFMT) != (after.st_mode & S_IFMT))
        fail("%s has become another file while it was held", name);
    close(fd);
}

static void use_common(void)
{
    char name[64];
    char other[64];
    struct stat st;

    common_name(name);
    common_name(other);
    switch (below(14)) {
    case 0:
        tolerate(mkdir(name, 0777), "mkdir", name);
        break;
    case 1:
        tolerate(rmdir(name), "rmdir", name);
        break;
    case 2:
        tolerate(symlink(other, name), "symlink", name);
        break;
    case 3:
        tolerate(mknod(name, S_IFIFO | 0666, 0), "mknod", name);
        break;
    case 4:
        tolerate(link(name, other), "link", name);
        break;
    case 5:
        tolerate(rename(name, other), "rename", name);
        break;
    case 6:
        tolerate(renameat2(AT_FDCWD, name, AT_FDCWD, other, RENAME_EXCHANGE), "exchange", name);
        break;
    case 7:
        tolerate(unlink(name), "unlink", name);
        break;
    case 8:
        tolerate(readlink(name, content, 100), "readlink", name);
        break;
    case 9:
        tolerate(lstat(name, &st), "lstat", name);
        break;
    case 10:
        list_common(name);
        break;
    case 11:
        hold_common(name);
        break;
    default:
        use_common_file(name);
    }
}

/* The clients */

static const struct {
    const char *name;
    void (*run)(void);
    unsigned weight;
} operations[] = {
    {"create an own file",   create_own,   10},
    {"read an own file",     read_own,     10},
    {"rewrite an own file",  rewrite_own,  3 },
    {"shorten an own file",  shorten_own,  2 },
    {"map an own file",      map_own,      2 },
    {"rename an own file",   rename_own,   6 },
    {"remove an own file",   remove_own,   7 },
    {"list own files",       list_own,     2 },
    {"touch another's file", touch_others, 3 },
    {"use a common name",    use_common,   40},
};

enum { N_OPERATIONS = sizeof(operations) / sizeof(operations[0]) };

static void run_one(void)
{
    unsigned total = 0;
    unsigned chosen;

    for (int i = 0; i < N_OPERATIONS; i++)
        total += operations[i].weight;
    chosen = below(total);
    for (int i = 0; i < N_OPERATIONS; i++) {
        if (chosen < operations[i].weight) {
            operation = operations[i].name;
            operations[i].run();
            return;
        }
        chosen -= operations[i].weight;
    }
}

static void check_account(void)
{
    char name[64];

    operation = "account";
    for (int i = 0; i < OWN_MAX; i++) {
        if (!own[i].exists)
            continue;
        own_name(&own[i], name);
        int fd = open(name, O_RDONLY);
        must(fd >= 0, "a lost file:", name);
        check_owner(fd, &own[i], name);
        check_content(fd, &own[i], name);
        close(fd);
    }
    for (int i = 0; i < 10; i++)
        list_own();
}

static void become(int userns)
{
    if (client.in_namespace) {
        must(setns(userns, CLONE_NEWUSER) == 0, "setns", "");
        /* Only from root of the namespace to another are capabilities dropped. */
        must(setresuid(0, 0, 0) == 0, "setresuid", "");
    }
    must(setgroups(0, NULL) == 0, "setgroups", "");
    must(setresgid(client.gid, client.gid, client.gid) == 0, "setresgid", "");
    must(setresuid(client.uid, client.uid, client.uid) == 0, "setresuid", "");
}

static void parse_client(int index, const char *text)
{
    char kind[8] = "";
    int n = sscanf(text, "%7[a-z]:%u:%u:%u:%u", kind, &client.uid, &client.gid, &client.shown_uid,
                   &client.shown_gid);

    if (n != 3 && n != 5)
        fail("wrong client %s", text);
    client.index = index;
    client.in_namespace = strcmp(kind, "ns") == 0;
    if (n == 3) {
        client.shown_uid = client.uid;
        client.shown_gid = client.gid;
    }
}

__attribute__((noreturn)) static void run_client(int userns, time_t end)
{
    unsigned long done = 0;

    become(userns);
    umask(0);
    state = seed * 0x9e3779b97f4a7c15u + (unsigned)client.index + 1;
    for (int i = 0; i < 20; i++)
        below(2);
    for (; time(NULL) < end; done++)
        run_one();
    check_account();
    if (done == 0)
        fail("did nothing");
    exit(0);
}

int main(int argc, char **argv)
{
    char path[64];
    int failed = 0;
    int status;

    if (argc < 6 || argc - 5 > CLIENTS_MAX)
        return 2;
    seed = strtoul(argv[3], NULL, 10);
    snprintf(path, sizeof(path), "/proc/%s/ns/user", argv[4]);
    int userns = open(path, O_RDONLY | O_CLOEXEC);
    must(userns >= 0, "open", path);
    must(chdir(argv[1]) == 0, "chdir", argv[1]);
    umask(0);
    for (int i = 0; i < OWN_DIRS + ALL_DIRS; i++) {
        snprintf(path, sizeof(path), "%s%d", i < OWN_DIRS ? "own" : "all", i % OWN_DIRS);
        must(mkdir(path, i < OWN_DIRS ? 01777 : 0777) == 0, "mkdir", path);
    }
    time_t end = time(NULL) + atoi(argv[2]);
    for (int i = 5; i < argc; i++) {
        parse_client(i - 5, argv[i]);
        pid_t child = fork();
        must(child >= 0, "fork", "");
        if (child == 0)
            run_client(userns, end);
    }
    while (wait(&status) > 0)
        failed += !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return failed > 0;
}
