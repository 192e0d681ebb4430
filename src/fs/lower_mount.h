/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts that make up the lower tree, and how inodes on each are held. */
#pragma once

#include "base/errint.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A file handle, see name_to_handle_at(2): it names an inode for as long as that exists, and
 * survives its number being reused. One that opens can be opened again at any time, so the inode
 * costs no descriptor. */
typedef struct {
    int type;
    unsigned length; /* 0: none is given */
    bool opens;
    unsigned char bytes[MAX_HANDLE_SZ];
} LowerHandle;

/* On a mount whose handles open, an inode is its handle and descriptors are a cache. On any other
 * one an inode is a descriptor of its own, open as long as the kernel remembers the inode; a handle
 * then tells it from others only. */
typedef struct LowerMount {
    struct LowerMount *next;
    int id; /* of mountinfo, proc(5); not reused while a descriptor is open below it */
    int fd; /* a directory on it, for open_by_handle_at(2); -1 where handles do not open */
    bool splits_links; /* several names of a file may be inodes of their own with one number, and
                        * what is changed by one then gets another number (overlayfs) */
    /* A file system of this machine: close(2) has nothing to report, so FLUSH can be left out, and
     * what we may do there is a matter of capabilities, not of our UID. */
    bool local;
    fsid_t fsid;            /* of statfs(2) */
    _Atomic bool unwatched; /* what others change here is not told, as far as we know (watch.h) */
    _Atomic bool passes;    /* the kernel takes its files for passthrough, as far as we know */
    size_t users;           /* inodes on it, and requests that found it; the inode table's lock */
} LowerMount;

/* Makes the record for the mount with this ID; FD (O_PATH will do) is an object on it and stays
 * the caller's. Blocks on the lower file system. -ENOMEM, or what the lower side says. */
ErrInt lower_mount_new(int id, int fd, LowerMount **ret_mount);
void lower_mount_free(LowerMount *mount);

/* Whether the file system of FD may lie on another one (overlayfs, FUSE). */
bool lower_is_stacked(int fd);

/* Whether a position in a directory means the same however often that is opened. A FUSE file system
 * may count the names that it found when it was opened (libfuse's high-level interface). */
bool lower_positions_last(int fd);

/* The ID of the mount FD is on, and its handle there: empty when MOUNT, the expected mount, is
 * NULL, or the file system gives none. */
ErrInt lower_handle_of(int fd, const LowerMount *mount, LowerHandle *ret_handle, int *ret_id);

/* The descriptor of the inode with this handle, opened with FLAGS, or a negative errno: -ESTALE
 * when the inode is gone. */
int lower_open_handle(const LowerMount *mount, int type, unsigned length, const void *bytes,
                      int flags);
