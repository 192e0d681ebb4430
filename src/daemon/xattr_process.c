/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other end of fs/lower_xattr.c. */
#include "daemon/xattr_process.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "base/keep_fds.h"
#include "core/xattr_table.h"
#include "daemon/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sys/xattr.h>

/* Returns the size of the message, 0 at the end, or -1. *RET_FD is what was sent along, or -1. */
static ssize_t receive(int socket, struct iovec parts[2], int *ret_fd)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } enclosure;
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = &enclosure,
                             .msg_controllen = sizeof(enclosure)};
    ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;

    *ret_fd = -1;
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(ret_fd, CMSG_DATA(header), sizeof(*ret_fd));
    return n;
}

/* Whatever has become of the daemon: nothing but what it could not do itself. */
static bool is_proper(const XattrCall *call, ssize_t value_size)
{
    if (call->size > XATTR_SIZE_MAX || memchr(call->name, '\0', sizeof(call->name)) == NULL)
        return false;
    switch (call->kind) {
    case XATTR_CALL_GET:
        return xattr_get_takes_admin(call->name);
    case XATTR_CALL_LIST:
        return true;
    case XATTR_CALL_SET:
        return xattr_set_takes_admin(call->name) && value_size == (ssize_t)call->size;
    case XATTR_CALL_REMOVE:
        return xattr_set_takes_admin(call->name);
    }
    return false;
}

/* The working directory is /proc/self/fd. */
static ssize_t run(const XattrCall *call, int fd, void *bytes)
{
    const FdName path = fd_name(fd);

    switch (call->kind) {
    case XATTR_CALL_GET:
        return getxattr(path.text, call->name, bytes, call->size);
    case XATTR_CALL_LIST:
        return listxattr(path.text, bytes, call->size);
    case XATTR_CALL_SET:
        return setxattr(path.text, call->name, bytes, call->size, call->flags);
    case XATTR_CALL_REMOVE:
        return removexattr(path.text, call->name);
    }
    errno = EINVAL;
    return -1;
}

static bool serve_one(int socket)
{
    static char bytes[XATTR_SIZE_MAX];
    XattrCall call;
    struct iovec parts[] = {
        {&call, sizeof(call) },
        {bytes, sizeof(bytes)},
    };
    int received_fd;
    ssize_t n = receive(socket, parts, &received_fd);
    int fd AUTO_CLOSE = received_fd;
    int32_t result = -EINVAL;

    if (n <= 0)
        return n < 0 && errno == EINTR;
    if (n >= (ssize_t)sizeof(call) && fd >= 0 && is_proper(&call, n - (ssize_t)sizeof(call))) {
        result = (int32_t)run(&call, fd, bytes);
        if (result < 0)
            result = -errno;
    }
    if (send(socket, &result, sizeof(result), MSG_NOSIGNAL) < 0)
        return false;
    return result <= 0 || call.size == 0 ||
           send(socket, bytes, (size_t)result, MSG_NOSIGNAL) == result;
}

static _Noreturn void live(int socket, int proc_fd)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    int kept[] = {socket, proc_fd};
    ErrInt r = -EIO;

    /* It is the daemon that ends us. */
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
    prctl(PR_SET_NAME, "remapfs-xattrs");
    if (keep_fds(kept, sizeof(kept) / sizeof(kept[0])))
        r = sandbox_enter_xattrs(proc_fd);
    if (send(socket, &r, sizeof(r), MSG_NOSIGNAL) == (ssize_t)sizeof(r) && r == 0)
        while (serve_one(socket))
            continue;
    _exit(0);
}

/* Whether it can live in its own sandbox. */
static ErrInt hear_of_start(int socket)
{
    ErrInt r;
    ssize_t n;

    do {
        n = recv(socket, &r, sizeof(r), 0);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof(r) ? r : -EIO;
}

ErrInt xattr_process_start(XattrServer *server, int proc_fd)
{
    int ends[2];
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    int ours AUTO_CLOSE = ends[0];
    int theirs AUTO_CLOSE = ends[1];
    child = fork();
    if (child == 0)
        live(theirs, proc_fd);
    if (child < 0)
        return -errno;
    cleanup_close(&theirs);
    theirs = -1;
    ErrInt r = hear_of_start(ours);
    if (r == 0)
        server->fd = steal_fd(&ours);
    else
        waitpid(child, NULL, 0);
    return r;
}
