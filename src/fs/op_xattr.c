/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes of the user namespace, see xattr(7). Any other one holds or may hold owners
 * that would have to be translated: it is not there, and cannot be made, rather than be wrong. */
#include "base/cleanup.h"
#include "base/fdname.h"
#include "fs/node.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/thread_buffer.h"

#include <errno.h>
#include <linux/limits.h>
#include <linux/xattr.h>
#include <string.h>
#include <sys/xattr.h>

static bool is_passed(const char *name)
{
    return strncmp(name, XATTR_USER_PREFIX, XATTR_USER_PREFIX_LEN) == 0;
}

static ErrInt acquire(Filesystem *fs, fuse_ino_t ino, Node *ret_node)
{
    ErrInt r = node_acquire(fs, ino, ret_node);

    return r < 0 ? r : node_check_denied(ret_node);
}

static ErrInt set_xattr(Filesystem *fs, fuse_ino_t ino, const char *name, const char *value,
                        size_t size, int flags)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = is_passed(name) ? acquire(fs, ino, &node) : -EOPNOTSUPP;

    if (r < 0)
        return r;
    return setxattr(fd_path(node.fd).text, name, value, size, flags) < 0 ? -errno : 0;
}

void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size,
                 int flags)
{
    reply_result(req, set_xattr(filesystem_of(req), ino, name, value, size, flags));
}

static ErrInt remove_xattr(Filesystem *fs, fuse_ino_t ino, const char *name)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = is_passed(name) ? acquire(fs, ino, &node) : -EOPNOTSUPP;

    if (r < 0)
        return r;
    return removexattr(fd_path(node.fd).text, name) < 0 ? -errno : 0;
}

void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
    reply_result(req, remove_xattr(filesystem_of(req), ino, name));
}

/* SIZE 0 asks for the size only, as the system call does. */
static void reply_xattr(fuse_req_t req, ssize_t result, const char *bytes, size_t size)
{
    if (result >= 0 && size == 0)
        fuse_reply_xattr(req, (size_t)result);
    else
        reply_bytes(req, result, bytes);
}

static ssize_t get_xattr(Filesystem *fs, fuse_ino_t ino, const char *name, char *value, size_t size)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = is_passed(name) ? acquire(fs, ino, &node) : -EOPNOTSUPP;
    ssize_t n;

    if (r < 0)
        return r;
    n = getxattr(fd_path(node.fd).text, name, value, size);
    return n < 0 ? -errno : n;
}

void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
    char *value = thread_buffer(size);
    ssize_t n = -ENOMEM;

    if (value != NULL || size == 0)
        n = get_xattr(filesystem_of(req), ino, name, value, size);
    reply_xattr(req, n, value, size);
}

/* Leaves only the names that are passed in LIST, a sequence of N bytes; returns what is left. */
static ssize_t keep_passed(char *list, ssize_t n)
{
    ssize_t kept = 0;

    for (ssize_t at = 0; at < n;) {
        ssize_t length = (ssize_t)strlen(list + at) + 1;
        if (is_passed(list + at)) {
            memmove(list + kept, list + at, (size_t)length);
            kept += length;
        }
        at += length;
    }
    return kept;
}

static ssize_t list_xattrs(Filesystem *fs, fuse_ino_t ino, char list[XATTR_LIST_MAX], size_t size)
{
    Node node AUTO_NODE = NODE_INIT;
    ErrInt r = acquire(fs, ino, &node);
    ssize_t n;

    if (r < 0)
        return r;
    n = listxattr(fd_path(node.fd).text, list, XATTR_LIST_MAX);
    if (n < 0)
        return -errno;
    n = keep_passed(list, n);
    return size != 0 && (size_t)n > size ? -ERANGE : n;
}

void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
    char *list = thread_buffer(XATTR_LIST_MAX);
    ssize_t n = list != NULL ? list_xattrs(filesystem_of(req), ino, list, size) : -ENOMEM;

    reply_xattr(req, n, list, size);
}
