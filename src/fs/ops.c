/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of requests that we answer.
 *
 * Left out on purpose: access (default_permissions: the kernel decides), bmap, poll. */
#include "fs/ops.h"

#include "fs/filesystem.h"

const struct fuse_lowlevel_ops filesystem_ops = {
    .init = op_init,
    .destroy = op_destroy,
    .lookup = op_lookup,
    .forget = op_forget,
    .forget_multi = op_forget_multi,
    .getattr = op_getattr,
    .setattr = op_setattr,
#ifdef HAVE_STRUCT_FUSE_LOWLEVEL_OPS_STATX
    .statx = op_statx,
#endif
    .readlink = op_readlink,
    .mknod = op_mknod,
    .mkdir = op_mkdir,
    .unlink = op_unlink,
    .rmdir = op_rmdir,
    .symlink = op_symlink,
    .rename = op_rename,
    .link = op_link,
    .open = op_open,
    .create = op_create,
    .tmpfile = op_tmpfile,
    .read = op_read,
    .write = op_write,
    .flush = op_flush,
    .release = op_release,
    .fsync = op_fsync,
    .opendir = op_opendir,
    .readdir = op_readdir,
    .readdirplus = op_readdirplus,
    .releasedir = op_releasedir,
    .fsyncdir = op_fsyncdir,
    .statfs = op_statfs,
    .setxattr = op_setxattr,
    .getxattr = op_getxattr,
    .listxattr = op_listxattr,
    .removexattr = op_removexattr,
    .fallocate = op_fallocate,
    .lseek = op_lseek,
    .ioctl = op_ioctl,
    .getlk = op_getlk,
    .setlk = op_setlk,
    .flock = op_flock,
    .copy_file_range = op_copy_file_range,
};
