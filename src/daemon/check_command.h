/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --check: looks at everything that a mount would need, and mounts nothing. */
#pragma once

#include "base/exit_status.h"
#include "daemon/options.h"

/* Prints what is found to standard output; the caller flushes it. STATUS_USAGE: there are problems.
 * OWNERS is NULL when the map is wrong; then MAP_ERROR says why. */
ExitStatus check_command(const Options *options, const OwnerMap *owners, const char *map_error,
                         const GPtrArray *warnings);
