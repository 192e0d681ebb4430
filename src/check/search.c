/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether somebody may go through a directory, by its owners, mode and ACL. */
#include "check/search.h"

#include <errno.h>
#include <glib.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <string.h>
#include <sys/xattr.h>

static bool is(const Walker *walker, IdKind kind, uint32_t id)
{
    return id != ID_NONE && walker->ids[kind] == id;
}

static bool mode_allows(const struct stat *directory, const Walker *walker)
{
    if (is(walker, ID_UID, directory->st_uid))
        return (directory->st_mode & S_IXUSR) != 0;
    if (is(walker, ID_GID, directory->st_gid))
        return (directory->st_mode & S_IXGRP) != 0;
    return (directory->st_mode & S_IXOTH) != 0;
}

/* The entry of an ACL that decides is the first kind of these that matches; among groups, any that
 * allows. */
typedef struct {
    bool user_matches, user_allows;
    bool group_matches, group_allows;
    bool mask_allows;
} AclVerdict;

static void add_entry(AclVerdict *verdict, const struct posix_acl_xattr_entry *entry,
                      const struct stat *directory, const Walker *walker)
{
    uint32_t id = GUINT32_FROM_LE(entry->e_id);
    bool allows = (GUINT16_FROM_LE(entry->e_perm) & ACL_EXECUTE) != 0;
    bool is_group = false;

    switch (GUINT16_FROM_LE(entry->e_tag)) {
    case ACL_USER:
        if (is(walker, ID_UID, id)) {
            verdict->user_matches = true;
            verdict->user_allows = allows;
        }
        break;
    case ACL_GROUP_OBJ:
        is_group = is(walker, ID_GID, directory->st_gid);
        break;
    case ACL_GROUP:
        is_group = is(walker, ID_GID, id);
        break;
    case ACL_MASK:
        verdict->mask_allows = allows;
        break;
    }
    verdict->group_matches = verdict->group_matches || is_group;
    verdict->group_allows = verdict->group_allows || (is_group && allows);
}

bool search_allowed(const struct stat *directory, const void *acl, size_t size,
                    const Walker *walker)
{
    AclVerdict verdict = {.mask_allows = true};
    struct posix_acl_xattr_entry entry;
    const size_t head = sizeof(struct posix_acl_xattr_header);

    /* The mode has the entries of the owner, the mask and others. */
    if (size < head || is(walker, ID_UID, directory->st_uid))
        return mode_allows(directory, walker);
    for (size_t at = head; at + sizeof(entry) <= size; at += sizeof(entry)) {
        memcpy(&entry, (const char *)acl + at, sizeof(entry));
        add_entry(&verdict, &entry, directory, walker);
    }
    if (verdict.user_matches)
        return verdict.user_allows && verdict.mask_allows;
    if (verdict.group_matches)
        return verdict.group_allows && verdict.mask_allows;
    return (directory->st_mode & S_IXOTH) != 0;
}

char *search_obstacle(const char *path, const Walker *walker, int *ret_error)
{
    *ret_error = 0;
    for (const char *slash = path; slash != NULL; slash = strchr(slash + 1, '/')) {
        g_autofree char *directory =
            slash == path ? g_strdup("/") : g_strndup(path, (gsize)(slash - path));
        char acl[4096];
        struct stat attr;
        if (strcmp(directory, path) == 0)
            break;
        if (stat(directory, &attr) < 0) {
            *ret_error = -errno;
            return g_steal_pointer(&directory);
        }
        ssize_t size = getxattr(directory, "system.posix_acl_access", acl, sizeof(acl));
        if (!search_allowed(&attr, acl, size > 0 ? (size_t)size : 0, walker))
            return g_steal_pointer(&directory);
    }
    return NULL;
}
