/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether somebody may go through a directory, by its owners, mode and ACL. */
#pragma once

#include "core/id.h"

#include <stddef.h>
#include <sys/stat.h>

/* A user of no capabilities and one group; ID_NONE where there is none. */
typedef struct {
    uint32_t ids[ID_KIND_COUNT];
} Walker;

/* ACL is the value of system.posix_acl_access, or SIZE is 0. The rules are those of acl(5), "ACCESS
 * CHECK ALGORITHM". */
bool search_allowed(const struct stat *directory, const void *acl, size_t size,
                    const Walker *walker);

/* The first directory of the absolute PATH, which has no symbolic links in it, that WALKER may not
 * go through, PATH itself not included; NULL: none. -errno in RET_ERROR, else 0: one cannot be
 * looked at; it is returned. The caller frees with g_free(). */
char *search_obstacle(const char *path, const Walker *walker, int *ret_error);
