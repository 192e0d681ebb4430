/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes sure that a mount is what it should be, before anybody sees it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether the kernel says of every mount in the detached tree of descriptor TREE_FD, in a
 * mountinfo, that it is idmapped. A mount is in a mountinfo only once it is attached; so that is
 * done in a mount namespace of its own, on the directory LOWER there, and TREE_FD refers to an
 * equal tree afterwards, which is detached. Fails with KERNEL_MOUNT_ERROR. */
bool mount_proof(int tree_fd, const char *lower, GError **error);
