/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service manager, if there is one that listens. */
#pragma once

/* Tells it STATE, see base/notify.h; complains in the log when it cannot. */
void manager_tell(const char *state);
