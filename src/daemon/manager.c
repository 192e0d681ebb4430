/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service manager, if there is one that listens. */
#include "daemon/manager.h"

#include "base/notify.h"
#include "daemon/log.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>

void manager_tell(const char *state)
{
    ErrInt r = notify_send(state);

    if (r < 0)
        log_message(LOG_WARNING, "NOTIFY_SOCKET=%s: %s", getenv("NOTIFY_SOCKET"), strerror(-r));
}
