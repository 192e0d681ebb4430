/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps volumes mounted that are in use.
 *
 * After a start: mounts again what is in use and not mounted or dead, unmounts what nobody uses,
 * and names what is mounted for volumes that are not known. Later: mounts again what a daemon that
 * died leaves. A volume whose daemon dies again and again, or that cannot be mounted, is tried
 * again ever more seldom. */
#pragma once

#include "volume-driver/driver.h"

/* Nothing is done yet. DRIVER, which is to refer to it, outlives it. */
Recovery *recovery_new(const Driver *driver);

/* For the time after a start. Goes on while the driver is used already, with several threads: a
 * lower directory that does not answer must not keep other volumes from being mounted. */
void recovery_start(Recovery *recovery);

/* Returns when all volumes have been looked at, or, if it is CUT_SHORT, those that were begun. Then
 * nobody may use a volume any more. */
void recovery_finish(Recovery *recovery, bool cut_short);

/* These are for who holds VOLUME's lock, busy. */

/* VOLUME is mounted: from the main loop on, the death of its daemon is noticed. */
void recovery_watch(Recovery *recovery, Volume *volume);

/* VOLUME is to be unmounted. */
void recovery_let_go(Volume *volume);

/* Whether VOLUME can be mounted again now; if it was just before, it is tried later, and false. */
bool recovery_may_try(Recovery *recovery, Volume *volume);
void recovery_try_later(Recovery *recovery, Volume *volume);
