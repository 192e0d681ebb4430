/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lower IDs that a map does not cover, counted as they are met. */
#include "check/owner_tally.h"

#include <linux/capability.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <string.h>

struct OwnerTally {
    const OwnerMap *owners;
    GHashTable *ids[ID_KIND_COUNT]; /* from the ID to an OwnerRun of count 1 */
};

static void run_free(void *data)
{
    OwnerRun *run = data;
    g_free(run->example);
    g_free(run);
}

OwnerTally *owner_tally_new(const OwnerMap *owners)
{
    OwnerTally *tally = g_new0(OwnerTally, 1);
    tally->owners = owners;
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        tally->ids[kind] = g_hash_table_new_full(NULL, NULL, NULL, run_free);
    return tally;
}

void owner_tally_free(OwnerTally *tally)
{
    if (tally == NULL)
        return;
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        g_hash_table_unref(tally->ids[kind]);
    g_free(tally);
}

void owner_tally_add(OwnerTally *tally, IdKind kind, LowerId id, OwnerUse use,
                     const char *directory, const char *name)
{
    ShownId shown;
    /* "No ID" is what a user namespace shows of an ID that it does not have. */
    if (id.value == ID_NONE || idmap_to_shown(tally->owners->map[kind], id, &shown))
        return;
    void *key = GUINT_TO_POINTER(id.value);
    OwnerRun *run = g_hash_table_lookup(tally->ids[kind], key);
    if (run == NULL) {
        run = g_new0(OwnerRun, 1);
        *run = (OwnerRun){.kind = kind, .first = id.value, .count = 1};
        run->example =
            strcmp(name, ".") == 0 ? g_strdup(directory) : g_build_filename(directory, name, NULL);
        g_hash_table_insert(tally->ids[kind], key, run);
    }
    run->uses[use]++;
}

void owner_tally_add_acl(OwnerTally *tally, const void *value, size_t size, const char *directory,
                         const char *name)
{
    struct posix_acl_xattr_header header;
    if (size < sizeof(header))
        return;
    memcpy(&header, value, sizeof(header));
    if (GUINT32_FROM_LE(header.a_version) != POSIX_ACL_XATTR_VERSION)
        return;
    const char *next = (const char *)value + sizeof(header);
    struct posix_acl_xattr_entry entry;
    for (size_t n = (size - sizeof(header)) / sizeof(entry); n > 0; n--, next += sizeof(entry)) {
        memcpy(&entry, next, sizeof(entry));
        uint16_t tag = GUINT16_FROM_LE(entry.e_tag);
        if (tag == ACL_USER || tag == ACL_GROUP)
            owner_tally_add(tally, tag == ACL_USER ? ID_UID : ID_GID,
                            lower_id(GUINT32_FROM_LE(entry.e_id)), USE_ACL, directory, name);
    }
}

void owner_tally_add_caps(OwnerTally *tally, const void *value, size_t size, const char *directory,
                          const char *name)
{
    struct vfs_ns_cap_data data = {0};
    if (size > sizeof(data))
        return;
    memcpy(&data, value, size);
    uint32_t revision = GUINT32_FROM_LE(data.magic_etc) & VFS_CAP_REVISION_MASK;
    /* Version 2 has no root ID: it is for ID 0. */
    if ((revision == VFS_CAP_REVISION_2 && size == XATTR_CAPS_SZ_2) ||
        (revision == VFS_CAP_REVISION_3 && size == XATTR_CAPS_SZ_3))
        owner_tally_add(tally, ID_UID, lower_id(GUINT32_FROM_LE(data.rootid)), USE_CAPS, directory,
                        name);
}

static int compare_first(const void *a, const void *b)
{
    const OwnerRun *left = a;
    const OwnerRun *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

GArray *owner_tally_runs(const OwnerTally *tally, IdKind kind)
{
    g_autoptr(GArray) single = g_array_new(FALSE, FALSE, sizeof(OwnerRun));
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(OwnerRun));
    GHashTableIter iterator;
    void *value;

    g_hash_table_iter_init(&iterator, tally->ids[kind]);
    while (g_hash_table_iter_next(&iterator, NULL, &value))
        g_array_append_vals(single, value, 1);
    g_array_sort(single, compare_first);
    for (guint i = 0; i < single->len; i++) {
        const OwnerRun *run = &g_array_index(single, OwnerRun, i);
        OwnerRun *last = runs->len > 0 ? &g_array_index(runs, OwnerRun, runs->len - 1) : NULL;
        if (last == NULL || last->first + last->count != run->first) {
            g_array_append_vals(runs, run, 1);
            continue;
        }
        last->count++;
        for (OwnerUse use = 0; use < USE_COUNT; use++)
            last->uses[use] += run->uses[use];
    }
    return runs;
}
