/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map and the credentials, joined. */
#include "fs/creator.h"

#include <sys/stat.h>

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

/* Of a file that is setgid from the start, the kernel asks whether its creator is of the group, or
 * may have it so all the same: that was settled for the caller. */
static bool is_setgid(mode_t mode)
{
    return (mode & S_ISGID) != 0 && !S_ISDIR(mode);
}

ErrInt creator_enter(const struct fuse_ctx *caller, mode_t mode, Creator *ret_creator)
{
    LowerId uid;
    LowerId gid;
    ErrInt r = lower_ids(caller, &uid, &gid);

    if (r == 0)
        r = cred_enter(uid, gid, caller->umask);
    if (r == 0 && is_setgid(mode))
        cred_keep_setid(true);
    ret_creator->entered = r == 0;
    return r;
}

void creator_leave(Creator *creator)
{
    creator_leave_to_open(creator, false);
}

void creator_leave_to_open(Creator *creator, bool forgo_reserve)
{
    if (creator->entered)
        cred_leave(forgo_reserve);
    creator->entered = false;
}
