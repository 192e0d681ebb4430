/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which maps a user namespace can have, and so an idmapped mount. */
#include "kernel-mount/kernel_map.h"

#include "kernel-mount/kernel_error.h"

#include <string.h>
#include <unistd.h>

static const char *const kind_names[ID_KIND_COUNT] = {"uid", "gid"};

/* The kernel makes an ID of a file that it finds in the first column into that of the second one:
 * the columns are ours, LOWER:SHOWN:COUNT. */
char *kernel_map_text(const IdMap *map)
{
    GString *text = g_string_new(NULL);
    size_t n;
    const IdExtent *extents = idmap_extents(map, &n);

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(
            text, "%" G_GUINT32_FORMAT " %" G_GUINT32_FORMAT " %" G_GUINT32_FORMAT "\n",
            extents[i].lower, extents[i].shown, extents[i].count);
    return g_string_free(text, /* free_segment = */ FALSE);
}

static bool check_extents(const IdMap *map, const char *kind, GError **error)
{
    g_autofree char *text = kernel_map_text(map);
    const size_t bytes_max = (size_t)sysconf(_SC_PAGESIZE) - 1; /* map_write() of the kernel */
    size_t n;

    idmap_extents(map, &n);
    /* Before Linux 6.9 that would be a mount without any translation. */
    if (n == 0)
        return kernel_mount_fail(error, KERNEL_MOUNT_REFUSED,
                                 "no %s is mapped, and the kernel takes no empty map\n"
                                 "  add %smap=, or use engine=fuse",
                                 kind, kind);
    if (n > KERNEL_EXTENTS_MAX)
        return kernel_mount_fail(error, KERNEL_MOUNT_REFUSED,
                                 "the map has %zu ranges of %ss, and the kernel takes %d\n"
                                 "  map less, or use engine=fuse",
                                 n, kind, KERNEL_EXTENTS_MAX);
    if (strlen(text) > bytes_max)
        return kernel_mount_fail(error, KERNEL_MOUNT_REFUSED,
                                 "the %zu ranges of %ss are %zu bytes when written out, and the "
                                 "kernel takes %zu\n"
                                 "  map less, or use engine=fuse",
                                 n, kind, strlen(text), bytes_max);
    return true;
}

static bool check_unmapped(UnmappedPolicy policy, GError **error)
{
    static const char *const names[] = {
        [UNMAPPED_DENY] = "deny",
        [UNMAPPED_KEEP] = "keep",
        [UNMAPPED_SQUASH] = "squash",
    };

    if (policy == UNMAPPED_NOBODY)
        return true;
    return kernel_mount_fail(error, KERNEL_MOUNT_REFUSED,
                             "unmapped=%s: the kernel knows only unmapped=nobody\n"
                             "  leave it out, or use engine=fuse",
                             names[policy]);
}

/* Whether hostroot=adopt does anything for this kind of ID, see owner_map_created(). */
static bool adopts(const OwnerMap *owners, IdKind kind)
{
    ShownId shown;
    LowerId lower;

    return owners->adopt_host_root && idmap_to_shown(owners->map[kind], lower_id(0), &shown) &&
           !idmap_to_lower(owners->map[kind], shown_id(0), &lower);
}

bool kernel_map_check(const OwnerMap *owners, GError **error)
{
    if (!check_unmapped(owners->unmapped, error))
        return false;
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        if (!check_extents(owners->map[kind], kind_names[kind], error))
            return false;
        if (adopts(owners, kind))
            return kernel_mount_fail(error, KERNEL_MOUNT_REFUSED,
                                     "hostroot=adopt: the kernel lets root of the host create "
                                     "nothing where no range shows %s 0\n"
                                     "  write hostroot=deny, or use engine=fuse",
                                     kind_names[kind]);
    }
    return true;
}
