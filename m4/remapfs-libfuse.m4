# SPDX-License-Identifier: GPL-2.0-or-later

# REMAPFS_LIBFUSE(MINIMUM, PREFIX): finds libfuse3, statically below PREFIX unless that is "no",
# and sees what it has beyond MINIMUM. Sets FUSE3_CFLAGS, FUSE3_LIBS, LIBFUSE_VERSION,
# LIBFUSE_KIND (static or shared), and in config.h HAVE_* for each feature.
AC_DEFUN([REMAPFS_LIBFUSE],
[AC_SUBST([LIBFUSE_CONFIGURE_FLAG])
LIBFUSE_KIND=shared
AS_IF([test "x$2" != xno],
  [LIBFUSE_KIND=static
   AS_CASE([$2], [/*], [remapfs_prefix=$2], [remapfs_prefix=$(pwd)/$2])
   LIBFUSE_CONFIGURE_FLAG="--with-libfuse=$remapfs_prefix"
   PKG_CONFIG_PATH=$remapfs_prefix/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
   export PKG_CONFIG_PATH
   PKG_CHECK_MODULES_STATIC([FUSE3], [fuse3 >= $1])],
  [PKG_CHECK_MODULES([FUSE3], [fuse3 >= $1], [],
    [AC_MSG_ERROR([no libfuse3 >= $1 was found: run contrib/setup, or give --with-libfuse=PREFIX])])])
LIBFUSE_VERSION=$($PKG_CONFIG --modversion fuse3)

remapfs_saved_cppflags=$CPPFLAGS
CPPFLAGS="$CPPFLAGS $FUSE3_CFLAGS -DFUSE_USE_VERSION=317"
AC_CHECK_MEMBERS([struct fuse_lowlevel_ops.statx, struct fuse_lowlevel_ops.syncfs,
    struct fuse_file_info.kill_suidgid],
  [], [], [[#include <fuse_lowlevel.h>]])
AC_CHECK_DECLS([FUSE_CAP_OVER_IO_URING, FUSE_CAP_ALLOW_IDMAP, fuse_reply_statx,
    fuse_lowlevel_notify_increment_epoch, fuse_lowlevel_notify_prune],
  [], [], [[#include <fuse_lowlevel.h>]])
CPPFLAGS=$remapfs_saved_cppflags
])
