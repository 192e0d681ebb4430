/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences that are made on purpose, behind the mount's back or in a result: the walk must find
 * each of them. And the tree that a walk begins with. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static char found[4096];

static int find_file(const char *path, const struct stat *attr, int type, struct FTW *ftw)
{
    (void)ftw;
    if (type != FTW_F || !S_ISREG(attr->st_mode) || attr->st_size == 0)
        return 0;
    snprintf(found, sizeof(found), "%s", path);
    return 1;
}

/* A file that is not empty, in the lower directory of remapfs. */
static bool find(const Roots *roots)
{
    return nftw(roots->lowers[REMAPFS], find_file, 20, FTW_PHYS) == 1;
}

static bool plant_error(const Roots *roots, Result *result)
{
    (void)roots;
    if (result->value >= 0)
        return false;
    result->error = result->error == EACCES ? EPERM : EACCES;
    return true;
}

static bool plant_value(const Roots *roots, Result *result)
{
    (void)roots;
    if (result->value <= 0)
        return false;
    result->value--;
    return true;
}

static bool plant_payload(const Roots *roots, Result *result)
{
    (void)roots;
    if (result->length < 2)
        return false;
    result->payload[0] ^= 1;
    return true;
}

static bool plant_mode(const Roots *roots, Result *result)
{
    struct stat attr;

    (void)result;
    return find(roots) && stat(found, &attr) == 0 && chmod(found, attr.st_mode ^ 1) == 0;
}

static bool plant_owner(const Roots *roots, Result *result)
{
    struct stat attr;

    (void)result;
    return find(roots) && stat(found, &attr) == 0 && chown(found, attr.st_uid + 1, (gid_t)-1) == 0;
}

/* Size and times stay as they are. */
static bool plant_content(const Roots *roots, Result *result)
{
    struct stat attr;
    unsigned char byte = 0;
    int fd = find(roots) ? open(found, O_RDWR | O_CLOEXEC) : -1;
    bool done = fd >= 0 && fstat(fd, &attr) == 0 && pread(fd, &byte, 1, 0) == 1;

    (void)result;
    byte ^= 1;
    done = done && pwrite(fd, &byte, 1, 0) == 1 &&
           futimens(fd, (struct timespec[]){attr.st_atim, attr.st_mtim}) == 0;
    if (fd >= 0)
        close(fd);
    return done;
}

static bool plant_time(const Roots *roots, Result *result)
{
    const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 77}};

    (void)result;
    return find(roots) && utimensat(AT_FDCWD, found, times, 0) == 0;
}

static bool plant_xattr(const Roots *roots, Result *result)
{
    (void)result;
    return find(roots) && setxattr(found, "user.planted", "x", 1, 0) == 0;
}

static bool plant_name(const Roots *roots, Result *result)
{
    (void)result;
    return find(roots) && unlink(found) == 0;
}

static const Plant plants[] = {
    {"error",   plant_error  },
    {"value",   plant_value  },
    {"payload", plant_payload},
    {"mode",    plant_mode   },
    {"owner",   plant_owner  },
    {"content", plant_content},
    {"time",    plant_time   },
    {"xattr",   plant_xattr  },
    {"name",    plant_name   },
};

const Plant *plant_find(const char *name)
{
    for (size_t i = 0; i < sizeof(plants) / sizeof(plants[0]); i++) {
        if (strcmp(plants[i].name, name) == 0)
            return &plants[i];
    }
    walk_fail("-p %s: there is no such plant", name);
}

/* In the lower directories, so that there are owners without a mapping, too. */
static const struct {
    const char *path; /* ends in / for a directory */
    mode_t mode;
    unsigned owner;
    unsigned group;
} seeds[] = {
    {"a/",            0777,  0,     0    },
    {"a/a/",          01777, 0,     0    },
    {"a/b/",          0755,  1000,  1000 },
    {"a/b/c",         0644,  1000,  1000 },
    {"b/",            02775, 1000,  1000 },
    {"b/a/",          0770,  1001,  1000 },
    {"b/f",           06777, 1000,  1000 },
    {"c/",            0777,  1000,  1000 },
    {"c/b/",          02777, 2000,  60   },
    {"c/g",           04755, 0,     0    },
    {"d/",            0777,  2000,  2000 },
    {"d/unmapped/",   0777,  70000, 70000},
    {"d/unmapped/a",  0666,  70000, 1000 },
    {"d/unmapped/b",  0644,  1000,  70000},
    {"d/unmapped/c/", 02777, 70000, 1000 },
    {"h",             0666,  70000, 70000},
};

static void make_seed(const char *root, size_t i)
{
    char path[4096];
    size_t length = (size_t)snprintf(path, sizeof(path), "%s/%s", root, seeds[i].path);
    int fd;

    if (path[length - 1] == '/') {
        if (mkdir(path, 0700) < 0)
            walk_fail("%s: %s", path, strerror(errno));
    } else {
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, path + strlen(root), 5) != 5)
            walk_fail("%s: %s", path, strerror(errno));
        close(fd);
    }
    if (chown(path, seeds[i].owner, seeds[i].group) < 0 || chmod(path, seeds[i].mode) < 0)
        walk_fail("%s: %s", path, strerror(errno));
}

void trees_seed(const Roots *roots)
{
    for (int side = 0; side < SIDES; side++) {
        if (side > 0 && strcmp(roots->lowers[side], roots->lowers[0]) == 0)
            break;
        if (chmod(roots->lowers[side], 0777) < 0)
            walk_fail("%s: %s", roots->lowers[side], strerror(errno));
        for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
            make_seed(roots->lowers[side], i);
    }
}
