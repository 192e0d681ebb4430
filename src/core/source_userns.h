/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources that read the map of a user namespace share. Start-up only. */
#pragma once

#include "core/map_source.h"

/* Warns when the namespace file NS (/proc/PID/ns/user; one that cannot be looked at is not ours) is
 * the user namespace of this process, unless that is the initial one. */
void source_userns_warn_own(const MapSource *source, const char *ns);
