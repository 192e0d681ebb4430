/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The caller's groups and capabilities, asked for where they are rarely needed. */
#include "fs/caller.h"

#include "base/cleanup.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

/* The text of /proc/PID/status. A list of groups that does not fit loses its end: its owner is
 * then no member of those, which is harmless. */
typedef struct {
    char text[16384];
} Status;

static bool read_status(pid_t pid, Status *ret_status)
{
    char path[32];
    ssize_t n;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    int fd AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, ret_status->text, sizeof(ret_status->text) - 1);
    if (n < 0)
        return false;
    ret_status->text[n] = '\0';
    return true;
}

/* What follows the line's FIELD, "\nName:"; "" when there is no such line. */
static const char *find_field(const Status *status, const char *field)
{
    const char *found = strstr(status->text, field);

    return found != NULL ? found + strlen(field) : "";
}

static bool has_fsetid(const Status *status)
{
    return (strtoull(find_field(status, "\nCapEff:"), NULL, 16) >> CAP_FSETID & 1) != 0;
}

static bool has_group(const Status *status, gid_t gid)
{
    const char *next = find_field(status, "\nGroups:");

    while (*(next += strspn(next, " \t")) >= '0' && *next <= '9') {
        char *end;
        if (strtoul(next, &end, 10) == gid)
            return true;
        next = end;
    }
    return false;
}

bool caller_keeps_setgid(fuse_req_t req, const struct statx *stx)
{
    const OwnerMap *owners = filesystem_of(req)->owners;
    const struct fuse_ctx *caller = fuse_req_ctx(req);
    gid_t group = owner_map_shown(owners, ID_GID, lower_id(stx->stx_gid)).value;
    Status status;

    if (caller->gid == group)
        return true;
    if (!read_status(caller->pid, &status))
        return false;
    if (caller->uid == 0 || caller->uid == owner_map_shown(owners, ID_UID, lower_id(0)).value)
        return has_fsetid(&status) || has_group(&status, group);
    return has_group(&status, group);
}
