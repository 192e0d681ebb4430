/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a service manager wants to hear, see sd_notify(3). */
#pragma once

#include "base/errint.h"

#include <stdbool.h>

/* Whether there is a service manager that listens. */
bool notify_is_wanted(void);

/* Connects to it, for all that is sent from then on, when it may not be found any more. */
void notify_open(void);

/* Sends STATE, such as "READY=1", in one datagram. Does nothing when nobody listens. */
ErrInt notify_send(const char *state);
