/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which IDs there are in the user namespace that we run in, see user_namespaces(7). Start-up only.
 */
#pragma once

#include "core/idmap.h"

/* The IDs of our namespace are the lower ones of the map; NULL where it has all of them, as the
 * initial namespace has. Fails with MAP_ERROR. */
bool own_ids_read(IdKind kind, IdMap **ret_ids, GError **error);
