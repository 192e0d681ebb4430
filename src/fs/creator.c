/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map and the credentials, joined. */
#include "fs/creator.h"

static ErrInt lower_ids(const struct fuse_ctx *caller, LowerId *ret_uid, LowerId *ret_gid)
{
    ErrInt r = owner_map_created(live_map_owners(), ID_UID, shown_id(caller->uid), ret_uid);

    return r < 0 ? r : owner_map_created(live_map_owners(), ID_GID, shown_id(caller->gid), ret_gid);
}

ErrInt creator_check(const struct fuse_ctx *caller)
{
    LowerId uid;
    LowerId gid;

    return lower_ids(caller, &uid, &gid);
}

ErrInt creator_enter(const struct fuse_ctx *caller, Creator *ret_creator)
{
    LowerId uid;
    LowerId gid;
    ErrInt r = lower_ids(caller, &uid, &gid);

    if (r == 0)
        r = cred_enter(uid, gid, caller->umask);
    ret_creator->entered = r == 0;
    return r;
}

void creator_leave(Creator *creator)
{
    if (creator->entered)
        cred_leave();
}
