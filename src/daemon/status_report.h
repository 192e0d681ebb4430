/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --status: what a mount says of itself. */
#pragma once

#include "base/exit_status.h"

#include <glib.h>
#include <stdbool.h>

/* Prints to standard output what the mount at MOUNTPOINT says (fs/status.h), as one JSON object:
 * the status with the map as its member "map"; or for people. STATUS_USAGE, with a message: it is
 * no mount of remapfs, or the mount of another user. */
ExitStatus status_report(const char *mountpoint, bool json);
