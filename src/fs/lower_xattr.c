/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who makes the call is decided here; see daemon/xattr_process.c for the other end. */
#include "fs/lower_xattr.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "core/xattr_table.h"
#include "fs/node.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/xattr.h>

/* The control message of one descriptor. */
typedef union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
} Enclosure;

static ErrInt send_call(int socket, int fd, const XattrCall *call, const void *value)
{
    const size_t value_size = call->kind == XATTR_CALL_SET ? call->size : 0;
    struct iovec parts[] = {
        {(void *)call,  sizeof(*call)},
        {(void *)value, value_size   },
    };
    Enclosure enclosure = {
        .header = {
                   .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(fd))}
    };
    const struct msghdr message = {.msg_iov = parts,
                                   .msg_iovlen = value_size > 0 ? 2 : 1,
                                   .msg_control = &enclosure,
                                   .msg_controllen = sizeof(enclosure)};
    ssize_t n;

    memcpy(CMSG_DATA(&enclosure.header), &fd, sizeof(fd));
    do {
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : 0;
}

static ssize_t receive(int socket, void *bytes, size_t size)
{
    ssize_t n;

    do {
        n = recv(socket, bytes, size, 0);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* As it is without the capability. */
static ErrInt lose(XattrServer *server)
{
    static const char reason[] = "the process for them has ended";

    if (atomic_exchange(&server->agreement->refusal[AGREED_TRUSTED_XATTRS], reason) == NULL)
        fuse_log(FUSE_LOG_WARNING, "%s: not in use any more: %s",
                 agreed_name(AGREED_TRUSTED_XATTRS), reason);
    return -EPERM;
}

static ssize_t ask(XattrServer *server, int fd, const XattrCall *call, const void *value,
                   void *answer)
{
    int32_t result;
    LOCK_SCOPE(&server->lock);
    ErrInt r = send_call(server->fd, fd, call, value);

    if (r == -ENOMEM || r == -ENOBUFS)
        return -ENOMEM;
    if (r < 0 || receive(server->fd, &result, sizeof(result)) != (ssize_t)sizeof(result))
        return lose(server);
    if (answer != NULL && call->size > 0 && result > 0 &&
        ((size_t)result > call->size || receive(server->fd, answer, call->size) != result))
        return lose(server);
    return result == -ENOENT ? -ESTALE : result; /* see node_errno() */
}

/* The names that come with requests are no longer than the kernel lets them be. */
static XattrCall named_call(XattrCallKind kind, const char *name, size_t size)
{
    XattrCall call = {.kind = kind, .size = (uint32_t)size};

    strncpy(call.name, name, sizeof(call.name) - 1);
    return call;
}

static ssize_t or_errno(ssize_t n)
{
    return n < 0 ? node_errno() : n;
}

ssize_t lower_xattr_get(XattrServer *server, int fd, const char *name, void *value, size_t size)
{
    if (server->fd >= 0 && xattr_get_takes_admin(name)) {
        const XattrCall call = named_call(XATTR_CALL_GET, name, size);
        return ask(server, fd, &call, NULL, value);
    }
    return or_errno(getxattr(fd_name(fd).text, name, value, size));
}

ErrInt lower_xattr_set(XattrServer *server, int fd, const char *name, const void *value,
                       size_t size, int flags)
{
    if (server->fd >= 0 && xattr_set_takes_admin(name)) {
        XattrCall call = named_call(XATTR_CALL_SET, name, size);
        call.flags = flags;
        return (ErrInt)ask(server, fd, &call, value, NULL);
    }
    return (ErrInt)or_errno(setxattr(fd_name(fd).text, name, value, size, flags));
}

ErrInt lower_xattr_remove(XattrServer *server, int fd, const char *name)
{
    if (server->fd >= 0 && xattr_set_takes_admin(name)) {
        const XattrCall call = named_call(XATTR_CALL_REMOVE, name, 0);
        return (ErrInt)ask(server, fd, &call, NULL, NULL);
    }
    return (ErrInt)or_errno(removexattr(fd_name(fd).text, name));
}

ssize_t lower_xattr_list(XattrServer *server, int fd, char *list, size_t size, bool trusted)
{
    if (server->fd >= 0 && trusted) {
        const XattrCall call = named_call(XATTR_CALL_LIST, "", size);
        return ask(server, fd, &call, NULL, list);
    }
    return or_errno(listxattr(fd_name(fd).text, list, size));
}
