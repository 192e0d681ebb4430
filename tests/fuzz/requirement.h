/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fuzz target demands. Not assert(): it must hold in a build without assertions, too. */
#pragma once

#include <stdbool.h>
#include <stdlib.h>

static inline void require(bool condition)
{
    if (!condition)
        abort();
}
