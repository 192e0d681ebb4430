/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes that GETATTR has no room for: the time of birth, see statx(2). Only with a libfuse
 * that passes the request on; the kernel does without it otherwise. */
#include "fs/ops.h"

#ifdef HAVE_STRUCT_FUSE_LOWLEVEL_OPS_STATX

#include "base/cleanup.h"
#include "fs/node.h"
#include "fs/reply.h"
#include "fs/validity.h"

#include <errno.h>

static ErrInt read_statx(Filesystem *fs, fuse_ino_t ino, unsigned int mask, struct statx *ret_stx,
                         double *ret_timeout)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = node_acquire(fs, ino, &node);

    if (r < 0)
        return r;
    validity_prepare_attr(&node);
    if (statx(node.fd, "", AT_EMPTY_PATH, mask, ret_stx) < 0)
        return node_errno();
    ret_stx->stx_ino = inode_table_number(&fs->inodes, node.inode, ret_stx);
    ret_stx->stx_uid = owner_map_shown(live_map_owners(), ID_UID, lower_id(ret_stx->stx_uid)).value;
    ret_stx->stx_gid = owner_map_shown(live_map_owners(), ID_GID, lower_id(ret_stx->stx_gid)).value;
    *ret_timeout = validity_of_attr(fs, node.inode);
    return 0;
}

void op_statx(fuse_req_t req, fuse_ino_t ino, int flags, int mask, struct fuse_file_info *fi)
{
    struct statx stx;
    double timeout = 0;
    ErrInt r = read_statx(filesystem_of(req), ino, (unsigned int)mask, &stx, &timeout);

    (void)flags;
    (void)fi;
    if (r < 0)
        reply_result(req, r);
    else
        fuse_reply_statx(req, 0, &stx, timeout);
}

#endif
