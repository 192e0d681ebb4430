/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How soon the kernel ends us when memory is short, see proc_pid_oom_score_adj(5). */
#pragma once

/* Late, if we may say so (CAP_SYS_RESOURCE), and unless a service manager has said later still: to
 * lose a daemon is to lose every user of its mount. For whatever we execute, too. */
void oom_score_lower(void);
