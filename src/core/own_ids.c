/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From /proc/self/uid_map and gid_map. */
#include "core/own_ids.h"

#include "core/uidmap_file.h"

bool own_ids_read(IdKind kind, IdMap **ret_ids, GError **error)
{
    const char *file = kind == ID_UID ? "/proc/self/uid_map" : "/proc/self/gid_map";
    g_autoptr(ExtentList) list = extent_list_new();
    const IdExtent *extents;
    size_t n;

    if (!uidmap_file_read(file, file, list, error))
        return false;
    extents = extent_list_items(list, &n);
    if (n == 1 && extents[0].lower == 0 && extents[0].count == ID_MAX + 1) {
        *ret_ids = NULL;
        return true;
    }
    *ret_ids = idmap_new(kind, extents, n, error);
    return *ret_ids != NULL;
}
