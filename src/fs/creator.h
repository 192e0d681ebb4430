/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the caller of a request to the owner of what it creates. */
#pragma once

#include "base/cleanup.h"
#include "fs/cred.h"
#include "fs/filesystem.h"

typedef struct {
    bool entered;
} Creator;

#define AUTO_CREATOR CLEANUP(creator_leave)

/* -EOVERFLOW: the caller has no lower IDs, so it may not make names either (the kernel's
 * fsuidgid_has_mapping()). */
ErrInt creator_check(const struct fuse_ctx *caller);

/* The thread creates something of MODE as the lower IDs of CALLER, with its umask, until
 * creator_leave(). -EOVERFLOW: the caller has no lower IDs. */
ErrInt creator_enter(const struct fuse_ctx *caller, mode_t mode, Creator *ret_creator);
void creator_leave(Creator *creator);

/* The same, before what was created is opened for the caller; FORGO_RESERVE as of cred_leave(). */
void creator_leave_to_open(Creator *creator, bool forgo_reserve);
