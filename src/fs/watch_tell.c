/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notifications, see <fuse_lowlevel.h>. The kernel knows all of it by node IDs and names. */
#include "fs/watch_tell.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "fs/node.h"
#include "fs/watch_event.h"

#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

enum {
    NODES_MAX = 8, /* mounts of one lower file system that are told of; more have to wait */
    DOUBTS_AT_ONCE = 64,
    AGAIN_NS = 250 * 1000 * 1000, /* until names are told once more */
    AGAIN_MAX = 100 * 1000,       /* names; of more than that, everything is in doubt */
};

static const uint64_t name_events = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO;

typedef struct {
    unsigned n;
    uint64_t ids[NODES_MAX];
} Nodes;

static Nodes find_nodes(const Watch *watch, const WatchHandle *handle)
{
    Nodes nodes = {0};

    if (handle->length > 0)
        nodes.n = inode_table_nodes_of(&watch->fs->inodes, handle->fsid, handle->type,
                                       handle->length, handle->bytes, nodes.ids, NODES_MAX);
    return nodes;
}

typedef struct WatchName {
    STAILQ_ENTRY(WatchName) link;
    uint64_t due; /* as of counters_now() */
    uint64_t dir;
    char name[];
} WatchName;

/* False: there is no room. */
static bool remember(Watch *watch, uint64_t dir, const char *name)
{
    const size_t size = strlen(name) + 1;
    WatchName *entry = watch->n_again < AGAIN_MAX ? malloc(sizeof(*entry) + size) : NULL;

    if (entry == NULL)
        return false;
    entry->due = counters_now() + AGAIN_NS;
    entry->dir = dir;
    memcpy(entry->name, name, size);
    STAILQ_INSERT_TAIL(&watch->again, entry, link);
    watch->n_again++;
    return true;
}

static void tell_name(Watch *watch, const Nodes *dirs, const char *name)
{
    for (unsigned i = 0; i < dirs->n; i++) {
        int r =
            fuse_lowlevel_notify_expire_entry(watch->fs->session, dirs->ids[i], name, strlen(name));
        if (r == 0 && !remember(watch, dirs->ids[i], name))
            watch_tell_doubt(watch);
    }
}

bool watch_tells_again(const Watch *watch)
{
    return watch->n_again > 0;
}

static WatchName *take_first(Watch *watch)
{
    WatchName *entry = STAILQ_FIRST(&watch->again);

    STAILQ_REMOVE_HEAD(&watch->again, link);
    watch->n_again--;
    return entry;
}

void watch_tell_again(Watch *watch)
{
    const uint64_t now = watch->n_again > 0 ? counters_now() : 0;

    while (watch->n_again > 0 && STAILQ_FIRST(&watch->again)->due <= now) {
        WatchName *entry AUTO_FREE = take_first(watch);
        fuse_lowlevel_notify_expire_entry(watch->fs->session, entry->dir, entry->name,
                                          strlen(entry->name));
    }
}

void watch_tell_clear(Watch *watch)
{
    while (watch->n_again > 0)
        free(take_first(watch));
}

/* Attributes, and what the kernel has read: the listing of a directory, pages of a file. Never the
 * one without the other: who asks for attributes just now, to see whether the pages are good, would
 * have the answer left aside (fs/fuse/inode.c, fuse_change_attributes()), and take them as they
 * are.
 */
static void tell_inode(const Watch *watch, const Nodes *nodes)
{
    for (unsigned i = 0; i < nodes->n; i++)
        fuse_lowlevel_notify_inval_inode(watch->fs->session, nodes->ids[i], 0, 0);
}

static bool is_same(const WatchHandle *a, const WatchHandle *b)
{
    return a->type == b->type && a->length == b->length &&
           memcmp(&a->fsid, &b->fsid, sizeof(a->fsid)) == 0 &&
           (a->bytes == NULL || b->bytes == NULL || memcmp(a->bytes, b->bytes, a->length) == 0);
}

/* Only then is the inode said not to be marked: who takes it to be marked still, gives the kernel
 * what is told to be wrong a moment later. */
static void unmark(Watch *watch, const Nodes *nodes)
{
    for (unsigned i = 0; i < nodes->n; i++) {
        Node node AUTO_NODE = NODE_INIT;
        if (node_acquire(watch->fs, nodes->ids[i], &node) < 0 || node.inode->marked_at == 0)
            continue;
        fanotify_mark(watch->group, FAN_MARK_REMOVE, FAN_MODIFY | FAN_ATTRIB, watch->fs->proc_fd,
                      fd_name(node.fd).text);
        node.inode->marked_at = 0;
    }
}

/* Nothing but our descriptor may keep it, and the space that it takes. */
static void let_go(const Watch *watch, const Nodes *nodes)
{
    for (unsigned i = 0; i < nodes->n; i++)
        inode_table_let_go(&watch->fs->inodes, nodes->ids[i]);
}

/* PREVIOUS is what was told before in the same go. */
static void tell_event(Watch *watch, const WatchEvent *event, const WatchEvent *previous)
{
    const bool is_dir_itself = event->name != NULL && strcmp(event->name, ".") == 0;
    const Nodes dirs = find_nodes(watch, &event->dir);
    const Nodes targets = is_dir_itself ? dirs : find_nodes(watch, &event->target);

    if ((event->mask & name_events) != 0 && !is_dir_itself && event->name != NULL) {
        tell_name(watch, &dirs, event->name);
        if (!is_same(&event->dir, &previous->dir) || (previous->mask & name_events) == 0)
            tell_inode(watch, &dirs);
    }
    if ((event->mask & FAN_MODIFY) != 0)
        unmark(watch, &targets);
    tell_inode(watch, &targets);
    if ((event->mask & FAN_DELETE) != 0)
        let_go(watch, &targets);
}

/* Our write has told the kernel all there is; but more of these would cost time. */
static void tell_own_event(Watch *watch, const WatchEvent *event)
{
    Nodes targets;

    if ((event->mask & FAN_MODIFY) == 0)
        return;
    targets = find_nodes(watch, &event->target);
    unmark(watch, &targets);
    tell_inode(watch, &targets);
}

void watch_tell(Watch *watch, const char *bytes, size_t length)
{
    WatchEvent event;
    WatchEvent previous = {0};
    const pid_t own = getpid();

    for (size_t at = 0; watch_event_next(bytes, length, &at, &event);) {
        if ((event.mask & FAN_Q_OVERFLOW) != 0) {
            watch_tell_doubt(watch);
        } else if (event.pid == own) {
            tell_own_event(watch, &event);
        } else {
            tell_event(watch, &event, &previous);
            watch->events++;
            previous = event;
        }
    }
}

void watch_tell_doubt_of_names(Watch *watch)
{
#if HAVE_DECL_FUSE_LOWLEVEL_NOTIFY_INCREMENT_EPOCH
    fuse_lowlevel_notify_increment_epoch(watch->fs->session);
#else
    (void)watch;
#endif
}

void watch_tell_doubt(Watch *watch)
{
    uint64_t nodes[DOUBTS_AT_ONCE];
    size_t place = 0;
    size_t n;

    watch->overflows++;
    watch_tell_doubt_of_names(watch);
    do {
        n = inode_table_marked(&watch->fs->inodes, &place, nodes, DOUBTS_AT_ONCE);
        for (size_t i = 0; i < n; i++)
            fuse_lowlevel_notify_inval_inode(watch->fs->session, nodes[i], 0, 0);
    } while (n > 0);
}
