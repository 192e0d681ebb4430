/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the helper, and the program that it becomes, is allowed to do. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define PRIVILEGES_ERROR (privileges_error_quark())
GQuark privileges_error_quark(void);

/* As root: nothing stays but what it takes to REMOUNT, or else what remapfs takes, and there are no
 * new privileges for good. */
bool privileges_limit(bool remounts, GError **error);
