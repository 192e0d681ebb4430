/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source userns:PATH, the map of a user namespace that is given as a file. */
#include "core/source_userns.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "base/userns.h"
#include "core/map_error.h"
#include "core/uidmap_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

static int open_namespace(const char *path, GError **error)
{
    /* By O_PATH first: PATH may be a FIFO or a device, and those are not to be opened. */
    int peek AUTO_CLOSE = open(path, O_PATH | O_CLOEXEC);
    struct statfs fs;
    if (peek < 0 || fstatfs(peek, &fs) < 0) {
        map_error_set(error, "cannot open %s: %s%s", path, g_strerror(errno),
                      errno == EACCES ? "\n  run as root, or as the user who made the namespace"
                                      : "");
        return -1;
    }
    if (fs.f_type != NSFS_MAGIC) {
        map_error_set(error, "%s is not a namespace\n  write userns:/proc/PID/ns/user", path);
        return -1;
    }
    int fd AUTO_CLOSE = open(fd_path(peek).text, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        map_error_set(error, "cannot open %s: %s", path, g_strerror(errno));
        return -1;
    }
    if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWUSER) {
        map_error_set(error,
                      "%s is a namespace, but not a user namespace\n"
                      "  write userns:/proc/PID/ns/user",
                      path);
        return -1;
    }
    return steal_fd(&fd);
}

static bool is_our_own(const struct stat *theirs)
{
    struct stat ours;
    return stat("/proc/self/ns/user", &ours) == 0 && theirs->st_dev == ours.st_dev &&
           theirs->st_ino == ours.st_ino;
}

/* The kernel shows a namespace to its own inhabitants in the numbers of its parent, and to all
 * others in the reader's own: see "User and group ID mappings" in user_namespaces(7). What is shown
 * must be numbers of our own namespace. The initial one has no parent, its map is the identity. */
void source_userns_warn_own(const MapSource *source, const char *ns)
{
    struct stat st;
    if (stat(ns, &st) < 0 || st.st_ino == USERNS_INITIAL_INO || !is_our_own(&st))
        return;
    g_ptr_array_add(source->warnings,
                    g_strdup_printf("%s=%s: remapfs runs in that very user namespace, so its map "
                                    "counts in the IDs of the parent namespace\n"
                                    "  run remapfs in the parent, or write the map as "
                                    "LOWER:SHOWN:COUNT with the IDs that are seen here",
                                    source->option, source->value));
}

static bool read_maps(const MapSource *source, const char *directory, GError **error)
{
    static const char *const names[ID_KIND_COUNT] = {"uid_map", "gid_map"};

    /* The extents outlive the child, so its files would be useless as their source. */
    GRefString *origin = map_source_text(source);
    bool done = true;
    for (IdKind kind = 0; done && kind < ID_KIND_COUNT; kind++) {
        g_autofree char *file = g_build_filename(directory, names[kind], NULL);
        if (source->wanted[kind])
            done = uidmap_file_read(file, origin, source->extents[kind], error);
    }
    g_ref_string_release(origin);
    return done;
}

/* The kernel shows a map only through a process that lives in the namespace. So a child enters it,
 * waits there to be looked at, and is gone before source_userns_read() returns. It makes only calls
 * that are safe after fork() in a process with threads. */
static G_NORETURN void live_in_namespace(int fd, int report)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int failure = setns(fd, CLONE_NEWUSER) < 0 ? errno : 0;
    /* Entering the namespace clears the death signal, see prctl(2). */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (write(report, &failure, sizeof(failure)) == (ssize_t)sizeof(failure))
        for (;;)
            pause();
    _exit(1);
}

/* What the child says: 0 when it is in the namespace, else an errno value. */
static int hear_report(int fd)
{
    int failure;
    ssize_t got;
    do
        got = read(fd, &failure, sizeof(failure));
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(failure) ? failure : EIO;
}

static void end_child(pid_t child)
{
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static bool read_through_child(const MapSource *source, int fd, GError **error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return map_error_set(error, "cannot make a pipe: %s", g_strerror(errno));
    int hear AUTO_CLOSE = ends[0];
    int report AUTO_CLOSE = ends[1];
    pid_t child = fork();
    if (child < 0)
        return map_error_set(error, "cannot start a process: %s", g_strerror(errno));
    if (child == 0)
        live_in_namespace(fd, report);

    close(steal_fd(&report));
    int failure = hear_report(hear);
    bool done;
    if (failure != 0) {
        done = map_error_set(
            error, "cannot enter the user namespace: %s%s", g_strerror(failure),
            failure == EPERM ? "\n  run as root, or as the user who made the namespace" : "");
    } else {
        g_autofree char *directory = g_strdup_printf("/proc/%ld", (long)child);
        done = read_maps(source, directory, error);
    }
    end_child(child);
    return done;
}

bool source_userns_read(const MapSource *source, const char *text, GError **error)
{
    if (*text != '/')
        return map_error_set(error, "a relative path\n  write userns:/proc/PID/ns/user");
    int fd AUTO_CLOSE = open_namespace(text, error);
    if (fd < 0)
        return false;
    struct stat st;
    if (fstat(fd, &st) == 0 && is_our_own(&st)) {
        source_userns_warn_own(source, text);
        return read_maps(source, "/proc/self", error);
    }
    return read_through_child(source, fd, error);
}
