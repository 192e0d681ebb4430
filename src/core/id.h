/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owners, on the two sides of a mount.
 *
 * A LowerId is what the lower directory stores. A ShownId is what the mount presents: an ID of the
 * user namespace that the daemon was started in. Both are the same 32 bits to the kernel, and
 * handing one over for the other is the one mistake that this program must not make; so they are
 * two types, and only a map turns one into the other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t value;
} LowerId;

typedef struct {
    uint32_t value;
} ShownId;

typedef enum {
    ID_UID,
    ID_GID,
    ID_KIND_COUNT,
} IdKind;

/* The largest ID. 4294967295 is the kernel's "no ID" ((uid_t)-1) and never an owner. */
#define ID_MAX UINT32_C(4294967294)
#define ID_NONE UINT32_C(4294967295)

static inline LowerId lower_id(uint32_t value)
{
    return (LowerId){value};
}

static inline ShownId shown_id(uint32_t value)
{
    return (ShownId){value};
}

/* An attribute reply with this owner makes the kernel's inode ownerless: stat shows the overflow
 * ID and no process, not even one that runs as the overflow ID, is its owner. */
static inline ShownId shown_id_none(void)
{
    return shown_id(ID_NONE);
}

static inline bool shown_id_is_none(ShownId id)
{
    return id.value == ID_NONE;
}
