/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter of system calls, before the kernel has it. */
#pragma once

#include "base/errint.h"

#include <seccomp.h>

/* Makes the daemon's filter for ARCHITECTURE (SCMP_ARCH_*): this machine's, or another for a test.
 * XATTRS_FD: of the process for attributes (xattr_process.h), or -1. 0 or -errno; the caller
 * releases the filter. */
ErrInt sandbox_make_filter(uint32_t architecture, int xattrs_fd, scmp_filter_ctx *ret_filter);
