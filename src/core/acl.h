/* SPDX-License-Identifier: GPL-2.0-or-later */
/* POSIX ACLs in the form of the xattrs system.posix_acl_access and system.posix_acl_default,
 * translated between the lower side and the mount; see acl(5), <linux/posix_acl_xattr.h>.
 *
 * Only the IDs of ACL_USER and ACL_GROUP entries are owners; everything else is kept as it is.
 *
 * An entry whose lower ID is not shown must neither vanish (the others of the list, and the mask,
 * would then mean something else) nor match anybody. A kernel idmapped mount gives it the ID
 * 4294967295, but with that ID a FUSE server's list is refused as a whole. So it gets a stand-in:
 * an ID that the mount shows for no owner and has no lower ID for, from the top of the range, where
 * no account is. Inside a container, where no such ID is mapped, it reads 4294967295 as on an
 * idmapped mount. This is also so under unmapped=squash: the rights of the entry are not those of
 * the squash ID.
 *
 * The stand-in of a lower ID depends on the map only, not on the list: usually it is 4294967293
 * minus the lower ID. Written back from where it can be seen, it is the entry that it stands for if
 * the list below has that entry, and refused otherwise. So a list can be read, changed and written,
 * but nothing can give an unmapped owner rights that it did not have there. */
#pragma once

#include "core/ownermap.h"

#include <stddef.h>

/* What the functions below read; may be shared by all threads. */
typedef struct {
    const OwnerMap *owners;
    /* The IDs that the user namespace of the mount has, since the kernel refuses a list with any
     * other: the lower ones (the first column) of /proc/self/uid_map and gid_map as
     * uidmap_file_parse() reads them. NULL: all, as in the initial namespace. */
    const IdMap *existing[ID_KIND_COUNT];
} AclMap;

/* Translates the SIZE bytes at ACL, which came from the lower side, in place; they need not be
 * aligned, here as below. -EINVAL, -EOPNOTSUPP (the version): no ACL that we know; nothing was
 * changed. -EOVERFLOW: the map leaves no ID to be a stand-in. */
ErrInt acl_show(const AclMap *map, void *acl, size_t size);

/* Translates the SIZE bytes at ACL, which are to be stored, in place. PRESENT (PRESENT_SIZE bytes,
 * 0 for none) is the list that is stored now, as it is stored: what stand-ins stand for.
 * -EINVAL, -EOPNOTSUPP: as above, of either list; -EINVAL also for an ID without a lower ID, which
 * is the errno of an idmapped mount here (its chown says EOVERFLOW), and for a stand-in that might
 * be either of two entries. After an error ACL is partly changed. */
ErrInt acl_store(const AclMap *map, void *acl, size_t size, const void *present,
                 size_t present_size);
