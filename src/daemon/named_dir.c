/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories that the user named. */
#include "daemon/named_dir.h"

#include "base/cleanup.h"
#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

int named_dir_open(const char *name, char path[PATH_MAX])
{
    int fd AUTO_CLOSE = -1;
    struct stat attr;

    if (realpath(name, path) != NULL)
        fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    /* Opening with O_PATH asks nothing of a FUSE mount there, so it works on a dead one, too. */
    if (fd >= 0 && fstat(fd, &attr) == 0)
        return steal_fd(&fd);
    log_message(LOG_ERR, "%s: %s%s", name, strerror(errno),
                errno == ENOTCONN ? "\n  the daemon of what is mounted there has died: unmount it"
                                  : "");
    return -1;
}
