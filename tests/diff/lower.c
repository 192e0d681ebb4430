/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lower file system is and does, where a difference may depend on it. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <linux/xattr.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static Lower lower;

const Lower *lower_get(void)
{
    return &lower;
}

/* lseek(2) goes nowhere beyond s_maxbytes. */
static off_t find_largest_file(int dir)
{
    off_t works = 0;
    off_t fails = INT64_MAX;
    int fd = openat(dir, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

    if (fd < 0)
        walk_fail("the lower directory: O_TMPFILE: %s", strerror(errno));
    if (lseek(fd, fails, SEEK_SET) >= 0)
        works = fails;
    while (fails - works > 1) {
        off_t middle = works + (fails - works) / 2;
        if (lseek(fd, middle, SEEK_SET) >= 0)
            works = middle;
        else
            fails = middle;
    }
    close(fd);
    return works;
}

void lower_learn(const char *directory)
{
    struct statfs sfs;
    int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (dir < 0 || fstatfs(dir, &sfs) < 0)
        walk_fail("%s: %s", directory, strerror(errno));
    lower = (Lower){.type = (unsigned long)sfs.f_type, .largest_file = find_largest_file(dir)};
    close(dir);
}

static bool begins(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool is_listed(const char *name, bool root)
{
    if (lower.type == XFS_SUPER_MAGIC)
        return !begins(name, "trusted.SGI_ACL_");
    return root || !begins(name, XATTR_TRUSTED_PREFIX);
}

ssize_t lower_list_xattrs(const char *path, char *list, size_t size, bool root)
{
    char all[XATTR_LIST_MAX];
    ssize_t n = llistxattr(path, list, size);
    size_t kept = 0;
    size_t length;

    if ((lower.type != XFS_SUPER_MAGIC && lower.type != BTRFS_SUPER_MAGIC) ||
        (n < 0 && errno != ERANGE))
        return n;
    n = llistxattr(path, all, sizeof(all));
    for (ssize_t at = 0; at < n; at += (ssize_t)length) {
        length = strlen(all + at) + 1;
        if (!is_listed(all + at, root))
            continue;
        memmove(all + kept, all + at, length);
        kept += length;
    }
    if (size > 0 && kept > size) {
        errno = ERANGE;
        return -1;
    }
    if (size > 0)
        memcpy(list, all, kept);
    return (ssize_t)kept;
}
