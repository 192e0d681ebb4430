/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver itself is allowed to do. */
#pragma once

#include "base/errint.h"

/* From now on this thread and those that it makes use no capabilities but what takes to unmount and
 * to find or make the sources of volumes. Programs that are started get all that there were. */
ErrInt privileges_limit(void);
