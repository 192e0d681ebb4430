/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes, each as core/xattr_table.h says: as it is, or with the owners in it
 * translated. */
#include "base/cleanup.h"
#include "core/fscaps.h"
#include "core/xattr_table.h"
#include "fs/caller.h"
#include "fs/cred.h"
#include "fs/lower_xattr.h"
#include "fs/node.h"
#include "fs/ops.h"
#include "fs/reply.h"
#include "fs/status.h"
#include "fs/thread_buffer.h"

#include <errno.h>
#include <linux/limits.h>
#include <string.h>

/* An xattr of a request. */
typedef struct {
    Node node;
    XattrServer *server;
    const char *name;
    XattrClass class;
} Xattr;

#define AUTO_XATTR CLEANUP(xattr_clear)
#define XATTR_INIT                                                                                 \
    {                                                                                              \
        .node = NODE_INIT                                                                          \
    }

static void xattr_clear(Xattr *xattr)
{
    node_release(&xattr->node);
}

static ErrInt xattr_acquire(Filesystem *fs, fuse_ino_t ino, const char *name, Xattr *ret_xattr)
{
    ErrInt r = node_acquire(fs, ino, &ret_xattr->node);

    if (r == 0)
        r = node_check_denied(&ret_xattr->node);
    ret_xattr->server = &fs->xattrs;
    ret_xattr->name = name;
    ret_xattr->class = xattr_class(name);
    return r;
}

/* Reading */

static ssize_t get_lower(const Xattr *xattr, void *value, size_t size)
{
    return lower_xattr_get(xattr->server, xattr->node.fd, xattr->name, value, size);
}

/* The kernel asks for ACLs itself, whenever it checks a permission, and any error but ENODATA is
 * then the result of that check: also where the lower file system has none at all. */
static ssize_t get_acl(const Xattr *xattr, void *value, size_t size)
{
    ssize_t n = get_lower(xattr, value, size);
    ErrInt r;

    if (n == -EOPNOTSUPP)
        return -ENODATA;
    if (n < 0 || size == 0)
        return n;
    r = acl_show(&live_map_used()->acl_map, value, (size_t)n);
    return r < 0 ? r : n;
}

static ssize_t get_fscaps(const Xattr *xattr, void *value, size_t size)
{
    char lower[XATTR_CAPS_SZ_3];
    ssize_t n = get_lower(xattr, lower, sizeof(lower));
    Fscaps shown;
    ErrInt r = 0;

    /* The lower side's own way to say that the root has no ID in our namespace. */
    if (n == -EOVERFLOW)
        fscaps_show_unknown(&shown);
    else
        r = n < 0 ? (ErrInt)n : fscaps_show(live_map_owners(), lower, (size_t)n, &shown);
    if (r < 0)
        return r;
    if (size == 0)
        return (ssize_t)shown.size;
    if (size < shown.size)
        return -ERANGE;
    memcpy(value, shown.bytes, shown.size);
    return (ssize_t)shown.size;
}

static ssize_t get_xattr(Filesystem *fs, fuse_ino_t ino, const char *name, char *value, size_t size)
{
    Xattr xattr AUTO_XATTR = XATTR_INIT;
    ErrInt r = xattr_acquire(fs, ino, name, &xattr);

    if (r == 0)
        r = xattr_check_get(xattr.class);
    if (r < 0)
        return r;
    if (xattr.class == XATTR_ACL)
        return get_acl(&xattr, value, size);
    if (xattr.class == XATTR_FSCAPS)
        return get_fscaps(&xattr, value, size);
    return get_lower(&xattr, value, size);
}

/* SIZE 0 asks for the size only, as the system call does. */
static void reply_xattr(fuse_req_t req, ssize_t result, const char *bytes, size_t size)
{
    if (result >= 0 && size == 0)
        fuse_reply_xattr(req, (size_t)result);
    else
        reply_bytes(req, result, bytes);
}

void op_getxattr(fuse_req_t req, fuse_ino_t ino, const char *name, size_t size)
{
    Filesystem *fs = filesystem_of(req);
    char *value = thread_buffer(size);
    ssize_t n = -ENOMEM;

    if (value != NULL || size == 0)
        n = status_is_asked(req, ino, name) ? status_get(fs, name, value, size)
                                            : get_xattr(fs, ino, name, value, size);
    reply_xattr(req, n, value, size);
}

static ssize_t list_xattrs(fuse_req_t req, fuse_ino_t ino, char list[XATTR_LIST_MAX], size_t size)
{
    Xattr xattr AUTO_XATTR = XATTR_INIT;
    ErrInt r = xattr_acquire(filesystem_of(req), ino, "", &xattr);
    /* Who may read trusted ones, the kernel knows; that root of the mounter may is our guess. */
    const bool trusted = fuse_req_ctx(req)->uid == 0;
    ssize_t n;

    if (r < 0)
        return r;
    n = lower_xattr_list(xattr.server, xattr.node.fd, list, XATTR_LIST_MAX, trusted);
    if (n < 0)
        return n;
    n = (ssize_t)xattr_list_filter(list, (size_t)n, trusted);
    return size != 0 && (size_t)n > size ? -ERANGE : n;
}

void op_listxattr(fuse_req_t req, fuse_ino_t ino, size_t size)
{
    char *list = thread_buffer(XATTR_LIST_MAX);
    ssize_t n = list != NULL ? list_xattrs(req, ino, list, size) : -ENOMEM;

    reply_xattr(req, n, list, size);
}

/* Writing */

static ErrInt set_lower(const Xattr *xattr, const void *value, size_t size, int flags)
{
    ErrInt r = lower_xattr_set(xattr->server, xattr->node.fd, xattr->name, value, size, flags);

    if (r == 0)
        node_note_change(&xattr->node);
    return r;
}

/* To change the access ACL is a chmod, too: the lower file system drops setgid unless the one who
 * does is of the file's group or has CAP_FSETID. Tmpfs does so also when it is removed. */
static ErrInt decide_setgid(fuse_req_t req, const Xattr *xattr)
{
    struct statx stx;
    ErrInt r = node_statx(xattr->node.fd, &stx);

    if (r == 0)
        cred_keep_setid((stx.stx_mode & S_ISGID) != 0 && caller_keeps_setgid(req, &stx));
    return r;
}

static ErrInt set_acl(fuse_req_t req, const Xattr *xattr, const char *value, size_t size, int flags)
{
    char *acl = thread_buffer(size + XATTR_SIZE_MAX);
    char *present = acl + size;
    ssize_t n;
    ErrInt r;

    if (acl == NULL)
        return -ENOMEM;
    memcpy(acl, value, size);
    n = get_lower(xattr, present, XATTR_SIZE_MAX);
    r = acl_store(&live_map_used()->acl_map, acl, size, present, n > 0 ? (size_t)n : 0);
    if (r == 0)
        r = decide_setgid(req, xattr);
    return r < 0 ? r : set_lower(xattr, acl, size, flags);
}

static ErrInt set_fscaps(const Xattr *xattr, const char *value, size_t size, int flags)
{
    Fscaps lower;
    ErrInt r = fscaps_store(live_map_owners(), value, size, &lower);

    return r < 0 ? r : set_lower(xattr, lower.bytes, lower.size, flags);
}

static ErrInt set_xattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value,
                        size_t size, int flags)
{
    Xattr xattr AUTO_XATTR = XATTR_INIT;
    ErrInt r = xattr_acquire(filesystem_of(req), ino, name, &xattr);

    if (r == 0)
        r = xattr_check_set(xattr.class);
    if (r < 0)
        return r;
    CRED_FORGO_RESERVE(request_forgoes_reserve(req, xattr.node.inode->mount->local));
    if (xattr.class == XATTR_ACL)
        return set_acl(req, &xattr, value, size, flags);
    if (xattr.class == XATTR_FSCAPS)
        return set_fscaps(&xattr, value, size, flags);
    return set_lower(&xattr, value, size, flags);
}

void op_setxattr(fuse_req_t req, fuse_ino_t ino, const char *name, const char *value, size_t size,
                 int flags)
{
    reply_result(req, set_xattr(req, ino, name, value, size, flags));
}

static ErrInt remove_xattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
    Xattr xattr AUTO_XATTR = XATTR_INIT;
    ErrInt r = xattr_acquire(filesystem_of(req), ino, name, &xattr);

    if (r == 0)
        r = xattr_check_set(xattr.class);
    if (r == 0 && xattr.class == XATTR_ACL)
        r = decide_setgid(req, &xattr);
    if (r == 0)
        r = lower_xattr_remove(xattr.server, xattr.node.fd, name);
    if (r == 0)
        node_note_change(&xattr.node);
    return r;
}

void op_removexattr(fuse_req_t req, fuse_ino_t ino, const char *name)
{
    reply_result(req, remove_xattr(req, ino, name));
}
