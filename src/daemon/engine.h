/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine=: who mounts, and why. */
#pragma once

#include "base/exit_status.h"
#include "daemon/options.h"

/* Whether the kernel can mount what is asked for; with LOWER (may be NULL), also whether it can
 * there and for us. Mounts nothing. Fails with KERNEL_MOUNT_ERROR. */
bool engine_kernel_can(const Options *options, const OwnerMap *owners, const char *lower,
                       GError **error);

/* For engine=kernel and engine=auto. Mounts, or fails for good, and returns true with the exit
 * status; messages go to the log. Or returns false, when FUSE is to mount; then RET_REASON says
 * why, in one line, for g_free(). */
bool engine_mount(const Options *options, const OwnerMap *owners, ExitStatus *ret_status,
                  char **ret_reason);

/* ERROR's reason, without what to do about it. The caller frees with g_free(). */
char *engine_reason(const GError *error);
