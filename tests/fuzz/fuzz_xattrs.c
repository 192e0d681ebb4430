/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the first byte selects a kind of value, the second a policy, the third the
 * number of ranges that follow (12 bytes each: lower, shown, count); the rest is the value. */
#include "core/acl.h"
#include "core/fscaps.h"
#include "core/xattr_table.h"
#include "requirement.h"

#include <endian.h>
#include <errno.h>
#include <linux/posix_acl.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_RANGES = 8, RANGE_SIZE = 12 };

/* A copy of the exact size. */
static uint8_t *copy(const void *bytes, size_t size)
{
    uint8_t *result = calloc(1, size > 0 ? size : 1);
    require(result != NULL);
    if (size > 0)
        memcpy(result, bytes, size);
    return result;
}

static uint32_t number_at(const uint8_t *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof(number));
    return le32toh(number);
}

/* NULL if the ranges are no map. */
static IdMap *make_map(IdKind kind, const uint8_t *ranges, size_t n)
{
    GRefString *source = g_ref_string_new_intern("fuzz");
    IdExtent extents[MAX_RANGES];
    for (size_t i = 0; i < n; i++) {
        const uint8_t *range = ranges + i * RANGE_SIZE;
        extents[i] =
            (IdExtent){number_at(range), number_at(range + 4), number_at(range + 8), 0, source};
    }
    IdMap *map = idmap_new(kind, extents, n, NULL);
    g_ref_string_release(source);
    return map;
}

static OwnerMap *make_owners(UnmappedPolicy policy, const uint8_t *ranges, size_t n)
{
    IdMap *uids = make_map(ID_UID, ranges, n);
    IdMap *gids = make_map(ID_GID, ranges, n / 2);
    if (uids == NULL || gids == NULL) {
        idmap_free(uids);
        idmap_free(gids);
        return NULL;
    }
    ShownId squash[ID_KIND_COUNT] = {{0}, {0}};
    if (n > 0)
        squash[ID_UID] = squash[ID_GID] = shown_id(number_at(ranges + 4));
    return owner_map_new(uids, gids, policy, squash, true, NULL);
}

/* Everything but IDs is as it was; no ID is 4294967295; a shown ID is the one of the map, and what
 * it should not give away, no ID of the map. */
static void check_shown(const AclMap *map, const uint8_t *lower, const uint8_t *shown, size_t size)
{
    require(memcmp(lower, shown, 4) == 0);
    for (size_t at = 4; at < size; at += 8) {
        require(memcmp(lower + at, shown + at, 4) == 0);
        if (lower[at] != ACL_USER && lower[at] != ACL_GROUP) {
            require(memcmp(lower + at, shown + at, 8) == 0);
            continue;
        }
        IdKind kind = lower[at] == ACL_USER ? ID_UID : ID_GID;
        LowerId from = lower_id(number_at(lower + at + 4));
        ShownId to = shown_id(number_at(shown + at + 4));
        ShownId mapped;
        LowerId back;
        require(!shown_id_is_none(to));
        require(map->existing[kind] == NULL ||
                idmap_to_shown(map->existing[kind], lower_id(to.value), &mapped));
        if (idmap_to_shown(map->owners->map[kind], from, &mapped)) {
            require(map->existing[kind] != NULL || mapped.value == to.value);
            if (mapped.value == to.value)
                continue;
        }
        require(!idmap_to_lower(map->owners->map[kind], to, &back));
        require(to.value != 0 || map->owners->unmapped == UNMAPPED_KEEP);
    }
}

/* Whether two entries might have the same stand-in, or one has no ID: those cannot be stored. */
static bool may_be_refused(const uint8_t *lower, const uint8_t *shown, size_t size)
{
    for (size_t at = 4; at < size; at += 8) {
        if (lower[at] != ACL_USER && lower[at] != ACL_GROUP)
            continue;
        if (number_at(lower + at + 4) == ID_NONE)
            return true;
        for (size_t other = 4; other < at; other += 8)
            if (lower[other] == lower[at] && memcmp(shown + other + 4, shown + at + 4, 4) == 0 &&
                memcmp(lower + other + 4, lower + at + 4, 4) != 0)
                return true;
    }
    return false;
}

/* What is read can be written; and what has no lower ID is never stored. */
static void fuzz_acl(const AclMap *map, const uint8_t *value, size_t size)
{
    uint8_t *lower = copy(value, size);
    uint8_t *shown = copy(value, size);
    ErrInt r = acl_show(map, shown, size);
    require(r == 0 || r == -EINVAL || r == -EOPNOTSUPP || r == -EOVERFLOW);
    if (r == 0) {
        check_shown(map, lower, shown, size);
        bool refusable = may_be_refused(lower, shown, size);
        r = acl_store(map, shown, size, lower, size);
        require(r == 0 ? memcmp(lower, shown, size) == 0 : r == -EINVAL && refusable);
    } else if (r != -EOVERFLOW) {
        require(memcmp(lower, shown, size) == 0);
    }

    memcpy(shown, lower, size);
    r = acl_store(map, shown, size, NULL, 0);
    require(r == 0 || r == -EINVAL || r == -EOPNOTSUPP);
    for (size_t at = 4; r == 0 && at < size; at += 8)
        if (lower[at] == ACL_USER || lower[at] == ACL_GROUP)
            require(number_at(shown + at + 4) != ID_NONE);
    free(lower);
    free(shown);
}

/* Two lists: the first half is stored where the second is. */
static void fuzz_acl_pair(const AclMap *map, const uint8_t *value, size_t size)
{
    size_t half = size / 2;
    uint8_t *acl = copy(value, half);
    uint8_t *present = copy(value + half, size - half);
    ErrInt r = acl_store(map, acl, half, present, size - half);
    require(r == 0 || r == -EINVAL || r == -EOPNOTSUPP);
    require(memcmp(present, value + half, size - half) == 0);
    free(acl);
    free(present);
}

static void fuzz_fscaps(const AclMap *map, const uint8_t *value, size_t size)
{
    uint8_t *lower = copy(value, size);
    Fscaps shown;
    Fscaps stored;
    if (fscaps_show(map->owners, lower, size, &shown) == 0) {
        require(shown.size == XATTR_CAPS_SZ_3);
        if (fscaps_store(map->owners, shown.bytes, shown.size, &stored) == 0) {
            /* The same, or version 2 for 3 with root 0. */
            require(memcmp(stored.bytes, lower, 3) == 0 && stored.size <= size);
            require(memcmp(stored.bytes + 4, lower + 4, stored.size - 4) == 0);
            require(stored.size == size || number_at(lower + 20) == 0);
        } else {
            require(number_at(shown.bytes + 20) == ID_NONE);
        }
    }
    if (fscaps_store(map->owners, lower, size, &stored) == 0) {
        require(stored.size == XATTR_CAPS_SZ_2 || number_at(stored.bytes + 20) <= ID_MAX);
        require(fscaps_show(map->owners, stored.bytes, stored.size, &shown) == 0);
        ShownId root = shown_id(size == XATTR_CAPS_SZ_2 ? 0 : number_at(lower + 20));
        /* An adopted root is lower 0, which is shown as something else. */
        if (owner_map_adopts(map->owners, ID_UID, root))
            require(idmap_to_shown(map->owners->map[ID_UID], lower_id(0), &root));
        require(number_at(shown.bytes + 20) == root.value);
    }
    free(lower);
}

static void fuzz_list(const AclMap *map, const uint8_t *value, size_t size)
{
    (void)map;
    char *list = (char *)copy(value, size);
    size_t kept = xattr_list_filter(list, size, true);
    require(kept <= size && (kept == 0 || list[kept - 1] == '\0'));
    require(xattr_list_filter(list, kept, true) == kept);
    for (size_t at = 0; at < kept; at += strlen(list + at) + 1)
        require(xattr_check_get(xattr_class(list + at)) == 0);
    free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(const AclMap *, const uint8_t *, size_t) = {
        fuzz_acl,
        fuzz_acl_pair,
        fuzz_fscaps,
        fuzz_list,
    };
    /* Digits, so that a corpus can be written by hand; the policies a second time: with the lower
     * IDs of the map (as gids) as the ones that there are. */
    if (size < 3 || data[0] < '0' || data[0] - '0' >= (int)G_N_ELEMENTS(targets) || data[1] < '0' ||
        data[1] > '7' || data[2] < '0' || data[2] - '0' > MAX_RANGES)
        return 0;
    size_t n = (size_t)data[2] - '0';
    if (size < 3 + n * RANGE_SIZE)
        return 0;
    const uint8_t *value = data + 3 + n * RANGE_SIZE;
    OwnerMap *owners = make_owners((UnmappedPolicy)((data[1] - '0') % 4), data + 3, n);
    if (owners == NULL)
        return 0;
    AclMap map = {.owners = owners};
    if (data[1] >= '4')
        map.existing[ID_UID] = map.existing[ID_GID] = owners->map[ID_GID];
    targets[data[0] - '0'](&map, value, size - (size_t)(value - data));
    owner_map_free(owners);
    return 0;
}
