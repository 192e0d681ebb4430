/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One datagram to the socket that $NOTIFY_SOCKET names: a path, or a name in the abstract namespace
 * with a "@" for its first byte, 0. */
#include "base/notify.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static int kept; /* by notify_open(): the socket, or -errno; 0: it was not called */

static const char *socket_name(void)
{
    return getenv("NOTIFY_SOCKET");
}

bool notify_is_wanted(void)
{
    const char *name = socket_name();
    return name != NULL && name[0] != '\0';
}

/* Returns the socket or -errno. */
static int connect_socket(const char *name)
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
    if (fd < 0 || connect(fd, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
        return -errno;
    return steal_fd(&fd);
}

void notify_open(void)
{
    kept = connect_socket(socket_name());
}

ErrInt notify_send(const char *state)
{
    int fd AUTO_CLOSE = -1;

    if (!notify_is_wanted())
        return 0;
    if (kept == 0)
        fd = connect_socket(socket_name());
    const int socket_fd = kept != 0 ? kept : fd;
    if (socket_fd < 0)
        return socket_fd;
    return send(socket_fd, state, strlen(state), MSG_NOSIGNAL) < 0 ? -errno : 0;
}
