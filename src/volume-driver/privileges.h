/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver, and what it starts, is allowed to do. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Before there are threads. As root: nothing but what remapfs takes stays permitted, for good and
 * for every program that is started; and of that, only what it takes to unmount and to find or make
 * the sources of volumes is effective here. No core dump, and no other process of the same user may
 * look in. */
bool privileges_limit(GError **error);
