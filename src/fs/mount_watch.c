/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All of mountinfo is read each time: it tells that something has changed, and not what. */
#include "fs/mount_watch.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "fs/hash_index.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* Blanks and backslashes become octal numbers. Returns a path in memory from malloc(3), or NULL. */
static char *escape(const char *path)
{
    char *text = malloc(4 * strlen(path) + 1);
    char *end = text;

    if (text == NULL)
        return NULL;
    for (; *path != '\0'; path++) {
        if (strchr(" \t\n\\", *path) != NULL)
            end += sprintf(end, "\\%03o", (unsigned char)*path);
        else
            *end++ = *path;
    }
    *end = '\0';
    return text;
}

/* The mount point is the fifth field of a line. */
static const char *mount_point(const char *line)
{
    for (int field = 1; field < 5 && line != NULL; field++) {
        line = strchr(line, ' ');
        if (line != NULL)
            line++;
    }
    return line;
}

static bool is_below(const char *line, const char *lower)
{
    const char *point = mount_point(line);
    const size_t length = strcmp(lower, "/") == 0 ? 0 : strlen(lower);

    return point != NULL && strncmp(point, lower, length) == 0 &&
           (point[length] == '/' || point[length] == ' ');
}

/* Of the mount's ID, which is the first field, and where it is. */
static uint64_t hash_of(const char *line)
{
    const char *end = strchr(mount_point(line), ' ');
    uint64_t hash = 0;

    for (; line != end && *line != '\0'; line++)
        hash = hash_mix(hash ^ (unsigned char)*line);
    return hash;
}

/* In whatever order they are. False: it cannot be read. */
static bool read_mounts(MountWatch *watch, uint64_t *ret_mounts)
{
    char *line AUTO_FREE = NULL;
    size_t size = 0;

    *ret_mounts = 0;
    rewind(watch->mountinfo);
    while (getline(&line, &size, watch->mountinfo) > 0)
        if (is_below(line, watch->lower))
            *ret_mounts += hash_of(line);
    return !ferror(watch->mountinfo);
}

ErrInt mount_watch_init(MountWatch *watch, int lower_fd)
{
    char path[PATH_MAX];
    ssize_t length = readlink(fd_name(lower_fd).text, path, sizeof(path) - 1);

    *watch = (MountWatch){.mountinfo = NULL};
    if (length < 0)
        return -errno;
    path[length] = '\0';
    watch->lower = escape(path);
    watch->mountinfo = fopen("/proc/self/mountinfo", "re");
    if (watch->lower == NULL || watch->mountinfo == NULL) {
        mount_watch_clear(watch);
        return -ENOMEM;
    }
    read_mounts(watch, &watch->mounts);
    return 0;
}

void mount_watch_clear(MountWatch *watch)
{
    free(watch->lower);
    if (watch->mountinfo != NULL)
        fclose(watch->mountinfo);
    *watch = (MountWatch){.mountinfo = NULL};
}

bool mount_watch_has_changed(MountWatch *watch)
{
    uint64_t mounts;
    bool changed = !read_mounts(watch, &mounts) || mounts != watch->mounts;

    watch->mounts = mounts;
    return changed;
}
