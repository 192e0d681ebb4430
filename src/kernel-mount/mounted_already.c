/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a mount by the kernel is there already. */
#include "kernel-mount/mounted_already.h"

#include "kernel-mount/mount_facts.h"
#include "kernel-mount/mount_flags.h"

#include <string.h>
#include <sys/stat.h>

static bool is_same_directory(const char *lower, const char *mountpoint)
{
    struct stat a;
    struct stat b;

    return stat(lower, &a) == 0 && stat(mountpoint, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static gint compare_extents(gconstpointer a, gconstpointer b)
{
    const FactExtent *left = a;
    const FactExtent *right = b;

    return left->lower < right->lower ? -1 : left->lower > right->lower;
}

/* THEIRS is sorted by this: the kernel keeps an order of its own. */
static bool is_same_map(const IdMap *ours, GArray *theirs)
{
    size_t n;
    const IdExtent *extents = idmap_extents(ours, &n);
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(FactExtent));

    if (theirs == NULL || theirs->len != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        FactExtent extent = {extents[i].lower, extents[i].shown, extents[i].count};
        g_array_append_val(sorted, extent);
    }
    g_array_sort(sorted, compare_extents);
    g_array_sort(theirs, compare_extents);
    return memcmp(sorted->data, theirs->data, n * sizeof(FactExtent)) == 0;
}

bool mounted_already(const KernelMountRequest *request, const char *lower, const char *mountpoint)
{
    g_autoptr(MountFacts) facts = mount_facts_read(mountpoint);
    MountFlags flags;

    return facts != NULL && is_same_directory(lower, mountpoint) &&
           is_same_map(request->owners->map[ID_UID], facts->extents[ID_UID]) &&
           is_same_map(request->owners->map[ID_GID], facts->extents[ID_GID]) &&
           mount_flags_read(request->options, &flags, NULL) &&
           mount_flags_fit(&flags, mount_facts_line(facts));
}
