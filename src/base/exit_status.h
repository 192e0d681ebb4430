/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit statuses, those of mount(8). */
#pragma once

typedef enum {
    STATUS_SUCCESS = 0,
    STATUS_USAGE = 1,  /* wrong call or wrong map */
    STATUS_SYSTEM = 2, /* system error */
    STATUS_MOUNT = 32, /* mount failure */
} ExitStatus;
