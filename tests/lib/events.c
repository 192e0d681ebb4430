/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events PATH...: watches these with inotify(7), and prints "watching". On SIGTERM it prints what
 * has happened, a line for each event: "PATH: EVENT..." or "PATH/NAME: EVENT...". Events of the
 * same kind that come one after the other are one, since nothing is read before. */
#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

static const struct {
    uint32_t mask;
    const char *name;
} kinds[] = {
    {IN_ACCESS,        "ACCESS"       },
    {IN_MODIFY,        "MODIFY"       },
    {IN_ATTRIB,        "ATTRIB"       },
    {IN_CLOSE_WRITE,   "CLOSE_WRITE"  },
    {IN_CLOSE_NOWRITE, "CLOSE_NOWRITE"},
    {IN_OPEN,          "OPEN"         },
    {IN_MOVED_FROM,    "MOVED_FROM"   },
    {IN_MOVED_TO,      "MOVED_TO"     },
    {IN_CREATE,        "CREATE"       },
    {IN_DELETE,        "DELETE"       },
    {IN_DELETE_SELF,   "DELETE_SELF"  },
    {IN_MOVE_SELF,     "MOVE_SELF"    },
    {IN_UNMOUNT,       "UNMOUNT"      },
    {IN_Q_OVERFLOW,    "Q_OVERFLOW"   },
    {IN_IGNORED,       "IGNORED"      },
    {IN_ISDIR,         "ISDIR"        },
};

/* By number of a watch, which begin with 1; by the first path of an inode. */
static const char **paths;

static void watch(int events, int n, char **names)
{
    paths = calloc((size_t)n + 1, sizeof(*paths));
    if (paths == NULL)
        err(2, "memory");
    for (int i = 0; i < n; i++) {
        int number = inotify_add_watch(events, names[i], IN_ALL_EVENTS | IN_DONT_FOLLOW);
        if (number < 0)
            err(2, "%s", names[i]);
        if (paths[number] == NULL)
            paths[number] = names[i];
    }
}

static void print(const struct inotify_event *event)
{
    printf("%s", event->wd > 0 ? paths[event->wd] : "?");
    if (event->len > 0)
        printf("/%s", event->name);
    putchar(':');
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if ((event->mask & kinds[i].mask) != 0)
            printf(" %s", kinds[i].name);
    }
    putchar('\n');
}

static void print_all(int events)
{
    _Alignas(struct inotify_event) char buffer[65536];
    ssize_t n;

    while ((n = read(events, buffer, sizeof(buffer))) > 0) {
        for (ssize_t at = 0; at < n;) {
            const struct inotify_event *event = (const struct inotify_event *)(buffer + at);
            print(event);
            at += (ssize_t)(sizeof(*event) + event->len);
        }
    }
}

int main(int argc, char **argv)
{
    int events = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    sigset_t end;
    int number;

    if (events < 0)
        err(2, "inotify");
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigprocmask(SIG_BLOCK, &end, NULL);
    watch(events, argc - 1, argv + 1);
    /* Where it was is in use by its watches only. */
    if (chdir("/") < 0)
        err(2, "/");
    puts("watching");
    fflush(stdout);
    sigwait(&end, &number);
    print_all(events);
    return 0;
}
