/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The caller's groups, asked for where it is rarely needed. */
#include "fs/caller.h"

#include <limits.h>

/* As many as are looked at: a caller of more groups than this loses the bit, which is harmless. */
enum {
    GROUPS_MAX = 256,
};

static bool is_member(fuse_req_t req, gid_t gid)
{
    gid_t groups[GROUPS_MAX];
    int n = fuse_req_getgroups(req, GROUPS_MAX, groups);

    if (fuse_req_ctx(req)->gid == gid)
        return true;
    for (int i = 0; i < n && i < GROUPS_MAX; i++) {
        if (groups[i] == gid)
            return true;
    }
    return false;
}

bool caller_keeps_setgid(fuse_req_t req, const struct statx *stx)
{
    const OwnerMap *owners = filesystem_of(req)->owners;
    uid_t uid = fuse_req_ctx(req)->uid;

    return uid == 0 || uid == owner_map_shown(owners, ID_UID, lower_id(0)).value ||
           is_member(req, owner_map_shown(owners, ID_GID, lower_id(stx->stx_gid)).value);
}
