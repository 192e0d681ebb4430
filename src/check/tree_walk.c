/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a directory tree holds, as a mount of it would show it. */
#include "check/tree_walk.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>

typedef struct {
    const char *root;
    int fd;
    GQueue waiting; /* directories to be read, of char *, relative to the root */
    TreeVisit *visit;
    void *data;
    TreeResult *result;
} Walk;

void tree_result_clear(TreeResult *result)
{
    g_clear_pointer(&result->failed, g_free);
}

static void fail(Walk *walk, const char *directory, const char *name)
{
    int error = errno;
    if (walk->result->failures++ > 0)
        return;
    walk->result->failed_errno = error;
    walk->result->failed =
        strcmp(name, ".") == 0 ? g_strdup(directory) : g_build_filename(directory, name, NULL);
}

static int open_below(int fd, const char *path)
{
    const struct open_how how = {
        .flags = O_RDONLY | O_DIRECTORY | O_NOATIME | O_CLOEXEC,
        .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH,
    };
    int opened = (int)syscall(SYS_openat2, fd, path, &how, sizeof(how));
    /* O_NOATIME is for the owner and for root. */
    if (opened >= 0 || errno != EPERM)
        return opened;
    struct open_how plain = how;
    plain.flags &= ~(uint64_t)O_NOATIME;
    return (int)syscall(SYS_openat2, fd, path, &plain, sizeof(plain));
}

/* Opens a path of any length, a piece at a time. */
static int open_deep(int root, const char *path)
{
    int fd AUTO_CLOSE = -1;
    while (strlen(path) >= PATH_MAX) {
        const char *end = path + PATH_MAX - 1;
        while (*end != '/')
            end--;
        g_autofree char *piece = g_strndup(path, (gsize)(end - path));
        int next = open_below(fd >= 0 ? fd : root, piece);
        if (next < 0)
            return -1;
        if (fd >= 0)
            close(fd);
        fd = next;
        path = end + 1;
    }
    return open_below(fd >= 0 ? fd : root, path);
}

static void visit(Walk *walk, const char *relative, const char *directory, const char *name)
{
    TreeEntry entry = {.directory = directory, .name = name};
    if (fstatat(AT_FDCWD, name, &entry.attr, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0) {
        if (errno != ENOENT) /* removed meanwhile */
            fail(walk, directory, name);
        return;
    }
    walk->result->seen++;
    walk->visit(walk->data, &entry);
    if (!S_ISDIR(entry.attr.st_mode) || strcmp(name, ".") == 0)
        return;
    g_queue_push_head(&walk->waiting,
                      *relative == '\0' ? g_strdup(name) : g_strconcat(relative, "/", name, NULL));
}

static void visit_entries(Walk *walk, const char *relative, const char *directory, int fd)
{
    DIR *stream = fdopendir(fd);
    const struct dirent *entry;
    if (stream == NULL) {
        fail(walk, directory, ".");
        close(fd);
        return;
    }
    if (fchdir(fd) < 0) {
        fail(walk, directory, ".");
    } else {
        if (*relative == '\0')
            visit(walk, relative, directory, ".");
        while (errno = 0, (entry = readdir(stream)) != NULL)
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                visit(walk, relative, directory, entry->d_name);
        if (errno != 0)
            fail(walk, directory, ".");
    }
    closedir(stream);
}

static void read_directory(Walk *walk, const char *relative)
{
    g_autofree char *directory =
        *relative == '\0' ? g_strdup(walk->root) : g_build_filename(walk->root, relative, NULL);
    int fd = open_deep(walk->fd, *relative == '\0' ? "." : relative);
    if (fd >= 0)
        visit_entries(walk, relative, directory, fd);
    else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) /* not replaced meanwhile */
        fail(walk, directory, ".");
}

ErrInt tree_walk(const char *root, TreeVisit *visitor, void *data, TreeResult *ret_result)
{
    Walk walk = {.root = root,
                 .waiting = G_QUEUE_INIT,
                 .visit = visitor,
                 .data = data,
                 .result = ret_result};
    char *relative;
    int here AUTO_CLOSE = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    *ret_result = (TreeResult){0};
    int fd AUTO_CLOSE = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (here < 0 || fd < 0)
        return -errno;
    walk.fd = fd;
    g_queue_push_head(&walk.waiting, g_strdup(""));
    while ((relative = g_queue_pop_head(&walk.waiting)) != NULL) {
        read_directory(&walk, relative);
        g_free(relative);
    }
    return fchdir(here) < 0 ? -errno : 0;
}
