/* SPDX-License-Identifier: GPL-2.0-or-later */
/* After a start: mounts again what is in use and not mounted or dead, unmounts what nobody uses,
 * and names what is mounted for volumes that are not known. */
#pragma once

#include "volume-driver/driver.h"

typedef struct Recovery Recovery;

/* Goes on while the driver is used already, with several threads: a lower directory that does not
 * answer must not keep other volumes from being mounted. DRIVER outlives it. */
Recovery *recovery_start(const Driver *driver);

/* Returns when all volumes have been looked at, or, if it is CUT_SHORT, those that were begun. */
void recovery_finish(Recovery *recovery, bool cut_short);
