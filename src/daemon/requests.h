/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How requests come in: by io_uring where the kernel offers that, else from /dev/fuse. */
#pragma once

#include "daemon/options.h"

/* For a session that is mounted; before the sandbox, and after the last fork(2). *REFUSAL says from
 * now on why there is no io_uring, or is NULL when there is, and outlives the session. */
void requests_prepare(struct fuse_session *fuse, const Options *options,
                      const char *_Atomic *refusal);

/* Serves until the session ends. As fuse_session_loop_mt(). */
int requests_loop(struct fuse_session *fuse, const Options *options);

/* Nobody serves from now on; the device is held by libfuse alone. Notifications still get there. */
void requests_stop(void);

/* Once there is no session any more. */
void requests_clear(void);
