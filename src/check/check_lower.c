/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lower file systems: what they can hold, and what was forbidden on them. */
#include "base/cleanup.h"
#include "check/checks.h"
#include "core/mount_list.h"
#include "core/printable.h"
#include "fs/lower_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* Forbidden below, allowed by the mount. */
static const struct {
    const char *flag;   /* of the lower mount */
    const char *option; /* of ours, that asks for the opposite; NULL: the default does */
    const char *meaning;
    FindingLevel level;
} flags[] = {
    {"ro",     NULL,   "nothing can be written there through the mount either",    FINDING_WARNING},
    {"noexec", NULL,   "programs there can be run through the mount all the same", FINDING_WARNING},
    {"nosuid", "suid", "setuid bits there work through the mount all the same",    FINDING_WARNING},
    {"nodev",  "dev",  "device nodes there work through the mount all the same",   FINDING_WARNING},
};

static void check_flags(const CheckRequest *request, const MountLine *mount, const char *path,
                        Findings *findings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
        bool asked = flags[i].option == NULL || check_has_option(request, flags[i].option);
        if (!asked || !mount_line_has(mount, flags[i].flag) ||
            check_has_option(request, flags[i].flag))
            continue;
        Finding *finding = findings_add(findings, flags[i].level, "%s is mounted %s: %s", path,
                                        flags[i].flag, flags[i].meaning);
        if (i == 0)
            finding_remedy(finding, "if that is meant, say so for this mount, too");
        else
            finding_remedy(finding, "forbid it for this mount, too");
        finding_input(finding, "-o %s", flags[i].flag);
    }
}

/* Whether asking for it is answered by "there is no such thing on this file system". */
static bool lacks(int fd, const char *xattr)
{
    g_autofree char *name = g_strdup_printf("/proc/self/fd/%d", fd);
    return getxattr(name, xattr, NULL, 0) < 0 && errno == EOPNOTSUPP;
}

static void check_xattrs(int fd, const MountLine *mount, const char *path, Findings *findings)
{
    bool no_acl = lacks(fd, "system.posix_acl_access");
    bool no_user = lacks(fd, "user.remapfs");
    if (!no_acl && !no_user)
        return;
    Finding *finding =
        findings_add(findings, FINDING_WARNING,
                     "%s (%s) cannot hold %s%s%s: setting one fails on the mount, too", path,
                     mount->type, no_acl ? "ACLs" : "", no_acl && no_user ? " or " : "",
                     no_user ? "extended attributes of users" : "");
    finding_remedy(finding, "if they are needed, use another file system, such as ext4 or XFS");
}

static void check_handles(int fd, const MountLine *mount, const char *path, Findings *findings)
{
    LowerMount *record;
    LowerHandle handle;
    struct rlimit limit;
    int id;
    if (lower_handle_of(fd, NULL, &handle, &id) < 0 || lower_mount_new(id, fd, &record) < 0)
        return;
    bool lasting = record->fd >= 0;
    lower_mount_free(record);
    if (lasting || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    findings_add(findings, FINDING_NOTE,
                 "%s (%s) gives the daemon no lasting file handles: each file that the kernel "
                 "remembers costs it a descriptor, and it may have %" G_GUINT64_FORMAT,
                 path, mount->type, (uint64_t)limit.rlim_max);
}

static void check_mount(const CheckRequest *request, const MountLine *mount, const char *path,
                        GHashTable *types, Findings *findings)
{
    int fd AUTO_CLOSE = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    g_autofree char *shown = printable(path);
    if (fd < 0)
        return; /* a file that is a mount point, or out of reach */
    /* An idmapped mount keeps what was forbidden below. */
    if (!check_is_for_kernel(request))
        check_flags(request, mount, shown, findings);
    if (!g_hash_table_add(types, mount->type))
        return;
    check_xattrs(fd, mount, shown, findings);
    if (!check_is_for_kernel(request))
        check_handles(fd, mount, shown, findings);
}

static void check_mounts(const CheckRequest *request, const char *lower, Findings *findings)
{
    g_autofree char *text = NULL;
    g_autoptr(GHashTable) types = g_hash_table_new(g_str_hash, g_str_equal);
    if (!g_file_get_contents("/proc/self/mountinfo", &text, NULL, NULL))
        return;
    g_autoptr(GPtrArray) mounts = mount_list_below(text, lower);
    for (guint i = 0; i < mounts->len; i++) {
        const MountLine *mount = mounts->pdata[i];
        check_mount(request, mount, i == 0 ? lower : mount->path, types, findings);
    }
}

void check_lower(const CheckRequest *request, Findings *findings)
{
    struct stat attr;
    if (request->lower == NULL)
        return;
    size_t before = findings->items->len;
    g_autofree char *shown = printable(request->lower);
    char *lower AUTO_FREE = realpath(request->lower, NULL);
    int error = lower == NULL || stat(lower, &attr) < 0 ? errno : 0;
    if (error == 0 && !S_ISDIR(attr.st_mode))
        error = ENOTDIR;
    if (error != 0) {
        Finding *finding =
            findings_add(findings, FINDING_PROBLEM, "%s: %s", shown, g_strerror(error));
        if (error == ENOTCONN)
            finding_remedy(finding, "the daemon of what is mounted there has died: unmount it");
        else
            finding_remedy(finding, "name a directory that is there and that you may look into");
        return;
    }
    check_mounts(request, lower, findings);
    if (findings->items->len == before)
        findings_add(findings, FINDING_OK, "%s can hold all that a mount needs", shown);
}
