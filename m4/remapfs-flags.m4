# SPDX-License-Identifier: GPL-2.0-or-later

# REMAPFS_COMPILER_FLAGS(VARIABLE, FLAGS): adds to VARIABLE those FLAGS that the compiler knows.
AC_DEFUN([REMAPFS_COMPILER_FLAGS],
[AC_SUBST([$1])
remapfs_saved_cflags=$CFLAGS
for remapfs_flag in $2; do
  AC_MSG_CHECKING([whether $CC accepts $remapfs_flag])
  CFLAGS="$remapfs_saved_cflags -Werror $remapfs_flag"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
    [AC_MSG_RESULT([yes])
     AS_VAR_APPEND([$1], [" $remapfs_flag"])],
    [AC_MSG_RESULT([no])])
done
CFLAGS=$remapfs_saved_cflags
])

# REMAPFS_LINKER_FLAGS(VARIABLE, FLAGS): the same for linking; with HARDEN_CFLAGS in force, since
# -pie needs objects made with -fPIE.
AC_DEFUN([REMAPFS_LINKER_FLAGS],
[AC_SUBST([$1])
remapfs_saved_cflags=$CFLAGS
remapfs_saved_ldflags=$LDFLAGS
CFLAGS="$CFLAGS $HARDEN_CFLAGS"
for remapfs_flag in $2; do
  AC_MSG_CHECKING([whether linking with $remapfs_flag works])
  LDFLAGS="$remapfs_saved_ldflags $remapfs_flag"
  AC_LINK_IFELSE([AC_LANG_PROGRAM()],
    [AC_MSG_RESULT([yes])
     AS_VAR_APPEND([$1], [" $remapfs_flag"])],
    [AC_MSG_RESULT([no])])
done
CFLAGS=$remapfs_saved_cflags
LDFLAGS=$remapfs_saved_ldflags
])

# REMAPFS_SANITIZERS(LIST): sets SANITIZE_CFLAGS, for compiling and for linking. A finding ends
# the program, since one that is only printed is easily overlooked.
AC_DEFUN([REMAPFS_SANITIZERS],
[AC_SUBST([SANITIZE_CFLAGS])
AS_CASE([$1],
  [no], [],
  [yes | ''], [AC_MSG_ERROR([--enable-sanitizers needs a list: address,undefined or thread])],
  [SANITIZE_CFLAGS="-fsanitize=$1 -fno-sanitize-recover=all -fno-omit-frame-pointer -g"
   AC_MSG_CHECKING([whether $CC has the sanitizers $1])
   remapfs_saved_cflags=$CFLAGS
   CFLAGS="$CFLAGS $SANITIZE_CFLAGS"
   AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
     [AC_MSG_RESULT([no])
      AC_MSG_ERROR([$CC cannot build with -fsanitize=$1])])
   CFLAGS=$remapfs_saved_cflags])
])

# REMAPFS_FORTIFY: sets FORTIFY_CPPFLAGS to the highest level that compiles without a warning
# (none without optimisation).
AC_DEFUN([REMAPFS_FORTIFY],
[AC_SUBST([FORTIFY_CPPFLAGS])
AC_MSG_CHECKING([for the level of _FORTIFY_SOURCE])
remapfs_saved_cflags=$CFLAGS
for remapfs_level in 3 2; do
  remapfs_flags="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$remapfs_level"
  CFLAGS="$remapfs_saved_cflags -Werror $remapfs_flags"
  AS_IF([test -z "$FORTIFY_CPPFLAGS"],
    [AC_COMPILE_IFELSE([AC_LANG_PROGRAM([@%:@include <stdio.h>])],
      [FORTIFY_CPPFLAGS=$remapfs_flags])])
done
CFLAGS=$remapfs_saved_cflags
AC_MSG_RESULT([${FORTIFY_CPPFLAGS:-none}])
])

# REMAPFS_COVERAGE(WANTED): sets COVERAGE_CFLAGS and COVERAGE_LDFLAGS. Where gcov's files go, and when
# they are written, is then up to tests/lib/coverage_files.c. It takes CFLAGS=-O0: what is optimised
# does not run line by line.
AC_DEFUN([REMAPFS_COVERAGE],
[AC_SUBST([COVERAGE_CFLAGS])
AC_SUBST([COVERAGE_LDFLAGS])
AS_IF([test "$1" != no],
  [COVERAGE_CFLAGS="--coverage -fprofile-abs-path -fprofile-update=atomic"
   COVERAGE_LDFLAGS="--coverage -Wl,--wrap=open,--wrap=_exit,--wrap=pause,-u,__wrap_open"])
AM_CONDITIONAL([COVERAGE], [test "$1" != no])
])
