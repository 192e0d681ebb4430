/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One datagram to the socket that $NOTIFY_SOCKET names: a path, or a name in the abstract namespace
 * with a "@" for its first byte, 0. */
#include "daemon/notify.h"

#include "base/cleanup.h"
#include "daemon/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

static const char *socket_name(void)
{
    return getenv("NOTIFY_SOCKET");
}

bool notify_is_wanted(void)
{
    const char *name = socket_name();
    return name != NULL && name[0] != '\0';
}

static int send_datagram(const char *name, const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    int fd AUTO_CLOSE = -1;

    if ((name[0] != '/' && name[0] != '@') || length >= sizeof(address.sun_path))
        return -EINVAL;
    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
        return -errno;
    return 0;
}

void notify_send(const char *state)
{
    int r;

    if (!notify_is_wanted())
        return;
    r = send_datagram(socket_name(), state);
    if (r < 0)
        log_message(LOG_WARNING, "NOTIFY_SOCKET=%s: %s", socket_name(), strerror(-r));
}
