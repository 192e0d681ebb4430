/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process of ours keeps open of what it was forked with. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Closes everything but the N descriptors FDS, which are above those of stdio and get sorted;
 * standard input, output and error become /dev/null. False: a failure, with errno. */
bool keep_fds(int *fds, size_t n);
