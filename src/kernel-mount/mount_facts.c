/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells of an idmapped mount. */
#include "kernel-mount/mount_facts.h"

#include "base/cleanup.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* statmount(2), younger than the headers of Debian 12; from <linux/mount.h> of Linux 6.15. */

#ifndef SYS_statmount
#define SYS_statmount 457
#endif

enum {
    FACTS_MNT_ID_UNIQUE = 0x4000, /* STATX_MNT_ID_UNIQUE */
    FACTS_UIDMAP = 0x2000,        /* STATMOUNT_MNT_UIDMAP */
    FACTS_GIDMAP = 0x4000,        /* STATMOUNT_MNT_GIDMAP */
    FACTS_TEXT_MAX = 64 * 1024,
};

/* struct mnt_id_req */
typedef struct {
    uint32_t size;
    uint32_t spare;
    uint64_t mnt_id;
    uint64_t param;
    uint64_t mnt_ns_id;
} FactsRequest;

/* struct statmount */
typedef struct {
    uint32_t size;
    uint32_t mnt_opts;
    uint64_t mask;
    unsigned char others[136];
    struct {
        uint32_t count; /* of strings */
        uint32_t begin; /* of the first one, in TEXT */
    } maps[ID_KIND_COUNT];
    uint64_t spare[43];
    char text[FACTS_TEXT_MAX];
} FactsReply;

static_assert(offsetof(FactsReply, maps) == 152, "not the layout of struct statmount");
static_assert(offsetof(FactsReply, text) == 512, "not the layout of struct statmount");

/* COUNT strings "LOWER SHOWN COUNT", one after the other. NULL: they are something else. */
static GArray *read_extents(const char *text, uint32_t count)
{
    g_autoptr(GArray) extents = g_array_new(FALSE, FALSE, sizeof(FactExtent));

    for (; count > 0; count--) {
        FactExtent extent;
        if (sscanf(text, "%" SCNu32 " %" SCNu32 " %" SCNu32, &extent.lower, &extent.shown,
                   &extent.count) != 3)
            return NULL;
        g_array_append_val(extents, extent);
        text += strlen(text) + 1;
    }
    return g_steal_pointer(&extents);
}

static void read_maps(const char *mountpoint, GArray *ret_extents[ID_KIND_COUNT])
{
    static const uint64_t bits[ID_KIND_COUNT] = {FACTS_UIDMAP, FACTS_GIDMAP};
    struct statx stx;
    g_autofree FactsReply *reply = g_new0(FactsReply, 1);

    if (statx(AT_FDCWD, mountpoint, AT_STATX_DONT_SYNC, FACTS_MNT_ID_UNIQUE, &stx) < 0 ||
        (stx.stx_mask & FACTS_MNT_ID_UNIQUE) == 0)
        return;
    FactsRequest request = {
        .size = sizeof(request),
        .mnt_id = stx.stx_mnt_id,
        .param = FACTS_UIDMAP | FACTS_GIDMAP,
    };
    if (syscall(SYS_statmount, &request, reply, sizeof(*reply), 0) < 0)
        return;
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        if ((reply->mask & bits[kind]) != 0)
            ret_extents[kind] =
                read_extents(reply->text + reply->maps[kind].begin, reply->maps[kind].count);
}

MountFacts *mount_facts_read(const char *mountpoint)
{
    g_autofree char *mountinfo = NULL;
    struct statx stx;

    if (statx(AT_FDCWD, mountpoint, AT_STATX_DONT_SYNC, STATX_MNT_ID, &stx) < 0 ||
        (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0 ||
        !g_file_get_contents("/proc/self/mountinfo", &mountinfo, NULL, NULL))
        return NULL;
    g_autoptr(MountFacts) facts = g_new0(MountFacts, 1);
    facts->lines = mount_list_tree(mountinfo, (int)stx.stx_mnt_id);
    if (facts->lines->len == 0 || !mount_line_has(mount_facts_line(facts), "idmapped"))
        return NULL;
    g_ptr_array_set_size(facts->lines, 1);
    read_maps(mountpoint, facts->extents);
    return g_steal_pointer(&facts);
}

void mount_facts_free(MountFacts *facts)
{
    if (facts == NULL)
        return;
    g_ptr_array_unref(facts->lines);
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        g_clear_pointer(&facts->extents[kind], g_array_unref);
    g_free(facts);
}

const MountLine *mount_facts_line(const MountFacts *facts)
{
    return facts->lines->pdata[0];
}
