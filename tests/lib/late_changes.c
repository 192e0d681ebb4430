/* SPDX-License-Identifier: GPL-2.0-or-later */
/* late_changes LOWER MOUNT ASIDE CHANGES SEED OFFSET: makes CHANGES changes of all kinds below
 * LOWER, some at a time, and for each asks MOUNT, which has what was there before in its caches,
 * over and over until it shows the change. ASIDE is an empty directory on the file system of LOWER
 * and not below it. OFFSET is added to an ID that is shown.
 *
 * Prints how many changes there were, how many were seen later than after 50 milliseconds, and the
 * median, the 99th hundredth and the longest of the times; then what was late, kind by kind. Exit
 * status 1 when something is never seen, or cannot be made. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    SLOTS = 24,
    LATE_MS = 50,
    NEVER_MS = 20000,
    PATH_SIZE = 512,
};

typedef struct {
    int number;
    unsigned generation; /* makes names and sizes new */
    int kind;
    struct stat before; /* of file, below */
    double changed_at;  /* milliseconds */
    bool seen;
} Slot;

static const char *lower;
static const char *mount_point;
static const char *aside;
static unsigned offset;

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void die(const char *what)
{
    fprintf(stderr, "late_changes: %s: %s\n", what, strerror(errno));
    exit(1);
}

typedef struct {
    char text[PATH_SIZE];
} Path;

/* NAME in the directory of SLOT, which is some levels deep. */
static Path path_in(const char *top, const Slot *slot, const char *name)
{
    Path path;

    snprintf(path.text, sizeof(path.text), "%s/deep/er/still/%d/%s", top, slot->number, name);
    return path;
}

static Path path_new(const char *top, const Slot *slot)
{
    char name[32];

    snprintf(name, sizeof(name), "new%u", slot->generation);
    return path_in(top, slot, name);
}

#define LOWER(name) path_in(lower, slot, name).text
#define SHOWN(name) path_in(mount_point, slot, name).text

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd < 0 || write(fd, "text\n", 5) != 5 || close(fd) < 0)
        die(path);
}

static bool is_there(const char *path)
{
    struct stat attr;

    return lstat(path, &attr) == 0;
}

static bool has_size(const char *path, off_t size)
{
    struct stat attr;

    return stat(path, &attr) == 0 && attr.st_size == size;
}

static bool is_listed(const char *directory, const char *name)
{
    DIR *stream = opendir(directory);
    const struct dirent *entry;
    bool found = false;

    if (stream == NULL)
        return false;
    while (!found && (entry = readdir(stream)) != NULL)
        found = strcmp(entry->d_name, name) == 0;
    closedir(stream);
    return found;
}

/* The kinds of changes: how each is made, and whether the mount shows it. Each may find the slot as
 * any other has left it: with `file` and `sub/deep/file`. */

static int append(Slot *slot)
{
    int fd = open(LOWER("file"), O_WRONLY | O_APPEND);
    int r = fd >= 0 && write(fd, "more\n", 5) == 5 ? 0 : -1;

    close(fd);
    return r;
}

static bool shows_append(Slot *slot)
{
    return has_size(SHOWN("file"), slot->before.st_size + 5);
}

static int shorten(Slot *slot)
{
    return truncate(LOWER("file"), slot->before.st_size + 7);
}

static bool shows_shorten(Slot *slot)
{
    return has_size(SHOWN("file"), slot->before.st_size + 7);
}

static int change_mode(Slot *slot)
{
    return chmod(LOWER("file"), slot->before.st_mode ^ 0111);
}

static bool shows_mode(Slot *slot)
{
    struct stat attr;

    return stat(SHOWN("file"), &attr) == 0 && attr.st_mode == (slot->before.st_mode ^ 0111);
}

static int change_owner(Slot *slot)
{
    return chown(LOWER("file"), slot->generation % 1000 + 1, (gid_t)-1);
}

static bool shows_owner(Slot *slot)
{
    struct stat attr;

    return stat(SHOWN("file"), &attr) == 0 && attr.st_uid == slot->generation % 1000 + 1 + offset;
}

static int change_dir_mode(Slot *slot)
{
    return chmod(LOWER("sub"), 0700 + slot->generation % 64);
}

static bool shows_dir_mode(Slot *slot)
{
    struct stat attr;

    return stat(SHOWN("sub"), &attr) == 0 && (attr.st_mode & 0777) == 0700 + slot->generation % 64;
}

static int create(Slot *slot)
{
    make_file(path_new(lower, slot).text);
    return 0;
}

static bool shows_create(Slot *slot)
{
    return is_there(path_new(mount_point, slot).text);
}

static bool shows_in_listing(Slot *slot)
{
    return is_listed(SHOWN(""), strrchr(path_new(lower, slot).text, '/') + 1);
}

static int replace(Slot *slot)
{
    make_file(path_new(lower, slot).text);
    return rename(path_new(lower, slot).text, LOWER("file"));
}

static bool shows_replace(Slot *slot)
{
    struct stat attr;

    return stat(SHOWN("file"), &attr) == 0 && attr.st_ino != slot->before.st_ino;
}

static int move_away(Slot *slot)
{
    return rename(LOWER("file"), path_new(lower, slot).text);
}

static bool shows_move(Slot *slot)
{
    return !is_there(SHOWN("file")) && is_there(path_new(mount_point, slot).text);
}

static int delete (Slot *slot)
{
    return unlink(LOWER("file"));
}

static bool shows_delete(Slot *slot)
{
    return !is_there(SHOWN("file"));
}

static int add_link(Slot *slot)
{
    return link(LOWER("file"), path_new(lower, slot).text);
}

static bool shows_link(Slot *slot)
{
    struct stat attr;

    return stat(SHOWN("file"), &attr) == 0 && attr.st_nlink == slot->before.st_nlink + 1;
}

/* Through a name that is not below LOWER. */
static Path path_aside(const Slot *slot, const char *name)
{
    Path path;

    snprintf(path.text, sizeof(path.text), "%s/%d%s", aside, slot->number, name);
    return path;
}

static int write_by_other_name(Slot *slot)
{
    Path other = path_aside(slot, "file");
    int r = link(LOWER("file"), other.text) == 0 &&
                    truncate(other.text, slot->before.st_size + 11) == 0 && unlink(other.text) == 0
                ? 0
                : -1;
    return r;
}

static bool shows_other_name(Slot *slot)
{
    return has_size(SHOWN("file"), slot->before.st_size + 11);
}

static int move_tree_out(Slot *slot)
{
    return rename(LOWER("sub"), path_aside(slot, "tree").text);
}

static bool shows_tree_out(Slot *slot)
{
    return !is_there(SHOWN("sub/deep/file"));
}

static int move_tree_in(Slot *slot)
{
    return rename(path_aside(slot, "tree").text, LOWER("sub"));
}

static bool shows_tree_in(Slot *slot)
{
    return is_there(SHOWN("sub/deep/file"));
}

static const struct {
    const char *name;
    int (*make)(Slot *slot);
    bool (*shows)(Slot *slot);
} kinds[] = {
    {"append",                append,              shows_append    },
    {"truncate",              shorten,             shows_shorten   },
    {"chmod",                 change_mode,         shows_mode      },
    {"chown",                 change_owner,        shows_owner     },
    {"chmod of a directory",  change_dir_mode,     shows_dir_mode  },
    {"create",                create,              shows_create    },
    {"create, in a listing",  create,              shows_in_listing},
    {"replace",               replace,             shows_replace   },
    {"rename",                move_away,           shows_move      },
    {"unlink",                delete,              shows_delete    },
    {"link",                  add_link,            shows_link      },
    {"write by another name", write_by_other_name, shows_other_name},
    {"move a tree out",       move_tree_out,       shows_tree_out  },
    {"move a tree in",        move_tree_in,        shows_tree_in   },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static unsigned late_by_kind[KINDS];

/* What is there before the change, and what the mount is to have in its caches of it. */

static void make_dirs(const char *path)
{
    char part[PATH_SIZE];

    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            die(part);
    }
}

static bool is_tree_aside(const Slot *slot)
{
    return is_there(path_aside(slot, "tree").text);
}

static void settle(Slot *slot)
{
    if (is_there(path_new(lower, slot).text) && unlink(path_new(lower, slot).text) < 0)
        die("unlink");
    slot->generation++;
    if (!is_there(LOWER("file")))
        make_file(LOWER("file"));
    if (stat(LOWER("file"), &slot->before) < 0)
        die("stat");
}

/* Twice, since what is asked for once more is kept. */
static void warm(const Slot *slot)
{
    for (int i = 0; i < 3; i++) {
        is_there(SHOWN("file"));
        is_there(SHOWN("sub/deep/file"));
        is_there(SHOWN("sub"));
        is_there(path_new(mount_point, slot).text);
        is_listed(SHOWN(""), "");
        usleep(2000);
    }
}

/* One that can be made. */
static int choose(const Slot *slot)
{
    int kind = (int)(random() % KINDS);

    if (kinds[kind].make == move_tree_out || kinds[kind].make == move_tree_in)
        for (int i = 0; i < KINDS; i++)
            if (kinds[i].make == (is_tree_aside(slot) ? move_tree_in : move_tree_out))
                return i;
    /* With the tree away there is no directory to change. */
    return kinds[kind].make == change_dir_mode && is_tree_aside(slot) ? 0 : kind;
}

static void change(Slot *slot)
{
    slot->kind = choose(slot);
    slot->seen = false;
    if (kinds[slot->kind].make(slot) < 0)
        die(kinds[slot->kind].name);
    slot->changed_at = now_ms();
}

/* Until all are seen. */
static void watch(Slot slots[SLOTS], double *times, size_t *n)
{
    int left = SLOTS;

    while (left > 0) {
        for (int i = 0; i < SLOTS; i++) {
            Slot *slot = &slots[i];
            double passed;
            if (slot->seen)
                continue;
            passed = now_ms() - slot->changed_at;
            if (kinds[slot->kind].shows(slot)) {
                slot->seen = true;
                late_by_kind[slot->kind] += passed > LATE_MS;
                times[(*n)++] = passed;
                left--;
            } else if (passed > NEVER_MS) {
                printf("never seen: %s\n", kinds[slot->kind].name);
                exit(1);
            }
        }
        usleep(200);
    }
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;

    return difference < 0 ? -1 : difference > 0;
}

static void report(double *times, size_t n)
{
    size_t late = 0;

    qsort(times, n, sizeof(times[0]), compare);
    for (size_t i = 0; i < n; i++)
        late += times[i] > LATE_MS;
    printf("%zu changes, %zu late, median %.1f ms, 99 %% %.1f ms, longest %.1f ms\n", n, late,
           times[n / 2], times[n * 99 / 100], times[n - 1]);
    for (int i = 0; i < KINDS; i++)
        if (late_by_kind[i] > 0)
            printf("%u late: %s\n", late_by_kind[i], kinds[i].name);
}

int main(int argc, char **argv)
{
    Slot slots[SLOTS] = {0};
    size_t wanted;
    size_t n = 0;
    double *times;

    if (argc != 7) {
        fputs("usage: late_changes LOWER MOUNT ASIDE CHANGES SEED OFFSET\n", stderr);
        return 2;
    }
    lower = argv[1];
    mount_point = argv[2];
    aside = argv[3];
    wanted = strtoul(argv[4], NULL, 10);
    srandom((unsigned)strtoul(argv[5], NULL, 10));
    offset = (unsigned)strtoul(argv[6], NULL, 10);
    times = calloc(wanted + SLOTS, sizeof(*times));
    if (times == NULL)
        die("calloc");
    for (int i = 0; i < SLOTS; i++) {
        Slot *slot = &slots[i];
        slot->number = i;
        make_dirs(LOWER("sub/deep/"));
        make_file(LOWER("sub/deep/file"));
    }
    while (n < wanted) {
        for (int i = 0; i < SLOTS; i++) {
            settle(&slots[i]);
            warm(&slots[i]);
        }
        for (int i = 0; i < SLOTS; i++)
            change(&slots[i]);
        watch(slots, times, &n);
    }
    report(times, n);
    free(times);
    return 0;
}
