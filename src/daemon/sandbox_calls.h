/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter of system calls, before the kernel has it. */
#pragma once

#include "base/errint.h"

#include <seccomp.h>

/* Makes the filter for ARCHITECTURE (SCMP_ARCH_*): this machine's, or another for a test. 0 or
 * -errno; the caller releases it. */
ErrInt sandbox_make_filter(uint32_t architecture, scmp_filter_ctx *filter);
