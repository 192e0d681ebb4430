/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes of a lower inode, as they are.
 *
 * Some take CAP_SYS_ADMIN, by which one could do nearly anything. Where the daemon has no other use
 * for that (sandbox_caps.c), a process which can do nothing else has it instead, and makes these
 * calls on descriptors that it is handed. */
#pragma once

#include "base/errint.h"
#include "fs/agreement.h"

#include <linux/limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum {
    XATTR_CALL_GET,
    XATTR_CALL_LIST,
    XATTR_CALL_SET,
    XATTR_CALL_REMOVE,
} XattrCallKind;

/* To that process, with a descriptor (SCM_RIGHTS), and with the value behind it for
 * XATTR_CALL_SET. It answers with an int32_t, what the call returned or -errno; and when that is
 * the length of something that was asked for, sends that next. */
typedef struct {
    XattrCallKind kind;
    int32_t flags; /* of setxattr(2) */
    uint32_t size; /* of the value, or of the room for the answer */
    char name[XATTR_NAME_MAX + 1];
} XattrCall;

/* FD is a socket (SOCK_SEQPACKET) to it, or -1: we make all calls ourselves. */
typedef struct {
    pthread_mutex_t lock;
    int fd;
    Agreement *agreement; /* learns when it is gone */
} XattrServer;

/* As the system calls, for the inode of the descriptor FD, which may be of O_PATH; fail with
 * -errno, see node_errno(). One call at a time waits for the process. */
ssize_t lower_xattr_get(XattrServer *server, int fd, const char *name, void *value, size_t size);
ErrInt lower_xattr_set(XattrServer *server, int fd, const char *name, const void *value,
                       size_t size, int flags);
ErrInt lower_xattr_remove(XattrServer *server, int fd, const char *name);

/* TRUSTED: with those that only CAP_SYS_ADMIN lets one see. */
ssize_t lower_xattr_list(XattrServer *server, int fd, char *list, size_t size, bool trusted);
