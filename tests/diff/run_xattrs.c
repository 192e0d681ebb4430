/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes, and what is stored as such: ACLs and file capabilities. */
#include "walk.h"

#include <endian.h>
#include <linux/capability.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/xattr.h>
#include <string.h>
#include <sys/xattr.h>

int64_t run_setxattr(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    bytes_fill(op->seed, worker->data, (size_t)op->n[2]);
    return setxattr(op_text(op, 0), op_text(op, 1), worker->data, (size_t)op->n[2], (int)op->n[3]);
}

int64_t run_lsetxattr(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    bytes_fill(op->seed, worker->data, (size_t)op->n[2]);
    return lsetxattr(op_text(op, 0), op_text(op, 1), worker->data, (size_t)op->n[2], (int)op->n[3]);
}

int64_t run_fsetxattr(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    bytes_fill(op->seed, worker->data, (size_t)op->n[2]);
    return fsetxattr(op_slot(worker, op, 0), op_text(op, 1), worker->data, (size_t)op->n[2],
                     (int)op->n[3]);
}

/* With SIZE 0 nothing was read. */
static int64_t add_value(const Worker *worker, int64_t value, int64_t size, Result *result)
{
    if (value >= 0 && size > 0)
        payload_add_bytes(result, worker->data, (size_t)value);
    return value;
}

int64_t run_getxattr(Worker *worker, const Op *op, Result *result)
{
    ssize_t n = lgetxattr(op_text(op, 0), op_text(op, 1), worker->data, (size_t)op->n[2]);

    return add_value(worker, n, op->n[2], result);
}

int64_t run_fgetxattr(Worker *worker, const Op *op, Result *result)
{
    ssize_t n = fgetxattr(op_slot(worker, op, 0), op_text(op, 1), worker->data, (size_t)op->n[2]);

    return add_value(worker, n, op->n[2], result);
}

int64_t run_listxattr(Worker *worker, const Op *op, Result *result)
{
    const Caller *caller = &callers[op->caller];
    ssize_t n = lower_list_xattrs(op_text(op, 0), (char *)worker->data, (size_t)op->n[1],
                                  caller->id == 0 && !caller->in_namespace);

    if (n >= 0 && op->n[1] > 0)
        payload_add_names(result, (char *)worker->data, (size_t)n);
    return n;
}

int64_t run_removexattr(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return lremovexattr(op_text(op, 0), op_text(op, 1));
}

int64_t run_fremovexattr(Worker *worker, const Op *op, Result *result)
{
    (void)result;
    return fremovexattr(op_slot(worker, op, 0), op_text(op, 1));
}

/* ACLs. The argument is a number of which all else follows. */

static const char *acl_name(const Op *op)
{
    return op->n[1] % 3 == 0 ? XATTR_NAME_POSIX_ACL_DEFAULT : XATTR_NAME_POSIX_ACL_ACCESS;
}

typedef struct {
    struct posix_acl_xattr_header header;
    struct posix_acl_xattr_entry entry[24];
    unsigned count;
} Acl;

static void add_entry(Acl *acl, uint16_t tag, uint64_t permissions, uint32_t id)
{
    acl->entry[acl->count++] = (struct posix_acl_xattr_entry){
        .e_tag = htole16(tag), .e_perm = htole16(permissions & 7), .e_id = htole32(id)};
}

static void add_named(Acl *acl, uint16_t tag, uint64_t *state, unsigned base)
{
    static const uint32_t ids[] = {0, 60, 1000, 1001, 2000, 65535};
    static const uint32_t odd[] = {5000 + 100000, 65536, UINT32_MAX};
    uint64_t chosen = random_next(state);

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if ((chosen >> i & 3) == 0)
            add_entry(acl, tag, random_next(state), ids[i] + base);
    }
    if ((chosen >> 32) % 16 == 0)
        add_entry(acl, tag, random_next(state), odd[(chosen >> 40) % 3]);
}

static size_t make_acl(const Op *op, Acl *acl)
{
    uint64_t state = (uint64_t)op->n[1];
    unsigned base = callers[op->caller].in_namespace || callers[op->caller].on_lower ? 0 : 100000;
    uint64_t form = random_next(&state) % 16;

    *acl = (Acl){.header.a_version = htole32(POSIX_ACL_XATTR_VERSION)};
    if (form == 0)
        acl->header.a_version = 3;
    if (form != 1)
        add_entry(acl, ACL_USER_OBJ, random_next(&state) | 4, UINT32_MAX);
    if (form > 6)
        add_named(acl, ACL_USER, &state, base);
    add_entry(acl, ACL_GROUP_OBJ, random_next(&state), UINT32_MAX);
    if (form > 4)
        add_named(acl, ACL_GROUP, &state, base);
    if (form > 2)
        add_entry(acl, ACL_MASK, random_next(&state), UINT32_MAX);
    add_entry(acl, ACL_OTHER, random_next(&state), UINT32_MAX);
    return sizeof(acl->header) + acl->count * sizeof(acl->entry[0]) - (form == 3);
}

int64_t run_set_acl(Worker *worker, const Op *op, Result *result)
{
    Acl acl;
    size_t size = make_acl(op, &acl);

    (void)worker;
    (void)result;
    return setxattr(op_text(op, 0), acl_name(op), &acl, size, (int)op->n[2]);
}

void acl_forget_stand_ins(void *bytes, ssize_t size)
{
    Acl *acl = bytes;

    ssize_t left = size - (ssize_t)sizeof(acl->header);

    for (size_t i = 0; left >= (ssize_t)sizeof(acl->entry[0]); i++) {
        if (le32toh(acl->entry[i].e_id) >= UINT32_C(1) << 31)
            acl->entry[i].e_id = htole32(UINT32_MAX);
        left -= (ssize_t)sizeof(acl->entry[0]);
    }
}

int64_t run_get_acl(Worker *worker, const Op *op, Result *result)
{
    ssize_t n = getxattr(op_text(op, 0), acl_name(op), worker->data, DATA_MAX);

    acl_forget_stand_ins(worker->data, n);
    return add_value(worker, n, 1, result);
}

int64_t run_remove_acl(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return removexattr(op_text(op, 0), acl_name(op));
}

/* File capabilities */

static const char caps_name[] = "security.capability";

static size_t make_caps(const Op *op, struct vfs_ns_cap_data *caps)
{
    static const uint32_t roots[] = {0, 0, 100000, 1000, 101000, 70000, 200000, UINT32_MAX};
    uint64_t state = (uint64_t)op->n[1];
    uint64_t form = random_next(&state) % 8;
    uint32_t magic = form < 4 ? VFS_CAP_REVISION_2 : VFS_CAP_REVISION_3;

    *caps = (struct vfs_ns_cap_data){.magic_etc = htole32(magic | random_next(&state) % 2),
                                     .rootid = htole32(roots[random_next(&state) % 8])};
    caps->data[0].permitted = htole32((uint32_t)random_next(&state) & 0x3fff);
    caps->data[0].inheritable = htole32((uint32_t)random_next(&state) & 0xff);
    if (form == 3)
        return XATTR_CAPS_SZ_2 - 1;
    return form < 4 ? XATTR_CAPS_SZ_2 : XATTR_CAPS_SZ_3;
}

int64_t run_set_caps(Worker *worker, const Op *op, Result *result)
{
    struct vfs_ns_cap_data caps;
    size_t size = make_caps(op, &caps);

    (void)worker;
    (void)result;
    return setxattr(op_text(op, 0), caps_name, &caps, size, (int)op->n[2]);
}

int64_t run_get_caps(Worker *worker, const Op *op, Result *result)
{
    ssize_t n = getxattr(op_text(op, 0), caps_name, worker->data, DATA_MAX);

    return add_value(worker, n, 1, result);
}

int64_t run_remove_caps(Worker *worker, const Op *op, Result *result)
{
    (void)worker;
    (void)result;
    return removexattr(op_text(op, 0), caps_name);
}
