/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value of the xattr security.capability, translated between the lower side and the mount; see
 * capabilities(7), "File capability extended attribute versioning", and <linux/capability.h>.
 *
 * Such a value gives its capabilities only in user namespaces whose root is its owner: the root ID
 * of version 3, and ID 0 for version 2. The kernel itself translates between the mount's
 * user namespace and the caller's, also from one version to the other. */
#pragma once

#include "core/ownermap.h"

#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>

/* A value of the size that it has on the other side. */
typedef struct {
    uint8_t bytes[XATTR_CAPS_SZ_3];
    size_t size;
} Fscaps;

/* How the mount shows the SIZE bytes at LOWER, which getxattr gave: always as version 3, so that
 * the size is always the same. A root that is not shown becomes 4294967295, also under
 * unmapped=squash: the kernel then answers getxattr with EOVERFLOW, and an exec gives no
 * capability, both as on an idmapped mount. (An error from the server would make the exec fail.)
 * -EINVAL: neither version 2 nor 3; the kernel's getxattr gives no other, not even version 1. */
ErrInt fscaps_show(const OwnerMap *owners, const void *lower, size_t size, Fscaps *ret_shown);

/* The same for a value that cannot be read since its root has no ID in our own user namespace
 * (getxattr failed with EOVERFLOW): no capabilities for nobody. */
void fscaps_show_unknown(Fscaps *ret_shown);

/* What is stored for the SIZE bytes at SHOWN, which the kernel let the caller set: version 2 if
 * the root is lower 0, else version 3. The root of the host is lower 0 where it is adopted, as
 * container engines copy such a file into a volume before they give it away.
 * -EINVAL: neither version 2 nor 3, or the root has no lower ID (the errno of an idmapped mount);
 * unmapped=squash does not give it one. */
ErrInt fscaps_store(const OwnerMap *owners, const void *shown, size_t size, Fscaps *ret_lower);
