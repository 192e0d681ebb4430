/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user namespace that nobody lives in, to take a map from. */
#pragma once

#include "core/ownermap.h"

/* Makes one with the maps of OWNERS, which kernel_map_check() has let pass, and returns a
 * descriptor of it. -1 with KERNEL_MOUNT_ERROR. No process is left in either case. */
int user_namespace_new(const OwnerMap *owners, GError **error);
