/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares the trees as they are: both mounts, as root of the host sees them, and both lower
 * directories. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/xattr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Both mounts and both lower directories, in this order: what is compared is a pair. */
enum { MOUNT = 0, LOWER = SIDES, TREES = 2 * SIDES, LINKS_MAX = 5000 };

typedef struct {
    unsigned files;
    unsigned links;
    ino_t link[LINKS_MAX][SIDES]; /* inodes with several names */
} Comparison;

static const char *const tree_names[TREES] = {"remapfs", "idmapped mount", "lower of remapfs",
                                              "lower of the idmapped mount"};

static bool differs(const char *path, const char *what, int tree, const char *text,
                    const char *text_of_next)
{
    fprintf(stderr, "  the trees differ at ");
    text_print(stderr, path);
    fprintf(stderr, ": %s\n  %s: %s\n  %s: %s\n", what, tree_names[tree], text,
            tree_names[tree + 1], text_of_next);
    return false;
}

static uint64_t hash_at(int fd, off_t offset, uint64_t hash)
{
    static unsigned char bytes[256 * 1024];
    ssize_t n = pread(fd, bytes, sizeof(bytes), offset);

    return bytes_hash(hash, bytes, n < 0 ? 0 : (size_t)n) + (uint64_t)n;
}

/* Of a large file only the places where the calls write. */
static void describe_content(Result *text, int dir, const char *name, off_t size)
{
    static const off_t places[] = {0, INT64_C(1) << 31, INT64_C(1) << 32, INT64_C(1) << 40};
    int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    uint64_t hash = 0;

    if (fd < 0) {
        payload_add(text, ", open: %s", strerror(errno));
        return;
    }
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && places[i] < size; i++)
        hash = hash_at(fd, places[i], hash);
    if (size > 256 * 1024)
        hash = hash_at(fd, size - 200 * 1024, hash);
    close(fd);
    payload_add(text, ", content %016llx", (unsigned long long)hash);
}

static void describe_xattrs(Result *text, int dir, const char *name)
{
    static char list[XATTR_LIST_MAX];
    static char value[XATTR_SIZE_MAX];
    char path[400];
    ssize_t size;

    snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dir, name);
    size = lower_list_xattrs(path, list, sizeof(list), true);
    if (size <= 0) {
        payload_add(text, "%s%s", size < 0 ? ", xattrs: " : "", size < 0 ? strerror(errno) : "");
        return;
    }
    payload_add(text, ", xattrs ");
    payload_add_names(text, list, (size_t)size);
    uint64_t sum = 0; /* in any order */
    for (ssize_t at = 0; at < size; at += (ssize_t)strlen(list + at) + 1) {
        ssize_t n = lgetxattr(path, list + at, value, sizeof(value));
        if (n < 0)
            payload_add(text, " %s: %s", list + at, strerror(errno));
        if (strncmp(list + at, XATTR_NAME_POSIX_ACL_ACCESS, sizeof("system.posix_acl") - 1) == 0)
            acl_forget_stand_ins(value, n);
        sum +=
            bytes_hash(bytes_hash(0, list + at, strlen(list + at)), value, n < 0 ? 0 : (size_t)n);
    }
    payload_add(text, ", values %016llx", (unsigned long long)sum);
}

static void describe(Result *text, int dir, const char *name, struct stat *attr)
{
    char attr_text[ATTR_SIZE];
    char target[TEXT_SIZE * 4];

    text->payload[0] = '\0';
    memset(attr, 0, sizeof(*attr));
    if (fstatat(dir, name, attr, AT_SYMLINK_NOFOLLOW) < 0) {
        payload_add(text, "stat: %s", strerror(errno));
        return;
    }
    attr_print(attr_text, attr);
    payload_add(text, "%s", attr_text);
    describe_xattrs(text, dir, name);
    if (S_ISREG(attr->st_mode) && attr->st_size > 0)
        describe_content(text, dir, name, attr->st_size);
    if (S_ISLNK(attr->st_mode)) {
        ssize_t n = readlinkat(dir, name, target, sizeof(target));
        payload_add(text, ", to %016llx",
                    (unsigned long long)bytes_hash(0, target, n < 0 ? 0 : (size_t)n));
    }
}

/* The names of one inode are names of one inode on the other side, too. */
static bool same_links(Comparison *comparison, const struct stat attrs[TREES])
{
    for (unsigned i = 0; i < comparison->links; i++) {
        bool same[SIDES];
        for (int side = 0; side < SIDES; side++)
            same[side] = comparison->link[i][side] == attrs[side].st_ino;
        if (same[REMAPFS] != same[IDMAPPED])
            return false;
        if (same[REMAPFS])
            return true;
    }
    if (comparison->links < LINKS_MAX) {
        for (int side = 0; side < SIDES; side++)
            comparison->link[comparison->links][side] = attrs[side].st_ino;
        comparison->links++;
    }
    return true;
}

static bool compare_dirs(Comparison *comparison, const int dirs[TREES], const char *path);

static bool compare_below(Comparison *comparison, const int dirs[TREES], const char *path,
                          const char *name)
{
    int below[TREES] = {-1, -1, -1, -1};
    bool same = true;
    int opened = 0;

    for (int tree = 0; tree < TREES; tree++) {
        below[tree] = openat(dirs[tree], name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        opened += below[tree] >= 0;
        if (tree % 2 == 1 && (below[tree] < 0) != (below[tree - 1] < 0))
            same = differs(path, "opening the directory", tree - 1,
                           below[tree - 1] < 0 ? "fails" : "works",
                           below[tree] < 0 ? "fails" : "works");
    }
    if (same && opened == TREES)
        same = compare_dirs(comparison, below, path);
    for (int tree = 0; tree < TREES; tree++) {
        if (below[tree] >= 0)
            close(below[tree]);
    }
    return same;
}

static bool compare_one(Comparison *comparison, const int dirs[TREES], const char *parent,
                        const char *name)
{
    static Result texts[TREES];
    struct stat attrs[TREES];
    char path[2 * TEXT_SIZE];

    snprintf(path, sizeof(path), "%s%s%s", parent, *parent != '\0' ? "/" : "", name);
    comparison->files++;
    paths_remember(path, false);
    for (int tree = 0; tree < TREES; tree++)
        describe(&texts[tree], dirs[tree], name, &attrs[tree]);
    for (int tree = 0; tree < TREES; tree += SIDES) {
        if (strcmp(texts[tree].payload, texts[tree + 1].payload) != 0)
            return differs(path, "what it is", tree, texts[tree].payload, texts[tree + 1].payload);
    }
    if (attrs[MOUNT].st_ino != attrs[LOWER].st_ino)
        return differs(path, "the inode number of remapfs is not the lower one", MOUNT, "", "");
    if (!S_ISDIR(attrs[MOUNT].st_mode) && attrs[MOUNT].st_nlink > 1 &&
        !same_links(comparison, attrs))
        return differs(path, "of what it is a name", MOUNT, "", "");
    return !S_ISDIR(attrs[MOUNT].st_mode) || compare_below(comparison, dirs, path, name);
}

static void list(Result *text, int dir)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    text->payload[0] = '\0';
    if (fd < 0 || payload_add_listing(text, fd) < 0)
        payload_add(text, "listing: %s", strerror(errno));
}

static bool compare_dirs(Comparison *comparison, const int dirs[TREES], const char *path)
{
    static Result listings[TREES];
    struct dirent **entries = NULL;
    bool same = true;

    paths_remember(path, true);
    for (int tree = 0; tree < TREES; tree++)
        list(&listings[tree], dirs[tree]);
    for (int tree = 0; tree < TREES; tree += SIDES) {
        if (strcmp(listings[tree].payload, listings[tree + 1].payload) != 0)
            return differs(path, "its names", tree, listings[tree].payload,
                           listings[tree + 1].payload);
    }
    int count = scandirat(dirs[IDMAPPED], ".", &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (same && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            same = compare_one(comparison, dirs, path, name);
        free(entries[i]);
    }
    free(entries);
    return same;
}

bool trees_compare(const Roots *roots, unsigned *ret_files)
{
    static Comparison comparison;
    const char *const paths[TREES] = {roots->mounts[REMAPFS], roots->mounts[IDMAPPED],
                                      roots->lowers[REMAPFS], roots->lowers[IDMAPPED]};
    int dirs[TREES];
    bool same;

    comparison.files = comparison.links = 0;
    paths_forget();
    for (int tree = 0; tree < TREES; tree++) {
        dirs[tree] = open(paths[tree], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dirs[tree] < 0)
            walk_fail("%s: %s", paths[tree], strerror(errno));
    }
    same = compare_dirs(&comparison, dirs, "");
    for (int tree = 0; tree < TREES; tree++)
        close(dirs[tree]);
    *ret_files = comparison.files;
    return same;
}
