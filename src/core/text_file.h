/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small text files, read whole and never waited for. Start-up only. */
#pragma once

#include <glib.h>
#include <stddef.h>

/* Reads the regular file PATH of at most MAX bytes; a NUL follows the RET_LENGTH bytes. Fails with
 * MAP_ERROR for anything else, and does not block on a FIFO nor wake a device's driver. NAME (may
 * be PATH) is what messages call it. The caller frees with g_free(). */
char *text_file_read(const char *path, const char *name, size_t max, size_t *ret_length,
                     GError **error);
