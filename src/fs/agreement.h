/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of the features that we would have: agreed on with the kernel, or why not. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    AGREED_PASSTHROUGH,            /* the kernel reads and writes lower files itself */
    AGREED_PASSTHROUGH_EVERYWHERE, /* no lower mount is left out of that */
    AGREED_POSIX_ACL,              /* the kernel checks permissions with ACLs */
    AGREED_KILLPRIV,               /* no request before a write, whether there are capabilities */
    AGREED_READDIRPLUS,            /* listings with attributes */
    AGREED_CACHED_DIRS,    /* directories are opened without a request, and listings are kept */
    AGREED_CACHED_FILES,   /* files are opened without a request */
    AGREED_SHARED_LOCKS,   /* locks exclude users of the lower directory */
    AGREED_FILE_HANDLES,   /* open_by_handle_at(2) on the mount */
    AGREED_BIRTH_TIME,     /* statx(2) says it */
    AGREED_LOWER_HANDLES,  /* lower inodes cost no descriptor */
    AGREED_ALL_OWNERS,     /* what is created or given away can belong to any lower ID */
    AGREED_TRUSTED_XATTRS, /* host root can use attributes that take CAP_SYS_ADMIN */
    AGREED_IO_URING,
    AGREED_WATCH,          /* the kernel is told what others change on the lower side */
    AGREED_SANDBOX_LIMITS, /* from here on: what the daemon has given up */
    AGREED_SANDBOX_FILES,
    AGREED_SANDBOX_NETWORK,
    AGREED_SANDBOX_CAPABILITIES,
    AGREED_SANDBOX_SYS_ADMIN, /* CAP_SYS_ADMIN among them */
    AGREED_SANDBOX_PRIVILEGES,
    AGREED_SANDBOX_CALLS,
    AGREED_MAX,
} Agreed;

/* NULL: in use. Else the reason why not, a static string. */
typedef struct {
    _Atomic(const char *) refusal[AGREED_MAX];
} Agreement;

static inline bool agreement_has(const Agreement *agreement, Agreed feature)
{
    return agreement->refusal[feature] == NULL;
}

/* As --status prints it; static. */
const char *agreed_name(Agreed feature);
