/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fanotify(7) tells, out of the bytes that it is read as. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As of name_to_handle_at(2), and statfs(2) for the file system that it is of. LENGTH 0: not told.
 */
typedef struct {
    fsid_t fsid;
    int type;
    unsigned length;
    const unsigned char *bytes;
} WatchHandle;

typedef struct {
    uint64_t mask;
    pid_t pid; /* whose doing it was; in the PID namespace of the reader */
    WatchHandle dir;
    const char *name; /* in DIR; NULL: not told */
    WatchHandle target;
} WatchEvent;

/* The event at *AT in LENGTH bytes, which it refers to; *AT is behind it then. False: there is no
 * more, or what is there is no event. */
bool watch_event_next(const char *bytes, size_t length, size_t *at, WatchEvent *ret_event);
