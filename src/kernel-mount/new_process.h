/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fork(2) into new namespaces, at once. */
#pragma once

#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* FLAGS are those of clone(2), without CLONE_VM. As fork(2), but handlers of pthread_atfork(3) are
 * not called, so a child of a process with threads may only make calls that are safe in a handler
 * of signals. By clone3(2), since the order of clone(2)'s arguments is not the same everywhere. */
static inline pid_t new_process(uint64_t flags)
{
    struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};

    return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}
