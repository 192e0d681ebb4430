/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decimal numbers, read strictly: digits and nothing else. */
#include "base/number.h"

#include <errno.h>

ErrInt number_parse(const char *text, size_t length, uint32_t max, uint32_t *ret_number)
{
    if (length == 0)
        return -EINVAL;
    /* The whole text is looked at before the value is judged, so that "99999999999x" is called
     * what it is: no number. */
    for (size_t i = 0; i < length; i++)
        if (text[i] < '0' || text[i] > '9')
            return -EINVAL;

    uint64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        number = number * 10 + (uint64_t)(text[i] - '0');
        if (number > max)
            return -ERANGE;
    }
    *ret_number = (uint32_t)number;
    return 0;
}
