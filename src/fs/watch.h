/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others change on the lower side, told to the kernel, so that it can keep the rest for long.
 *
 * A lower directory, or a file, is marked (fanotify_mark(2)) when the kernel is told something of
 * it that it may keep: a directory before a name in it is looked up, and whatever else when its
 * attributes are asked for. Marks do not keep lower inodes in memory; one that is gone for that
 * reason is renewed after some time, and until then nothing is told: so what the kernel keeps is
 * never kept for ever.
 *
 * A file's mark goes with the first write that it tells of: who writes all the time is not held up
 * by it, and what the kernel asks for next puts it back.
 *
 * What we change ourselves, the kernel knows; that is told by the process ID of the event. */
#pragma once

#include "base/errint.h"
#include "fs/inode_table.h"
#include "fs/mount_watch.h"

#include <sys/queue.h>

struct Filesystem;

typedef struct {
    struct Filesystem *fs;
    const char *refusal; /* why nothing is watched, a static string; NULL: it is */
    int group;   /* fanotify(7); -1: nothing is watched */
    int wake_fd; /* eventfd(2): it is time to end */
    MountWatch mounts;
    _Atomic uint32_t full_at; /* as marked_at; 0: never */
    pthread_t thread;
    bool has_thread;
    STAILQ_HEAD(, WatchName) again; /* the thread's: names to be told once more */
    unsigned n_again;
    _Atomic uint64_t events; /* by others; with repetitions */
    _Atomic uint64_t overflows;
} Watch;

enum {
    WATCH_KEEP_SECONDS = 60,  /* how long to keep what is marked, unless something is told */
    WATCH_BRIEF_MSECONDS = 30 /* and what is not, on a mount where it could be */
};

void watch_init(Watch *watch, struct Filesystem *fs);

/* Opens what it takes, while all files of the host can be opened; LOWER_FD is a descriptor of the
 * lower directory, which stays the caller's. Returns the reason why not, a static string, or NULL.
 */
const char *watch_open(Watch *watch, int lower_fd);

/* Begins to tell, as above. */
const char *watch_start(Watch *watch);

/* The thread may be in the middle of telling something, and the kernel takes that in only when no
 * request holds it up: so once the connection is at its end. */
void watch_end(Watch *watch);

/* The kernel is told from now on of changes to INODE, of which FD is a descriptor (O_PATH), and, if
 * it is a directory, of changes to names in it. False: it is not. */
bool watch_mark(Watch *watch, Inode *inode, int fd);

/* The same for what was found and is open as FD (O_PATH), on MOUNT, before it is known what it is;
 * not for a directory. Returns what its marked_at is to be. */
uint32_t watch_mark_found(Watch *watch, LowerMount *mount, int fd);

/* There is no room for more marks, or was not a moment ago. */
bool watch_is_full(const Watch *watch);

/* Whether INODE is marked, from before. */
bool watch_has(const Watch *watch, const Inode *inode);

/* Whether inodes on MOUNT are marked when that is wanted. */
bool watch_covers(const Watch *watch, const LowerMount *mount);
