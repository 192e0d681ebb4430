/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going to the background, with an answer for whoever waits in the foreground.
 *
 * The process forks at once and the child does all the work, mounting included; the parent only
 * waits for the exit status, which the child sends when the mount has answered its first question
 * or when it gave up. So exit status 0 means that the mount works. */
#pragma once

#include "base/exit_status.h"

/* Returns in the child, with the descriptor for ready_report(); -1 with errno when it cannot fork.
 * The parent does not return: it exits with what is reported, or as the child did. */
int ready_fork(void);

/* Tells the parent, once. After success the child lets go of the terminal and the working
 * directory. FD is closed. */
void ready_report(int fd, ExitStatus status);
