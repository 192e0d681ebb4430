/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner_watch [-c] DIRECTORY UID:GID...: looks at everything below DIRECTORY over and over, and at
 * each entry as soon as inotify tells of it, until its standard input ends. Prints "watching" when
 * it is ready for the first creation, the first wrong owners that it sees, and at the end how often
 * it looked and how often the owner was not one of those named. Exit status 1 when one was not.
 *
 * However fast it looks, it may miss what lasts for a microsecond. So with -c it is wrong, too,
 * when the attributes of an entry of DIRECTORY itself are changed at all after its creation, which
 * inotify always tells. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWNERS_MAX = 16, DEPTH_MAX = 16, REPORTS_MAX = 20 };

static struct {
    unsigned uid;
    unsigned gid;
} allowed[OWNERS_MAX];
static int n_allowed;
static unsigned long looks;
static unsigned long wrong_owners;
static bool is_creation_only;

static void check(const char *name, const struct stat *st)
{
    looks++;
    for (int i = 0; i < n_allowed; i++) {
        if (st->st_uid == allowed[i].uid && st->st_gid == allowed[i].gid)
            return;
    }
    if (wrong_owners++ < REPORTS_MAX)
        printf("%s has owner %u:%u, mode %o\n", name, st->st_uid, st->st_gid, st->st_mode);
}

/* Entries come and go meanwhile; what is gone is no finding. */
static void look_below(int directory, int depth)
{
    DIR *stream = fdopendir(directory);
    struct dirent *entry;

    if (stream == NULL) {
        close(directory);
        return;
    }
    while ((entry = readdir(stream)) != NULL) {
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fstatat(dirfd(stream), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        check(entry->d_name, &st);
        if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
            int below = openat(dirfd(stream), entry->d_name,
                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (below >= 0)
                look_below(below, depth + 1);
        }
    }
    closedir(stream);
}

static void check_change(const struct inotify_event *event)
{
    if ((event->mask & IN_ATTRIB) != 0 && event->len > 0 && is_creation_only &&
        wrong_owners++ < REPORTS_MAX)
        printf("%s is changed after its creation\n", event->name);
}

/* Looks at what inotify has named. */
static void look_at_events(int events, int directory)
{
    _Alignas(struct inotify_event) char buffer[16384];
    ssize_t n = read(events, buffer, sizeof(buffer));

    for (ssize_t at = 0; at < n;) {
        const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
        struct stat st;
        check_change(event);
        if (event->len > 0 && fstatat(directory, event->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            check(event->name, &st);
        at += (ssize_t)(sizeof(*event) + event->len);
    }
}

static bool input_ended(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char byte;

    return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
}

int main(int argc, char **argv)
{
    int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    int directory;

    if (argc > 1 && strcmp(argv[1], "-c") == 0) {
        is_creation_only = true;
        argv++;
        argc--;
    }
    if (argc < 3 || argc - 2 > OWNERS_MAX)
        return 2;
    for (int i = 2; i < argc; i++, n_allowed++) {
        if (sscanf(argv[i], "%u:%u", &allowed[n_allowed].uid, &allowed[n_allowed].gid) != 2)
            return 2;
    }
    directory = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 ||
        inotify_add_watch(events, argv[1], IN_CREATE | IN_MOVED_TO | IN_ATTRIB) < 0) {
        perror(argv[1]);
        return 2;
    }
    puts("watching");
    fflush(stdout);
    while (!input_ended()) {
        for (int i = 0; i < 2000; i++)
            look_at_events(events, directory);
        look_below(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0);
    }
    printf("looked %lu times, %lu wrong\n", looks, wrong_owners);
    return wrong_owners > 0;
}
