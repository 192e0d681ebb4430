/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of a map as users write them, with messages. Start-up only. */
#pragma once

#include "core/id.h"

#include <glib.h>

/* Reads TEXT as a number of at most MAX, digits only. WHAT names the field in messages. */
bool id_text_parse(const char *text, const char *what, uint32_t max, uint32_t *ret_number,
                   GError **error);

/* Reads UID[:GID] into RET_IDS; the GID is the UID when it is not given. RET_HAS_GID may be NULL.
 */
bool id_text_parse_owner(const char *text, uint32_t ret_ids[ID_KIND_COUNT], bool *ret_has_gid,
                         GError **error);
