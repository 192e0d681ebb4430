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

CallerTraits caller_look_at(pid_t pid, gid_t group)
{
    CallerTraits traits = 0;
    Status status;

    if (!read_status(pid, &status))
        return 0;
    if (has_group(&status, group))
        traits |= CALLER_IS_MEMBER;
    if (has_fsetid(&status))
        traits |= CALLER_HAS_FSETID;
    return traits;
}

/* From within the sandbox there are no processes to be seen. */
static CallerTraits find_traits(Filesystem *fs, pid_t pid, gid_t group)
{
    const Errand errand = {.kind = ERRAND_CALLER, .pid = pid, .gid = group};

    return fs->errands.fd < 0 ? caller_look_at(pid, group) : errand_run(&fs->errands, &errand);
}

bool caller_keeps_setgid(fuse_req_t req, const struct statx *stx)
{
    const OwnerMap *owners = live_map_owners();
    const struct fuse_ctx *caller = fuse_req_ctx(req);
    gid_t group = owner_map_shown(owners, ID_GID, lower_id(stx->stx_gid)).value;
    CallerTraits traits;

    if (caller->gid == group)
        return true;
    traits = find_traits(filesystem_of(req), caller->pid, group);
    if (caller->uid != 0 && caller->uid != owner_map_shown(owners, ID_UID, lower_id(0)).value)
        traits &= (CallerTraits)~CALLER_HAS_FSETID;
    return traits != 0;
}
