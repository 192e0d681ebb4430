/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of an xattr, by its name. */
#include "core/xattr_table.h"

#include <errno.h>
#include <glib.h>
#include <linux/xattr.h>
#include <string.h>

typedef struct {
    const char *name;
    bool begins; /* any name that begins with NAME */
    XattrClass class;
} Row;

/* The first row that fits decides.
 *
 * XFS shows root the ACLs once more as trusted.SGI_ACL_*, as they are on disk.
 * NFSv4 ACLs (system.nfs4_acl, nfs4_dacl and nfs4_sacl of NFS, nfs4_acl_xdr of ZFS) and their kin
 * have owners that are numbers, or names of the lower side.
 * Windows security descriptors (system.cifs_acl, system.ntfs_security, security.NTACL) have owners
 * that are no IDs of ours, and the labels of SELinux, Smack and IMA none. What overlayfs and
 * container tools keep for themselves in trusted.* and user.* is theirs to interpret. */
static const Row rows[] = {
    {XATTR_NAME_POSIX_ACL_ACCESS,  false, XATTR_ACL   },
    {XATTR_NAME_POSIX_ACL_DEFAULT, false, XATTR_ACL   },
    {XATTR_NAME_CAPS,              false, XATTR_FSCAPS},
    {"trusted.SGI_ACL_FILE",       false, XATTR_HIDE  },
    {"trusted.SGI_ACL_DEFAULT",    false, XATTR_HIDE  },
    {"system.nfs4_",               true,  XATTR_REFUSE},
    {"system.richacl",             false, XATTR_REFUSE},
    {"system.",                    true,  XATTR_PASS  },
    {XATTR_SECURITY_PREFIX,        true,  XATTR_PASS  },
    {XATTR_TRUSTED_PREFIX,         true,  XATTR_PASS  },
    {XATTR_USER_PREFIX,            true,  XATTR_PASS  },
};

XattrClass xattr_class(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        if (row->begins ? strncmp(name, row->name, strlen(row->name)) == 0
                        : strcmp(name, row->name) == 0)
            return row->class;
    }
    return XATTR_PASS;
}

ErrInt xattr_check_get(XattrClass class)
{
    switch (class) {
    case XATTR_HIDE:
        return -ENODATA;
    case XATTR_REFUSE:
        return -EOPNOTSUPP;
    case XATTR_PASS:
    case XATTR_ACL:
    case XATTR_FSCAPS:
        break;
    }
    return 0;
}

/* EOPNOTSUPP for both: programs that copy xattrs go on after it. */
ErrInt xattr_check_set(XattrClass class)
{
    return xattr_check_get(class) < 0 ? -EOPNOTSUPP : 0;
}

bool xattr_get_takes_admin(const char *name)
{
    return strncmp(name, XATTR_TRUSTED_PREFIX, XATTR_TRUSTED_PREFIX_LEN) == 0;
}

/* security.capability takes CAP_SETFCAP instead (cap_inode_setxattr() of the kernel). */
bool xattr_set_takes_admin(const char *name)
{
    return xattr_get_takes_admin(name) ||
           (strncmp(name, XATTR_SECURITY_PREFIX, XATTR_SECURITY_PREFIX_LEN) == 0 &&
            strcmp(name, XATTR_NAME_CAPS) != 0);
}

static bool is_listed(const char *name, bool trusted)
{
    if (!trusted && xattr_get_takes_admin(name))
        return false;
    return xattr_check_get(xattr_class(name)) == 0;
}

size_t xattr_list_filter(char *list, size_t size, bool trusted)
{
    size_t kept = 0;

    for (size_t at = 0; at < size;) {
        const char *end = memchr(list + at, '\0', size - at);
        if (end == NULL)
            break;
        size_t length = (size_t)(end - (list + at)) + 1;
        if (is_listed(list + at, trusted)) {
            memmove(list + kept, list + at, length);
            kept += length;
        }
        at += length;
    }
    return kept;
}
