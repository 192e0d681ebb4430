/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question that only a working mount answers: statfs(2) waits for INIT and then for us.
 *
 * It is asked by a process of its own, without our descriptors: who waits for an answer that is
 * being worked on cannot be killed. A thread of ours that waits would outlive a SIGKILL to the
 * daemon, and hold open the device whose closing is what ends the wait. */
#pragma once

#include <sys/types.h>

/* Asks. Before there are other threads. Returns the process, or -1 with errno. */
pid_t mount_probe_start(const char *mountpoint);

/* Waits for the answer of that process: 0 or -errno. */
int mount_probe_end(pid_t probe);
