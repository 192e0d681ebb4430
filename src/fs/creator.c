/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map and the credentials, joined. */
#include "fs/creator.h"

ErrInt creator_enter(const Filesystem *fs, const struct fuse_ctx *caller, Creator *ret_creator)
{
    LowerId uid;
    LowerId gid;
    ErrInt r = owner_map_created(fs->owners, ID_UID, shown_id(caller->uid), &uid);

    if (r == 0)
        r = owner_map_created(fs->owners, ID_GID, shown_id(caller->gid), &gid);
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
