/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of an xattr, by its name; see xattr(7). */
#pragma once

#include "base/errint.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    XATTR_PASS,   /* as it is */
    XATTR_ACL,    /* through core/acl.h */
    XATTR_FSCAPS, /* through core/fscaps.h */
    XATTR_HIDE,   /* another form of what is shown already, with lower IDs in it */
    XATTR_REFUSE, /* it names owners in a form that we do not translate */
} XattrClass;

/* Any name has one; a namespace that we do not know passes. */
XattrClass xattr_class(const char *name);

/* Whether an xattr of this class can be there: 0, or what getxattr fails with, and what setxattr
 * and removexattr fail with. */
ErrInt xattr_check_get(XattrClass class);
ErrInt xattr_check_set(XattrClass class);

/* Whether a file system asks CAP_SYS_ADMIN of who calls getxattr, or else setxattr and removexattr,
 * for NAME. */
bool xattr_get_takes_admin(const char *name);
bool xattr_set_takes_admin(const char *name);

/* Leaves only the names that the mount lists in LIST, SIZE bytes as from listxattr(2): all that
 * xattr_check_get() allows, in their order; those of the trusted namespace with TRUSTED only, as
 * file systems list them only to who has CAP_SYS_ADMIN. Returns the size of what is left. */
size_t xattr_list_filter(char *list, size_t size, bool trusted);
