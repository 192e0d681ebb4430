/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket that engines connect to. */
#include "volume-driver/listen_socket.h"

#include "base/cleanup.h"
#include "base/number.h"
#include "volume-driver/driver_error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* The first descriptor that a service manager passes. */
enum { INHERITED_FD = 3 };

static uint32_t number_from_environment(const char *name)
{
    const char *text = getenv(name);
    uint32_t number;
    return text != NULL && number_parse(text, strlen(text), INT32_MAX, &number) == 0 ? number : 0;
}

/* -1 without error if there is none. */
static int inherited_socket(GError **error)
{
    uint32_t n = number_from_environment("LISTEN_FDS");
    bool is_ours = number_from_environment("LISTEN_PID") == (uint32_t)getpid();
    int is_listening = 0;
    socklen_t size = sizeof(is_listening);
    /* Not for the programs that are started from here. */
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDNAMES");
    if (!is_ours || n == 0)
        return -1;
    if (n > 1) {
        driver_error_set(error, "%u sockets are inherited, but there can be one only", n);
        return -1;
    }
    if (getsockopt(INHERITED_FD, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) < 0 ||
        !is_listening) {
        driver_error_set(error, "what is inherited is no listening socket");
        return -1;
    }
    fcntl(INHERITED_FD, F_SETFD, FD_CLOEXEC);
    return INHERITED_FD;
}

/* Whether somebody accepts connections there. */
static bool is_served(const struct sockaddr_un *address)
{
    int fd AUTO_CLOSE = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
}

static bool bind_privately(int fd, const struct sockaddr_un *address)
{
    mode_t mask = umask(0177);
    int r = bind(fd, (const struct sockaddr *)address, sizeof(*address));
    umask(mask);
    return r == 0;
}

static bool remove_stale(const struct sockaddr_un *address, GError **error)
{
    struct stat attr;
    if (lstat(address->sun_path, &attr) < 0 || !S_ISSOCK(attr.st_mode))
        return true; /* bind(2) says what is wrong */
    if (is_served(address))
        return driver_error_set(error, "%s: another program listens there", address->sun_path);
    unlink(address->sun_path);
    return true;
}

static int listen_at(const char *path, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autofree char *directory = g_path_get_dirname(path);
    if (g_strlcpy(address.sun_path, path, sizeof(address.sun_path)) >= sizeof(address.sun_path)) {
        driver_error_set(error, "%s: too long for a socket", path);
        return -1;
    }
    if (!remove_stale(&address, error))
        return -1;
    int fd AUTO_CLOSE = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && g_mkdir_with_parents(directory, 0711) == 0 && bind_privately(fd, &address) &&
        listen(fd, SOMAXCONN) == 0)
        return steal_fd(&fd);
    driver_error_set(error, "%s: %s", path, g_strerror(errno));
    return -1;
}

bool listen_socket_open(ListenSocket *listener, const char *path, GError **error)
{
    GError *fault = NULL;
    listener->fd = inherited_socket(&fault);
    listener->is_inherited = listener->fd >= 0;
    if (fault != NULL) {
        g_propagate_error(error, fault);
        return false;
    }
    if (!listener->is_inherited)
        listener->fd = listen_at(path, error);
    return listener->fd >= 0;
}
