/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of requests that are counted. */
#pragma once

/* How many there are, and the name of each, as in <fuse_lowlevel.h>; static. */
unsigned requests_count(void);
const char *request_name(unsigned kind);
