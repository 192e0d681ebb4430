/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount(8)'s options as the flags of a mount. */
#include "kernel-mount/mount_flags.h"

#include "kernel-mount/kernel_error.h"

#include <string.h>
#include <sys/mount.h>

/* Not in the headers of Debian 12. */
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

typedef struct {
    const char *option;
    uint64_t set;   /* from now on */
    uint64_t unset; /* of what was to be set before */
    uint64_t clear; /* also on the lower mount */
} FlagRow;

/* The access times of a mount are one of three kinds, a number below this mask. */
#define ATIME_KINDS ((uint64_t)MOUNT_ATTR__ATIME)

#define TURNS_ON(flag) flag, 0, 0
#define TURNS_OFF(flag) 0, flag, flag
#define CHOOSES(kind) kind, ATIME_KINDS, ATIME_KINDS

static const FlagRow flag_rows[] = {
    {"ro",                               TURNS_ON(MOUNT_ATTR_RDONLY) },
    {"rw",                               0,                            MOUNT_ATTR_RDONLY, 0},
    {"nosuid",                                 TURNS_ON(MOUNT_ATTR_NOSUID)                                                            },
    {"suid",TURNS_OFF(MOUNT_ATTR_NOSUID)},
    {"nodev",                                TURNS_ON(MOUNT_ATTR_NODEV)                                                                                                                     },
    {"dev",TURNS_OFF(MOUNT_ATTR_NODEV)},
    {"noexec",                               TURNS_ON(MOUNT_ATTR_NOEXEC)                                                                                                                                                                           },
    {"exec",TURNS_OFF(MOUNT_ATTR_NOEXEC)},
    {"nosymfollow",                              TURNS_ON(MOUNT_ATTR_NOSYMFOLLOW)                                                                                                                                                                                                                                },
    {"symfollow",TURNS_OFF(MOUNT_ATTR_NOSYMFOLLOW)},
    {"noatime",                             CHOOSES(MOUNT_ATTR_NOATIME)                                                                                                                                                                                                                                                                                        },
    {"atime",CHOOSES(MOUNT_ATTR_RELATIME)},
    {"relatime",                            CHOOSES(MOUNT_ATTR_RELATIME)                                                                                                                                                                                                                                                                                                                                         },
    {"strictatime",CHOOSES(MOUNT_ATTR_STRICTATIME)},
    {"nostrictatime",                         CHOOSES(MOUNT_ATTR_RELATIME)                                                                                                                                                                                                                                                                                                                                                                                       },
    {"nodiratime",TURNS_ON(MOUNT_ATTR_NODIRATIME)},
    {"diratime",                      TURNS_OFF(MOUNT_ATTR_NODIRATIME)                                                                                                                                                                                                                                                                                                                                                                                                                               },
};

/* What a mount cannot have for itself; ends in '=' with a value. */
static const struct {
    const char *option;
    const char *undo; /* the option that takes it back */
} refused_rows[] = {
    {"sync",         "async"},
    {"dirsync",      NULL   },
    {"context=",     NULL   },
    {"fscontext=",   NULL   },
    {"defcontext=",  NULL   },
    {"rootcontext=", NULL   },
};

static bool is_option(const char *text, const char *option)
{
    return g_str_has_suffix(option, "=") ? g_str_has_prefix(text, option)
                                         : strcmp(text, option) == 0;
}

static const char *find_refused(const GPtrArray *options, size_t row)
{
    const char *found = NULL;

    for (guint i = 0; i < options->len; i++) {
        if (is_option(options->pdata[i], refused_rows[row].option))
            found = options->pdata[i];
        else if (g_strcmp0(options->pdata[i], refused_rows[row].undo) == 0)
            found = NULL;
    }
    return found;
}

static void apply(MountFlags *flags, const char *option)
{
    for (size_t i = 0; i < G_N_ELEMENTS(flag_rows); i++) {
        const FlagRow *row = &flag_rows[i];
        if (strcmp(option, row->option) != 0)
            continue;
        flags->set = (flags->set & ~row->unset) | row->set;
        flags->clear |= row->clear;
    }
}

bool mount_flags_read(const GPtrArray *options, MountFlags *ret_flags, GError **error)
{
    *ret_flags = (MountFlags){.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
    if (options == NULL)
        return true;
    for (size_t row = 0; row < G_N_ELEMENTS(refused_rows); row++) {
        const char *refused = find_refused(options, row);
        if (refused != NULL)
            return kernel_mount_fail(error, KERNEL_MOUNT_REFUSED,
                                     "%s: the kernel has it for whole file systems only\n"
                                     "  leave it out, or use engine=fuse",
                                     refused);
    }
    for (guint i = 0; i < options->len; i++)
        apply(ret_flags, options->pdata[i]);
    return true;
}

/* As mountinfo writes them; a kind of access times without a name is strictatime. */
bool mount_flags_fit(const MountFlags *flags, const MountLine *line)
{
    static const struct {
        const char *option;
        uint64_t flag;
    } rows[] = {
        {"ro",          MOUNT_ATTR_RDONLY     },
        {"nosuid",      MOUNT_ATTR_NOSUID     },
        {"nodev",       MOUNT_ATTR_NODEV      },
        {"noexec",      MOUNT_ATTR_NOEXEC     },
        {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW},
        {"nodiratime",  MOUNT_ATTR_NODIRATIME },
    };
    bool has_kind = (flags->clear & ATIME_KINDS) != 0;
    uint64_t kind = flags->set & ATIME_KINDS;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool is_set = (flags->set & rows[i].flag) != 0;
        if ((is_set || (flags->clear & rows[i].flag) != 0) &&
            is_set != mount_line_has(line, rows[i].option))
            return false;
    }
    return !has_kind || (mount_line_has(line, "noatime") == (kind == MOUNT_ATTR_NOATIME) &&
                         mount_line_has(line, "relatime") == (kind == MOUNT_ATTR_RELATIME));
}
