/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owners in ACL xattrs. Little-endian on disk and on the wire. */
#include "core/acl.h"

#include <endian.h>
#include <errno.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdbool.h>
#include <string.h>

typedef struct posix_acl_xattr_header Header;
typedef struct posix_acl_xattr_entry Entry;

/* Entries are copied in and out: nothing says that an xattr buffer is aligned. */
static Entry load_entry(const void *acl, size_t index)
{
    Entry entry;
    memcpy(&entry, (const char *)acl + sizeof(Header) + index * sizeof(entry), sizeof(entry));
    return entry;
}

static void store_id(void *acl, size_t index, uint32_t id)
{
    Entry entry = load_entry(acl, index);
    entry.e_id = htole32(id);
    memcpy((char *)acl + sizeof(Header) + index * sizeof(entry), &entry, sizeof(entry));
}

static bool has_owner(const Entry *entry, IdKind *ret_kind)
{
    *ret_kind = le16toh(entry->e_tag) == ACL_USER ? ID_UID : ID_GID;
    return le16toh(entry->e_tag) == ACL_USER || le16toh(entry->e_tag) == ACL_GROUP;
}

/* An unknown tag might have an owner, too: such a list is not passed on. */
static bool is_known(const Entry *entry)
{
    switch (le16toh(entry->e_tag)) {
    case ACL_USER_OBJ:
    case ACL_USER:
    case ACL_GROUP_OBJ:
    case ACL_GROUP:
    case ACL_MASK:
    case ACL_OTHER:
        return true;
    default:
        return false;
    }
}

/* The errnos are those of the kernel. */
static ErrInt count_entries(const void *acl, size_t size, size_t *ret_n)
{
    Header header;
    size_t n;

    if (size < sizeof(header) || (size - sizeof(header)) % sizeof(Entry) != 0)
        return -EINVAL;
    memcpy(&header, acl, sizeof(header));
    if (le32toh(header.a_version) != POSIX_ACL_XATTR_VERSION)
        return -EOPNOTSUPP;
    n = (size - sizeof(header)) / sizeof(Entry);
    for (size_t i = 0; i < n; i++) {
        Entry entry = load_entry(acl, i);
        if (!is_known(&entry))
            return -EINVAL;
    }
    *ret_n = n;
    return 0;
}

static bool exists(const AclMap *map, IdKind kind, uint32_t id)
{
    LowerId first;
    return map->existing[kind] == NULL ||
           idmap_run_of_lower(map->existing[kind], lower_id(id), &first);
}

static bool shows(const AclMap *map, IdKind kind, LowerId lower, ShownId *ret_shown)
{
    const OwnerMap *owners = map->owners;

    if (owners->unmapped == UNMAPPED_SQUASH) {
        if (!idmap_to_shown(owners->map[kind], lower, ret_shown))
            return false;
    } else {
        *ret_shown = owner_map_shown(owners, kind, lower);
    }
    return !shown_id_is_none(*ret_shown) && exists(map, kind, ret_shown->value);
}

static bool has_lower(const AclMap *map, IdKind kind, ShownId shown, LowerId *ret_lower)
{
    const OwnerMap *owners = map->owners;

    if (owners->unmapped == UNMAPPED_SQUASH)
        return idmap_to_lower(owners->map[kind], shown, ret_lower);
    return owner_map_stored(owners, kind, shown, ret_lower) == 0;
}

/* Stand-ins. The free IDs (those that may be one) are numbered from FREE_TOP down, and the lower ID
 * L has the one with the number L modulo their count, or modulo FREE_MAX if there are more: then
 * stand-ins of the lower IDs below that differ, and are above the IDs that hosts give to anybody.
 * Free IDs come in runs, as the map has ranges, so nothing here goes over single IDs. */

#define FREE_TOP (ID_MAX - 1) /* ID_MAX, or -2, is "nobody" to some */
#define FREE_MAX (UINT32_C(1) << 30)

/* A map can have any number of ranges; free IDs that this many runs do not reach do not count. */
#define MAX_STEPS 1024

typedef struct {
    uint32_t first;
    uint32_t last;
    unsigned steps; /* made so far, from the top down */
} FreeRun;

#define FREE_RUN_INIT                                                                              \
    {                                                                                              \
        .first = FREE_TOP + 1                                                                      \
    }

/* Whether ID is free, and the lowest ID, no lower than *FIRST, that is so for the same reasons. */
static bool is_free(const AclMap *map, IdKind kind, uint32_t id, uint32_t *first)
{
    const IdMap *owners = map->owners->map[kind];
    ShownId shown_first;
    LowerId lower_first;
    bool result = !idmap_run_of_shown(owners, shown_id(id), &shown_first);

    if (*first < shown_first.value)
        *first = shown_first.value;
    if (map->owners->unmapped == UNMAPPED_KEEP) {
        /* Only the lower IDs of the map are not kept, see owner_map_stored(). */
        result &= idmap_run_of_lower(owners, lower_id(id), &lower_first);
        if (*first < lower_first.value)
            *first = lower_first.value;
    }
    if (map->existing[kind] != NULL) {
        result &= idmap_run_of_lower(map->existing[kind], lower_id(id), &lower_first);
        if (*first < lower_first.value)
            *first = lower_first.value;
    }
    return result;
}

/* From one run of free IDs to the next below. Never to ID 0: that has powers. */
static bool next_free_run(const AclMap *map, IdKind kind, FreeRun *run)
{
    while (run->first > 1 && run->steps < MAX_STEPS) {
        run->last = run->first - 1;
        run->first = 1;
        run->steps++;
        if (is_free(map, kind, run->last, &run->first))
            return true;
    }
    return false;
}

static uint32_t count_free(const AclMap *map, IdKind kind)
{
    uint32_t count = 0;
    FreeRun run = FREE_RUN_INIT;

    while (count < FREE_MAX && next_free_run(map, kind, &run))
        count += run.last - run.first + 1;
    return count < FREE_MAX ? count : FREE_MAX;
}

/* The free ID number INDEX, which is below the count. */
static ShownId nth_free(const AclMap *map, IdKind kind, uint32_t index)
{
    FreeRun run = FREE_RUN_INIT;

    while (next_free_run(map, kind, &run)) {
        if (index <= run.last - run.first)
            return shown_id(run.last - index);
        index -= run.last - run.first + 1;
    }
    return shown_id_none();
}

static bool index_of_free(const AclMap *map, IdKind kind, ShownId shown, uint32_t *ret_index)
{
    uint32_t above = 0;
    FreeRun run = FREE_RUN_INIT;

    while (next_free_run(map, kind, &run) && run.last >= shown.value) {
        if (run.first <= shown.value) {
            *ret_index = above + (run.last - shown.value);
            return true;
        }
        above += run.last - run.first + 1;
    }
    return false;
}

ErrInt acl_show(const AclMap *map, void *acl, size_t size)
{
    uint32_t free_count[ID_KIND_COUNT] = {0, 0}; /* counted when needed */
    size_t n;
    ErrInt r = count_entries(acl, size, &n);

    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        Entry entry = load_entry(acl, i);
        LowerId lower = lower_id(le32toh(entry.e_id));
        ShownId shown;
        IdKind kind;
        if (!has_owner(&entry, &kind))
            continue;
        if (!shows(map, kind, lower, &shown)) {
            if (free_count[kind] == 0)
                free_count[kind] = count_free(map, kind);
            if (free_count[kind] == 0)
                return -EOVERFLOW;
            shown = nth_free(map, kind, lower.value % free_count[kind]);
        }
        store_id(acl, i, shown.value);
    }
    return 0;
}

/* Whose stand-in SHOWN is, among the N entries of PRESENT. */
static ErrInt resolve(const AclMap *map, IdKind wanted, ShownId shown, const void *present,
                      size_t n, LowerId *ret_lower)
{
    uint32_t free_count = count_free(map, wanted);
    LowerId found = lower_id(ID_NONE);
    uint32_t index;

    if (!index_of_free(map, wanted, shown, &index))
        return -EINVAL;
    for (size_t i = 0; i < n; i++) {
        Entry entry = load_entry(present, i);
        LowerId lower = lower_id(le32toh(entry.e_id));
        ShownId other;
        IdKind kind;
        if (!has_owner(&entry, &kind) || kind != wanted || lower.value % free_count != index ||
            shows(map, kind, lower, &other))
            continue;
        if (lower.value == ID_NONE || (found.value != ID_NONE && found.value != lower.value))
            return -EINVAL;
        found = lower;
    }
    if (found.value == ID_NONE)
        return -EINVAL;
    *ret_lower = found;
    return 0;
}

ErrInt acl_store(const AclMap *map, void *acl, size_t size, const void *present,
                 size_t present_size)
{
    size_t n;
    size_t present_n = 0;
    ErrInt r = count_entries(acl, size, &n);

    if (r == 0 && present_size > 0)
        r = count_entries(present, present_size, &present_n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        Entry entry = load_entry(acl, i);
        ShownId shown = shown_id(le32toh(entry.e_id));
        LowerId lower;
        IdKind kind;
        if (!has_owner(&entry, &kind))
            continue;
        if (!has_lower(map, kind, shown, &lower))
            r = resolve(map, kind, shown, present, present_n, &lower);
        if (r == 0)
            store_id(acl, i, lower.value);
    }
    return r;
}
