/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directory below which volumes are mounted. */
#include "volume-driver/mounts_directory.h"

#include "base/cleanup.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/log.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* A container's root is none of the host's users that have names, so it is one of the others. */
static void warn_of_closed(const char *path)
{
    g_autofree char *directory = g_strdup(path);
    for (;;) {
        struct stat attr;
        if (stat(directory, &attr) == 0 && (attr.st_mode & S_IXOTH) == 0)
            log_message("warning: %s: a container whose root is not the host's may not get through "
                        "it\n  chmod o+x %s",
                        directory, directory);
        if (strcmp(directory, "/") == 0)
            return;
        char *parent = g_path_get_dirname(directory);
        g_free(directory);
        directory = parent;
    }
}

char *mounts_directory_open(const char *path, int *ret_fd, GError **error)
{
    int fd AUTO_CLOSE = -1;
    if (g_mkdir_with_parents(path, 0711) == 0)
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char *real AUTO_FREE = fd >= 0 ? realpath(path, NULL) : NULL;
    if (real == NULL) {
        driver_error_set(error, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        driver_error_set(error, "%s: %s", path,
                         errno == EWOULDBLOCK ? "another driver uses it" : g_strerror(errno));
        return NULL;
    }
    warn_of_closed(real);
    *ret_fd = steal_fd(&fd);
    return g_strdup(real);
}
