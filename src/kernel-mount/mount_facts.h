/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells of an idmapped mount, whoever made it. */
#pragma once

#include "core/id.h"
#include "core/mount_list.h"

#include <glib.h>

/* A range as the kernel tells it, in the IDs of our own user namespace. */
typedef struct {
    uint32_t lower;
    uint32_t shown;
    uint32_t count;
} FactExtent;

typedef struct {
    GPtrArray *lines;               /* of MountLine: one, that of the mount */
    GArray *extents[ID_KIND_COUNT]; /* of FactExtent; NULL: the kernel does not tell (Linux 6.15) */
} MountFacts;

/* The mount whose root is MOUNTPOINT; NULL: none is, or it is not idmapped. */
MountFacts *mount_facts_read(const char *mountpoint);
void mount_facts_free(MountFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MountFacts, mount_facts_free)

const MountLine *mount_facts_line(const MountFacts *facts);
