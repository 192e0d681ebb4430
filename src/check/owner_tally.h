/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lower IDs that a map does not cover, counted as they are met. */
#pragma once

#include "core/ownermap.h"

typedef enum {
    USE_OWNER, /* of a file of any type */
    USE_ACL,   /* in an entry of an ACL */
    USE_CAPS,  /* root of the file's capabilities */
    USE_COUNT,
} OwnerUse;

/* Lower IDs without a gap between them. */
typedef struct {
    IdKind kind;
    uint32_t first;
    uint32_t count;
    uint64_t uses[USE_COUNT];
    char *example; /* a path; the first that was met for the lowest of the IDs */
} OwnerRun;

typedef struct OwnerTally OwnerTally;

OwnerTally *owner_tally_new(const OwnerMap *owners);
void owner_tally_free(OwnerTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OwnerTally, owner_tally_free)

/* Counts ID unless a range covers it. The path is DIRECTORY/NAME, or DIRECTORY for the name ".". */
void owner_tally_add(OwnerTally *tally, IdKind kind, LowerId id, OwnerUse use,
                     const char *directory, const char *name);

/* The same for the IDs in the ACL or the file capabilities of the SIZE bytes at VALUE; anything
 * else than a valid value is passed over. */
void owner_tally_add_acl(OwnerTally *tally, const void *value, size_t size, const char *directory,
                         const char *name);
void owner_tally_add_caps(OwnerTally *tally, const void *value, size_t size, const char *directory,
                          const char *name);

/* What was counted of one kind, as OwnerRun by number. Their examples belong to the tally. */
GArray *owner_tally_runs(const OwnerTally *tally, IdKind kind);
