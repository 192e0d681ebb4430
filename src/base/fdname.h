/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for descriptors below /proc/self/fd, for calls that take no descriptor (proc(5)). */
#pragma once

#include <stdio.h>

/* Relative to an open /proc/self/fd, for calls of the *at() family; also for others in src/fs,
 * where that is the working directory: from within the sandbox there is no other way to it. Follows
 * what the descriptor refers to, which may be a symbolic link itself: the walk ends there. */
typedef struct {
    char text[12];
} FdName;

static inline FdName fd_name(int fd)
{
    FdName name;
    snprintf(name.text, sizeof(name.text), "%d", fd);
    return name;
}

/* Absolute, for calls that take a path only. */
typedef struct {
    char text[28];
} FdPath;

static inline FdPath fd_path(int fd)
{
    FdPath path;
    snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
    return path;
}
