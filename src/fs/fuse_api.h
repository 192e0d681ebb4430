/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which libfuse interface we are written for, and what differs between its releases. */
#pragma once

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 17)

#include <fuse_lowlevel.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* FUSE_DEV_IOC_BACKING_OPEN and FUSE_DEV_IOC_BACKING_CLOSE of <linux/fuse.h>, since Linux 6.9. */
#define FUSE_IOCTL_BACKING_OPEN _IOC(_IOC_WRITE, 229, 1, 16)
#define FUSE_IOCTL_BACKING_CLOSE _IOC(_IOC_WRITE, 229, 2, 4)

/* fuse_passthrough_close() for when there is no request. Nothing comes of it when the kernel has
 * ended the connection, and with it all backing files. */
static inline void fuse_close_backing(struct fuse_session *session, int backing_id)
{
    const int32_t id = backing_id;

    ioctl(fuse_session_fd(session), FUSE_IOCTL_BACKING_CLOSE, &id);
}

/* Whether a write, or an open with O_TRUNC, is to drop setuid and setgid: its caller lacks
 * CAP_FSETID (FUSE_WRITE_KILL_SUIDGID and FUSE_OPEN_KILL_SUIDGID of the protocol). libfuse before
 * 3.18 does not pass that on; there, root of the mounter's namespace is taken to have it. */
static inline bool fuse_kills_setid(fuse_req_t req, const struct fuse_file_info *fi)
{
#ifdef HAVE_STRUCT_FUSE_FILE_INFO_KILL_SUIDGID
    (void)req;
    return fi->kill_suidgid;
#else
    (void)fi;
    return fuse_req_ctx(req)->uid != 0;
#endif
}
