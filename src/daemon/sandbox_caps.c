/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capabilities that remain, see capabilities(7). */
#include "daemon/sandbox.h"
#include "fs/cred.h"

#include <cap-ng.h>
#include <errno.h>

typedef struct {
    unsigned capability;
    bool (*when)(const Filesystem *fs); /* NULL: always */
    const char *reason;
} Needed;

static bool when_passthrough(const Filesystem *fs)
{
    return filesystem_passthrough_obstacle(fs) == NULL;
}

/* Access was decided by the kernel, for the caller, before a request came here. So most of these
 * let the daemon do for all callers what each of them was allowed. */
static const Needed needed[] = {
    {CAP_DAC_OVERRIDE,    NULL,             "opens, changes and makes files whoever owns them"                   },
    {CAP_DAC_READ_SEARCH, NULL,             "open_by_handle_at(2), instead of a descriptor for each inode"       },
    {CAP_FOWNER,          NULL,             "chmod, utimes, attributes and O_NOATIME of files of others"         },
    {CAP_CHOWN,           NULL,             "chown, for callers who may"                                         },
    {CAP_FSETID,          NULL,             "keeps setgid where the caller may; not effective otherwise (cred.h)"},
    {CAP_SETUID,          NULL,             "setresuid(2): what is created has its owner from the start"         },
    {CAP_SETGID,          NULL,             "setresgid(2): its group"                                            },
    {CAP_SETFCAP,         NULL,             "security.capability, for callers who may"                           },
    {CAP_MKNOD,           NULL,             "device nodes, for callers who may"                                  },
    {CAP_LINUX_IMMUTABLE, NULL,             "chattr +i and +a, for callers who may"                              },
    {CAP_SYS_ADMIN,       when_passthrough, "FUSE_DEV_IOC_BACKING_OPEN and _CLOSE; see lower_xattr.h"            },
};

/* Of the process outside, which opens what the command line names. */
static const Needed needed_outside[] = {
    {CAP_DAC_READ_SEARCH, NULL, "reads map sources, whoever owns them"                        },
    {CAP_SYS_PTRACE,      NULL, "looks at processes of others: map=pid:, map=userns:, callers"},
    {CAP_SYS_ADMIN,       NULL, "unmounts; enters a user namespace for map=userns:"           },
};

/* Of the process for attributes (xattr_process.h). */
static const Needed needed_for_xattrs[] = {
    {CAP_SYS_ADMIN, NULL, "trusted.*; changes security.*"},
};

static bool is_needed(const Needed *rows, size_t n, const Filesystem *fs, unsigned capability)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].capability == capability)
            return rows[i].when == NULL || rows[i].when(fs);
    return false;
}

/* Of what there is, all goes that is in no row; nothing comes back by execve(2). FS: for rows that
 * say when. */
static ErrInt keep(const Needed *rows, size_t n, const Filesystem *fs)
{
    const capng_type_t sets = CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET;

    if (capng_get_caps_process() < 0)
        return -errno;
    for (unsigned capability = 0; capability <= CAP_LAST_CAP; capability++) {
        capng_update(CAPNG_DROP, CAPNG_INHERITABLE, capability);
        if (!is_needed(rows, n, fs, capability))
            capng_update(CAPNG_DROP, sets, capability);
    }
    return capng_apply(CAPNG_SELECT_BOTH) < 0 ? -EPERM : 0;
}

ErrInt sandbox_drop_caps(const Filesystem *fs)
{
    ErrInt r = keep(needed, sizeof(needed) / sizeof(needed[0]), fs);

    return r < 0 ? r : cred_read_caps();
}

ErrInt sandbox_drop_caps_outside(void)
{
    return keep(needed_outside, sizeof(needed_outside) / sizeof(needed_outside[0]), NULL);
}

ErrInt sandbox_drop_caps_xattrs(void)
{
    return keep(needed_for_xattrs, sizeof(needed_for_xattrs) / sizeof(needed_for_xattrs[0]), NULL);
}
