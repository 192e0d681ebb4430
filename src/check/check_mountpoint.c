/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to the mount point, for the IDs that the mount is for. */
#include "base/cleanup.h"
#include "check/checks.h"
#include "check/search.h"
#include "core/printable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Who creates most of what is in containers, after root. */
#define ORDINARY_ID 1000

/* Lower IDs to try the way with: root, or what comes first in its place, and one that is not. */
static void choose_ids(const OwnerMap *owners, LowerId ret_ids[2])
{
    ShownId shown;
    size_t n;
    const IdExtent *extents = idmap_extents(owners->map[ID_UID], &n);
    ret_ids[0] = lower_id(0);
    if (!idmap_to_shown(owners->map[ID_UID], ret_ids[0], &shown))
        ret_ids[0] = lower_id(n > 0 ? extents[0].lower : 0);
    ret_ids[1] = lower_id(ORDINARY_ID);
    if (idmap_to_shown(owners->map[ID_UID], ret_ids[1], &shown) || n == 0)
        return;
    ret_ids[1] = lower_id(extents[n - 1].lower + (extents[n - 1].count - 1));
}

static void find_obstacle(const CheckRequest *request, const char *mountpoint, LowerId lower,
                          Findings *findings)
{
    ShownId shown;
    Walker walker = {
        .ids = {ID_NONE, ID_NONE}
    };
    int error;
    if (!idmap_to_shown(request->owners->map[ID_UID], lower, &shown))
        return;
    walker.ids[ID_UID] = shown.value;
    if (idmap_to_shown(request->owners->map[ID_GID], lower, &shown))
        walker.ids[ID_GID] = shown.value;
    /* In the initial namespace root may go everywhere. */
    if (walker.ids[ID_UID] == 0 && check_has_all_ids(request))
        return;
    g_autofree char *obstacle = search_obstacle(mountpoint, &walker, &error);
    if (obstacle == NULL)
        return;
    g_autofree char *path = printable(obstacle);
    if (error < 0) {
        findings_add(findings, FINDING_WARNING,
                     "%s, on the way to the mount, cannot be looked at: %s", path,
                     g_strerror(-error));
        return;
    }
    g_autofree char *quoted = g_shell_quote(path);
    Finding *finding = findings_add(findings, FINDING_PROBLEM,
                                    "shown uid %" G_GUINT32_FORMAT " (lower uid %" G_GUINT32_FORMAT
                                    ") has no search permission for %s, on the way to the mount",
                                    walker.ids[ID_UID], lower.value, path);
    finding_remedy(finding, "let all go through it, or only some by setfacl, or mount elsewhere");
    finding_input(finding, "chmod o+x %s", quoted);
}

/* What fusermount3 asks of a user, see its check_perm(). */
static void check_rights(const CheckRequest *request, const char *mountpoint,
                         const struct stat *attr, const char *shown, Findings *findings)
{
    bool sticky = (attr->st_mode & S_ISVTX) != 0 && attr->st_uid != request->uid;
    if (!check_is_ordinary_user(request) || (!sticky && access(mountpoint, W_OK) == 0))
        return;
    finding_remedy(findings_add(findings, FINDING_PROBLEM,
                                "%s: a user may mount only where that user may write%s", shown,
                                sticky ? ", and not on others' sticky directories" : ""),
                   "mount on a directory of your own, or as root");
}

static void check_target(const CheckRequest *request, const char *shown, Findings *findings)
{
    struct stat attr;
    char *mountpoint AUTO_FREE = realpath(request->mountpoint, NULL);
    int error = mountpoint == NULL || stat(mountpoint, &attr) < 0 ? errno : 0;
    if (error == 0 && !S_ISDIR(attr.st_mode))
        error = ENOTDIR;
    if (error != 0) {
        g_autofree char *quoted = g_shell_quote(shown);
        Finding *finding =
            findings_add(findings, FINDING_PROBLEM, "%s: %s", shown, g_strerror(error));
        if (error == ENOTCONN) {
            finding_remedy(finding, "the daemon of what is mounted there has died: unmount it");
            finding_input(finding, "umount %s", quoted);
        } else if (error == ENOENT) {
            finding_remedy(finding, "make it");
            finding_input(finding, "mkdir -p %s", quoted);
        } else {
            finding_remedy(finding, "name a directory that you may reach");
        }
        return;
    }
    check_rights(request, mountpoint, &attr, shown, findings);
    if (request->owners == NULL)
        return;
    LowerId ids[2];
    choose_ids(request->owners, ids);
    size_t before = findings->items->len;
    find_obstacle(request, mountpoint, ids[0], findings);
    /* The same directory stops both, mostly: said once. */
    if (findings->items->len == before && ids[1].value != ids[0].value)
        find_obstacle(request, mountpoint, ids[1], findings);
}

void check_mountpoint(const CheckRequest *request, Findings *findings)
{
    if (request->mountpoint == NULL)
        return;
    size_t before = findings->items->len;
    g_autofree char *shown = printable(request->mountpoint);
    check_target(request, shown, findings);
    if (findings->items->len == before)
        findings_add(findings, FINDING_OK, "%s is there, and the shown IDs can reach it", shown);
}
