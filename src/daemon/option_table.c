/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of options: what is accepted, what is done with it, and the help. */
#include "daemon/option_table.h"

#include <stddef.h>
#include <string.h>

typedef struct OptionRow OptionRow;

/* VALUE is NULL for an option without one; TEXT is the option as it was written after -o. */
typedef bool OptionTaker(Options *options, const OptionRow *row, const char *text,
                         const char *value, GError **error);

typedef enum {
    GROUP_MAP,     /* of ours: also as a long option */
    GROUP_ENGINE,  /* of ours: also as a long option */
    GROUP_CACHE,   /* of ours: also as a long option; for the daemon */
    GROUP_LOCK,    /* of ours: also as a long option; for the daemon */
    GROUP_SPEED,   /* of ours: also as a long option; for the daemon */
    GROUP_SANDBOX, /* of ours: also as a long option; for the daemon */
    GROUP_MOUNT,   /* mount(8)'s, honoured */
    GROUP_ATIME,   /* mount(8)'s, honoured by the kernel alone */
    GROUP_IGNORE   /* mount(8)'s, for others than us */
} OptionGroup;

struct OptionRow {
    const char *name; /* ends in '=' with a value, in '*' where anything may follow */
    const char *argument;
    OptionGroup group;
    OptionTaker *take;
    size_t offset; /* of the member that the taker sets */
    const char *help;
};

static bool take_map(Options *options, const OptionRow *row, const char *text, const char *value,
                     GError **error)
{
    g_autofree char *name = g_strndup(row->name, strcspn(row->name, "="));

    (void)text;
    (void)error;
    return map_request_set(&options->maps, name, value);
}

/* Which of the N WORDS it is; -1: none. */
static int find_word(const char *const words[], size_t n, const char *value)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(value, words[i]) == 0)
            return (int)i;
    return -1;
}

static bool take_engine(Options *options, const OptionRow *row, const char *text, const char *value,
                        GError **error)
{
    static const char *const words[] = {
        [ENGINE_FUSE] = "fuse",
        [ENGINE_KERNEL] = "kernel",
        [ENGINE_AUTO] = "auto",
    };

    const int i = find_word(words, G_N_ELEMENTS(words), value);

    (void)row;
    if (i >= 0) {
        options->engine = (Engine)i;
        return true;
    }
    g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG,
                "%s: no such choice\n  write one of: fuse, kernel, auto", text);
    return false;
}

static bool take_seconds(Options *options, const OptionRow *row, const char *text,
                         const char *value, GError **error)
{
    double *seconds = (double *)((char *)options + row->offset);
    char *end = NULL;

    /* strtod() reads hexadecimal numbers and "infinity" as well. */
    *seconds = g_ascii_strtod(value, &end);
    if (g_ascii_isdigit(value[0]) && value[strspn(value, "0123456789.")] == '\0' && *end == '\0' &&
        *seconds <= UINT32_MAX)
        return true;
    g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG, "%s: not a number of seconds", text);
    return false;
}

static bool take_coherence(Options *options, const OptionRow *row, const char *text,
                           const char *value, GError **error)
{
    static const char *const names[] = {
        [COHERENCE_WATCH] = "watch",
        [COHERENCE_TIMEOUT] = "timeout",
        [COHERENCE_STRICT] = "strict",
    };

    const int i = find_word(names, G_N_ELEMENTS(names), value);

    (void)row;
    if (i >= 0) {
        options->filesystem.coherence = (Coherence)i;
        return true;
    }
    g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG,
                "%s: not one of watch, timeout and strict", text);
    return false;
}

static bool take_mount(Options *options, const OptionRow *row, const char *text, const char *value,
                       GError **error)
{
    (void)row;
    (void)value;
    (void)error;
    g_ptr_array_add(options->mount_options, g_strdup(text));
    return true;
}

static bool take_flag(Options *options, const OptionRow *row, const char *text, const char *value,
                      GError **error)
{
    (void)text;
    (void)value;
    (void)error;
    *(bool *)((char *)options + row->offset) = true;
    return true;
}

static bool take_unflag(Options *options, const OptionRow *row, const char *text, const char *value,
                        GError **error)
{
    (void)text;
    (void)value;
    (void)error;
    *(bool *)((char *)options + row->offset) = false;
    return true;
}

static bool take_mount_flag(Options *options, const OptionRow *row, const char *text,
                            const char *value, GError **error)
{
    return take_flag(options, row, text, value, error) &&
           take_mount(options, row, text, value, error);
}

static bool take_mount_unflag(Options *options, const OptionRow *row, const char *text,
                              const char *value, GError **error)
{
    return take_unflag(options, row, text, value, error) &&
           take_mount(options, row, text, value, error);
}

static bool take_nothing(Options *options, const OptionRow *row, const char *text,
                         const char *value, GError **error)
{
    (void)options;
    (void)row;
    (void)text;
    (void)value;
    (void)error;
    return true;
}

static bool refuse_remount(Options *options, const OptionRow *row, const char *text,
                           const char *value, GError **error)
{
    (void)options;
    (void)row;
    (void)value;
    g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG,
                "%s: not by this program\n  mount -o remount,ro MOUNTPOINT (or rw) can do it",
                text);
    return false;
}

static bool take_sandbox(Options *options, const OptionRow *row, const char *text,
                         const char *value, GError **error)
{
    (void)row;
    options->no_sandbox = strcmp(value, "off") == 0;
    if (options->no_sandbox || strcmp(value, "on") == 0)
        return true;
    g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG, "%s: no such choice\n  write on or off",
                text);
    return false;
}

#define SECONDS(member) take_seconds, offsetof(Options, filesystem.validity.member)
#define FLAG(member) take_mount_flag, offsetof(Options, filesystem.member)
#define UNFLAG(member) take_mount_unflag, offsetof(Options, filesystem.member)

/* clang-format off */
static const OptionRow rows[] = {
    {"map=", "SOURCE", GROUP_MAP, take_map, 0, "map uids and gids, see SOURCE below"},
    {"uidmap=", "SOURCE", GROUP_MAP, take_map, 0, "map uids"},
    {"gidmap=", "SOURCE", GROUP_MAP, take_map, 0, "map gids"},
    {"layout=", "docker|podman", GROUP_MAP, take_map, 0,
     "ranges start at lower ID 0, or after the user's own"},
    {"invert", NULL, GROUP_MAP, take_map, 0, "swap the two sides of every map"},
    {"unmapped=", "POLICY", GROUP_MAP, take_map, 0,
     "unmapped owners: nobody, deny, keep, squash:UID[:GID]"},
    {"hostroot=", "adopt|deny", GROUP_MAP, take_map, 0,
     "new files of an unmapped root: lower ID 0's, or refused"},
    {"engine=", "fuse|kernel|auto", GROUP_ENGINE, take_engine, 0,
     "by a daemon, by the kernel, or by that where it can"},
    {"coherence=", "watch|timeout|strict", GROUP_CACHE, take_coherence, 0,
     "how changes by others are noticed"},
    {"attr_timeout=", "SECONDS", GROUP_CACHE, SECONDS(attr),
     "how long the kernel may keep attributes (60, 1 or 0)"},
    {"entry_timeout=", "SECONDS", GROUP_CACHE, SECONDS(entry),
     "how long the kernel may keep names (60, 1 or 0)"},
    {"negative_timeout=", "SECONDS", GROUP_CACHE, SECONDS(negative),
     "how long it may take a name not to be there (0)"},
    {"nfs_export", NULL, GROUP_CACHE, take_flag, offsetof(Options, filesystem.nfs_export),
     "file handles work, and outlive the kernel's cache"},
    {"nolock", NULL, GROUP_LOCK, take_flag, offsetof(Options, filesystem.nolock),
     "flock and fcntl locks exclude users of this mount only"},
    {"no_passthrough", NULL, GROUP_SPEED, take_flag, offsetof(Options, filesystem.no_passthrough),
     "all reads and writes go through the daemon"},
    {"kernel_cache", NULL, GROUP_SPEED, take_flag, offsetof(Options, filesystem.kernel_cache),
     "nothing changes below: open without the daemon; with ro"},
    {"io_uring", NULL, GROUP_SPEED, take_unflag, offsetof(Options, no_io_uring),
     "requests come by io_uring, where offered (default)"},
    {"no_io_uring", NULL, GROUP_SPEED, take_flag, offsetof(Options, no_io_uring),
     "all requests come by /dev/fuse"},
    {"sandbox=", "on|off", GROUP_SANDBOX, take_sandbox, 0,
     "whether the daemon gives up what it does not need (on)"},
    {"ro", NULL, GROUP_MOUNT, FLAG(ro), "read-only"},
    {"rw", NULL, GROUP_MOUNT, UNFLAG(ro), "read-write (default)"},
    {"suid", NULL, GROUP_MOUNT, take_mount, 0, "honour setuid, setgid and file capabilities"},
    {"nosuid", NULL, GROUP_MOUNT, take_mount, 0, "do not (default)"},
    {"dev", NULL, GROUP_MOUNT, take_mount, 0, "device nodes work"},
    {"nodev", NULL, GROUP_MOUNT, take_mount, 0, "they do not (default)"},
    {"exec", NULL, GROUP_MOUNT, take_mount, 0, "programs can be run (default)"},
    {"noexec", NULL, GROUP_MOUNT, take_mount, 0, "they cannot"},
    {"sync", NULL, GROUP_MOUNT, FLAG(sync), "write at once"},
    {"async", NULL, GROUP_MOUNT, UNFLAG(sync), "do not (default)"},
    {"dirsync", NULL, GROUP_MOUNT, FLAG(dirsync), "change directories at once"},
    {"noatime", NULL, GROUP_MOUNT, FLAG(noatime), "reading changes no lower access time"},
    {"nodiratime", NULL, GROUP_MOUNT, FLAG(nodiratime), "the same for directories only"},
    {"symfollow", NULL, GROUP_MOUNT, take_mount, 0, "symbolic links are followed (default)"},
    {"nosymfollow", NULL, GROUP_MOUNT, take_mount, 0, "they are not"},
    {"context=", "LABEL", GROUP_MOUNT, take_mount, 0, "SELinux label of all files, see mount(8)"},
    {"fscontext=", "LABEL", GROUP_MOUNT, take_mount, 0, "of the file system"},
    {"defcontext=", "LABEL", GROUP_MOUNT, take_mount, 0, "of files without one"},
    {"rootcontext=", "LABEL", GROUP_MOUNT, take_mount, 0, "of the root directory"},
    {"allow_other", NULL, GROUP_MOUNT, take_mount, 0,
     "other users may use the mount (always on for root)"},
    {"remount", NULL, GROUP_MOUNT, refuse_remount, 0, "refused; for mount(8) and mount.remapfs"},
    {"atime", NULL, GROUP_ATIME, take_nothing, 0, "the same as relatime"},
    {"relatime", NULL, GROUP_ATIME, take_nothing, 0, "reading changes access times now and then"},
    {"norelatime", NULL, GROUP_ATIME, take_nothing, 0, "no effect"},
    {"strictatime", NULL, GROUP_ATIME, take_nothing, 0, "reading always changes them"},
    {"nostrictatime", NULL, GROUP_ATIME, take_nothing, 0, "the same as relatime"},
    {"diratime", NULL, GROUP_ATIME, take_nothing, 0, "those of directories, too"},
    {"default_permissions", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"lazytime", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"nolazytime", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"defaults", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"auto", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"noauto", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"nofail", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"_netdev", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"user", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"user=", "NAME", GROUP_IGNORE, take_nothing, 0, NULL},
    {"nouser", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"users", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"nousers", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"owner", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"noowner", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"group", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"nogroup", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"comment=", "TEXT", GROUP_IGNORE, take_nothing, 0, NULL},
    {"x-*", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
    {"X-*", NULL, GROUP_IGNORE, take_nothing, 0, NULL},
};
/* clang-format on */

static const OptionRow *find_row(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *name = rows[i].name;
        size_t length = strlen(name);
        char last = name[length - 1];

        if (last == '*'   ? strncmp(text, name, length - 1) == 0
            : last == '=' ? strncmp(text, name, length) == 0
                          : strcmp(text, name) == 0)
            return &rows[i];
    }
    return NULL;
}

/* For the kernel, when it is to mount without us. */
static void note(Options *options, const OptionRow *row, const char *text)
{
    switch (row->group) {
    case GROUP_CACHE:
    case GROUP_LOCK:
    case GROUP_SPEED:
        g_ptr_array_add(options->daemon_options, g_strdup(text));
        break;
    case GROUP_MOUNT:
    case GROUP_ATIME:
        g_ptr_array_add(options->flag_options, g_strdup(text));
        break;
    case GROUP_MAP:
    case GROUP_ENGINE:
    case GROUP_SANDBOX: /* of a daemon that is not there */
    case GROUP_IGNORE:
        break;
    }
}

bool option_table_take(Options *options, const char *text, GError **error)
{
    const OptionRow *row = find_row(text);
    g_autofree char *with_value = g_strconcat(text, "=", NULL);

    if (row != NULL) {
        const char *equals = strchr(text, '=');
        bool has_value = strchr(row->name, '=') != NULL;
        note(options, row, text);
        return row->take(options, row, text, has_value ? equals + 1 : NULL, error);
    }
    if (find_row(with_value) != NULL)
        g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_WRONG, "%s: needs a value, %s...", text,
                    with_value);
    else
        g_set_error(error, OPTIONS_ERROR, OPTIONS_ERROR_UNKNOWN,
                    "%s: unknown option\n  'remapfs --help' lists them all", text);
    return false;
}

static bool is_ours(const OptionRow *row)
{
    return row->group < GROUP_MOUNT;
}

bool option_table_is_ours(const char *text, bool *ret_needs_value)
{
    g_autofree char *with_value = g_strconcat(text, "=", NULL);
    const OptionRow *row = find_row(text);

    *ret_needs_value = row == NULL;
    if (row == NULL)
        row = find_row(with_value);
    return row != NULL && is_ours(row);
}

void option_table_print(FILE *stream)
{
    static const char *const titles[] = {
        [GROUP_MAP] = "Map options, after -o or as --OPTION:",
        [GROUP_ENGINE] = "Engine options, after -o or as --OPTION:",
        [GROUP_CACHE] = "Cache options, after -o or as --OPTION:",
        [GROUP_LOCK] = "Lock options, after -o or as --OPTION:",
        [GROUP_SPEED] = "Speed options, after -o or as --OPTION:",
        [GROUP_SANDBOX] = "Safety options, after -o or as --OPTION:",
        [GROUP_MOUNT] = "Mount options, after -o:",
        [GROUP_ATIME] = "Access time options, after -o, without effect with engine=fuse:",
        [GROUP_IGNORE] = "Accepted after -o without effect:",
    };
    OptionGroup shown = GROUP_IGNORE;
    int column = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const OptionRow *row = &rows[i];
        if (i == 0 || row->group != shown)
            fprintf(stream, "\n%s\n", titles[row->group]);
        shown = row->group;
        if (row->help != NULL) {
            g_autofree char *left = g_strconcat(row->name, row->argument, NULL);
            fprintf(stream, "  %-22s %s\n", left, row->help);
        } else {
            column += fprintf(stream, "  %s", row->name);
            if (column > 64) {
                fputc('\n', stream);
                column = 0;
            }
        }
    }
    fputc('\n', stream);
}
