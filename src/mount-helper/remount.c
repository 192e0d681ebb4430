/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount -o remount.
 *
 * The kernel lets the flags of a FUSE mount be changed, without asking the daemon, and nothing else
 * (fs/fuse/inode.c, fuse_reconfigure() and fuse_parse_param()). mount(2) sets all flags at once. A
 * mount by engine=kernel is one of the lower file system, for which mount(2) would change all of
 * that; there the flags are those of the mount alone, and of those below it.
 *
 * mount(8) passes what fstab has and what its user wrote, merged; or without a line in fstab, what
 * the mount has and what its user wrote. It leaves out exec, suid, dev and symfollow, since a mount
 * is so unless told otherwise; so a noexec that is not there was taken back. But nosuid and nodev
 * are on by default here: only if the list begins with what the mount has, which shows by the
 * options that the kernel adds, does it mean something that they are not there. */
#include "mount-helper/remount.h"

#include "mount-helper/option_string.h"

#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <string.h>
#include <sys/mount.h>

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

/* Not the flags for access times and for writing at once: the daemon acts on them, too. */
#define CHANGEABLE ((unsigned long)(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOSYMFOLLOW))

G_DEFINE_QUARK(remapfs - remount - error, remount_error)

typedef struct libmnt_table MountTable;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MountTable, mnt_unref_table)

static unsigned long flags_of(const char *options, unsigned long flags)
{
    if (options != NULL)
        mnt_optstr_get_flags(options, &flags, mnt_get_builtin_optmap(MNT_LINUX_MAP));
    return flags;
}

typedef struct {
    unsigned long flags;
    GPtrArray *options;    /* all by which the kernel describes it */
    bool is_kernel_engine; /* idmapped, by engine=kernel */
} Mounted;

static void mounted_clear(Mounted *mounted)
{
    g_clear_pointer(&mounted->options, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Mounted, mounted_clear)

static bool is_idmapped(struct libmnt_fs *mount)
{
    const char *options = mnt_fs_get_vfs_options(mount);

    return options != NULL && mnt_optstr_get_option(options, "idmapped", NULL, NULL) == 0;
}

static bool read_mount(const char *mountpoint, Mounted *ret_mounted, GError **error)
{
    g_autoptr(MountTable) mounts = mnt_new_table_from_file("/proc/self/mountinfo");
    struct libmnt_fs *mount = NULL;

    if (mounts != NULL)
        mount = mnt_table_find_target(mounts, mountpoint, MNT_ITER_BACKWARD);
    bool is_fuse = mount != NULL && g_strcmp0(mnt_fs_get_fstype(mount), "fuse.remapfs") == 0;
    if (mount == NULL || (!is_fuse && !is_idmapped(mount))) {
        g_set_error(error, REMOUNT_ERROR, REMOUNT_ERROR_FAILED, "%s: remapfs is not mounted there",
                    mountpoint);
        return false;
    }
    ret_mounted->is_kernel_engine = !is_fuse;
    ret_mounted->flags = flags_of(mnt_fs_get_vfs_options(mount), 0);
    if (is_fuse)
        ret_mounted->flags |= flags_of(mnt_fs_get_fs_options(mount), 0);
    ret_mounted->options = option_string_split(mnt_fs_get_options(mount), error);
    return ret_mounted->options != NULL;
}

/* The flags of all mounts there, and nothing of the file systems. */
static int change_attributes(const char *mountpoint, unsigned long flags)
{
    static const struct {
        unsigned long flag;
        uint64_t attribute;
    } rows[] = {
        {MS_RDONLY,      MOUNT_ATTR_RDONLY     },
        {MS_NOSUID,      MOUNT_ATTR_NOSUID     },
        {MS_NODEV,       MOUNT_ATTR_NODEV      },
        {MS_NOEXEC,      MOUNT_ATTR_NOEXEC     },
        {MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW},
    };
    struct mount_attr attr = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        *((flags & rows[i].flag) != 0 ? &attr.attr_set : &attr.attr_clr) |= rows[i].attribute;
    return mount_setattr(AT_FDCWD, mountpoint, AT_RECURSIVE, &attr, sizeof(attr));
}

static int change_flags(const char *mountpoint, const Mounted *mounted, unsigned long flags)
{
    if (mounted->is_kernel_engine)
        return change_attributes(mountpoint, flags);
    return mount("none", mountpoint, NULL, MS_REMOUNT | flags, NULL);
}

/* The options that fstab has for MOUNTPOINT; none when there is no line. */
static GPtrArray *read_fstab(const char *mountpoint)
{
    g_autoptr(MountTable) table = mnt_new_table();
    struct libmnt_fs *line = NULL;
    const char *options = NULL;

    if (table != NULL && mnt_table_parse_fstab(table, NULL) == 0)
        line = mnt_table_find_target(table, mountpoint, MNT_ITER_FORWARD);
    if (line != NULL)
        options = mnt_fs_get_options(line);
    GPtrArray *split = option_string_split(options != NULL ? options : "", NULL);
    return split != NULL ? split : g_ptr_array_new();
}

/* Whether OPTION is for mount(8) itself, such as nofail or user. */
static bool is_for_userspace(const char *option)
{
    char *user = NULL;
    bool found;

    if (mnt_split_optstr(option, &user, NULL, NULL, 0, 0) < 0)
        return false;
    found = user != NULL && user[0] != '\0';
    free(user);
    return found;
}

static bool is_from_mount(const GPtrArray *options)
{
    for (guint i = 0; i < options->len; i++)
        if (g_str_has_prefix(options->pdata[i], "user_id="))
            return true;
    return false;
}

/* Lets one option act on the flags. */
static bool apply(const char *option, unsigned long *flags, bool is_known, GError **error)
{
    bool is_flag = flags_of(option, 0) != 0 || flags_of(option, ~0UL) != ~0UL;
    unsigned long changed = flags_of(option, *flags);

    if (strcmp(option, "remount") == 0 || is_for_userspace(option))
        return true;
    if (is_flag && ((changed ^ *flags) & ~CHANGEABLE) == 0) {
        *flags = changed;
        return true;
    }
    if (is_known)
        return true;
    g_set_error(error, REMOUNT_ERROR, REMOUNT_ERROR_REFUSED,
                "%s: not what is mounted, and a remount can change only ro, nosuid, nodev, noexec, "
                "nosymfollow and their opposites\n"
                "  unmount, and mount again",
                option);
    return false;
}

bool remount(const Call *call, const GPtrArray *options, GError **error)
{
    g_auto(Mounted) mounted = {0};
    g_autoptr(GPtrArray) fstab = NULL;

    if (!read_mount(call->mountpoint, &mounted, error))
        return false;
    fstab = read_fstab(call->mountpoint);
    unsigned long flags = mounted.flags & ~(unsigned long)(MS_NOEXEC | MS_NOSYMFOLLOW);
    if (is_from_mount(options))
        flags &= ~(unsigned long)(MS_NOSUID | MS_NODEV);
    for (guint i = 0; i < options->len; i++) {
        const char *option = options->pdata[i];
        bool is_known =
            option_string_has(mounted.options, option) || option_string_has(fstab, option);
        if (!apply(option, &flags, is_known, error))
            return false;
    }
    if (call->fake || change_flags(call->mountpoint, &mounted, flags) == 0)
        return true;
    g_set_error(error, REMOUNT_ERROR, REMOUNT_ERROR_FAILED, "%s: remount: %s%s", call->mountpoint,
                g_strerror(errno), errno == EBUSY ? "\n  a file is open for writing there" : "");
    return false;
}
