/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owner in security.capability. Little-endian on disk and on the wire. */
#include "core/fscaps.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

/* Both versions as the longer one, whose root ID comes last, so that the rest is version 2. */
typedef struct vfs_ns_cap_data Data;

static ErrInt load(const void *value, size_t size, Data *ret_data, uint32_t *ret_root)
{
    Data data = {.rootid = 0};

    if (size != XATTR_CAPS_SZ_2 && size != XATTR_CAPS_SZ_3)
        return -EINVAL;
    memcpy(&data, value, size);
    /* As strict as the kernel: no flag but the one that there is. */
    if ((le32toh(data.magic_etc) & ~(uint32_t)VFS_CAP_FLAGS_EFFECTIVE) !=
        (size == XATTR_CAPS_SZ_2 ? VFS_CAP_REVISION_2 : VFS_CAP_REVISION_3))
        return -EINVAL;
    *ret_root = le32toh(data.rootid);
    *ret_data = data;
    return 0;
}

static void store(Data *data, uint32_t version, uint32_t root, Fscaps *ret_value)
{
    uint32_t flags = le32toh(data->magic_etc) & VFS_CAP_FLAGS_EFFECTIVE;

    data->magic_etc = htole32(version | flags);
    data->rootid = htole32(root);
    ret_value->size = version == VFS_CAP_REVISION_2 ? XATTR_CAPS_SZ_2 : XATTR_CAPS_SZ_3;
    memcpy(ret_value->bytes, data, ret_value->size);
}

ErrInt fscaps_show(const OwnerMap *owners, const void *lower, size_t size, Fscaps *ret_shown)
{
    ShownId shown = shown_id_none();
    uint32_t root;
    Data data;
    ErrInt r = load(lower, size, &data, &root);

    if (r < 0)
        return r;
    if (!idmap_to_shown(owners->map[ID_UID], lower_id(root), &shown) &&
        owners->unmapped == UNMAPPED_KEEP)
        shown = owner_map_shown(owners, ID_UID, lower_id(root));
    store(&data, VFS_CAP_REVISION_3, shown.value, ret_shown);
    return 0;
}

void fscaps_show_unknown(Fscaps *ret_shown)
{
    Data data = {.magic_etc = 0};

    store(&data, VFS_CAP_REVISION_3, shown_id_none().value, ret_shown);
}

static bool stored_root(const OwnerMap *owners, ShownId shown, LowerId *ret_lower)
{
    if (idmap_to_lower(owners->map[ID_UID], shown, ret_lower))
        return true;
    if (owner_map_adopts(owners, ID_UID, shown)) {
        *ret_lower = lower_id(0);
        return true;
    }
    return owners->unmapped == UNMAPPED_KEEP &&
           owner_map_stored(owners, ID_UID, shown, ret_lower) == 0;
}

ErrInt fscaps_store(const OwnerMap *owners, const void *shown, size_t size, Fscaps *ret_lower)
{
    LowerId lower;
    uint32_t root;
    Data data;
    ErrInt r = load(shown, size, &data, &root);

    if (r < 0)
        return r;
    if (!stored_root(owners, shown_id(root), &lower))
        return -EINVAL;
    store(&data, lower.value == 0 ? VFS_CAP_REVISION_2 : VFS_CAP_REVISION_3, lower.value,
          ret_lower);
    return 0;
}
