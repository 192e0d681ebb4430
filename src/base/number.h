/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decimal numbers, read strictly: digits and nothing else. */
#pragma once

#include "base/errint.h"

#include <stddef.h>
#include <stdint.h>

/* Reads the LENGTH bytes at TEXT as an unsigned decimal number of at most MAX. Leading zeros are
 * allowed and mean nothing. -EINVAL: empty, or a byte that is no digit (sign, blank, hex prefix,
 * NUL); -ERANGE: more than MAX. */
ErrInt number_parse(const char *text, size_t length, uint32_t max, uint32_t *ret_number);
