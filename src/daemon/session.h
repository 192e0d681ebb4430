/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mount from the first system call to the last. */
#pragma once

#include "base/exit_status.h"
#include "daemon/options.h"

/* Mounts and serves until the mount is gone; messages go to the log. OWNERS is taken over.
 * ENGINE_REASON is why engine=auto came to this, NULL without it. READY_FD: see ready.h, or -1 in
 * the foreground; the result is reported there if nothing was before. */
ExitStatus session_run(const Options *options, OwnerMap *owners, const char *engine_reason,
                       int ready_fd);
