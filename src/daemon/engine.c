/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine=: who mounts, and why. */
#include "daemon/engine.h"

#include "base/cleanup.h"
#include "daemon/log.h"
#include "daemon/manager.h"
#include "daemon/named_dir.h"
#include "kernel-mount/kernel_error.h"
#include "kernel-mount/kernel_map.h"
#include "kernel-mount/kernel_mount.h"
#include "kernel-mount/mounted_already.h"

#include <fcntl.h>
#include <string.h>
#include <syslog.h>

static KernelMountRequest make_request(const Options *options, const OwnerMap *owners)
{
    return (KernelMountRequest){
        .owners = owners,
        .options = options->flag_options,
        .daemon_options = options->daemon_options,
    };
}

char *engine_reason(const GError *error)
{
    return g_strndup(error->message, strcspn(error->message, "\n"));
}

bool engine_kernel_can(const Options *options, const OwnerMap *owners, const char *lower,
                       GError **error)
{
    const KernelMountRequest request = make_request(options, owners);
    int lower_fd AUTO_CLOSE = lower == NULL ? -1 : open(lower, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (lower_fd < 0)
        return kernel_mount_check(&request, error);
    int fd AUTO_CLOSE = kernel_mount_new(&request, lower_fd, lower, error);
    return fd >= 0;
}

static bool is_there(const Options *options, const OwnerMap *owners, const char *lower,
                     const char *mountpoint)
{
    const KernelMountRequest request = make_request(options, owners);

    return kernel_mount_check(&request, NULL) && mounted_already(&request, lower, mountpoint);
}

static bool mount_by_kernel(const Options *options, const OwnerMap *owners, int lower_fd,
                            const char *lower, int covered_fd, GError **error)
{
    const KernelMountRequest request = make_request(options, owners);
    int fd AUTO_CLOSE = kernel_mount_new(&request, lower_fd, lower, error);

    return fd >= 0 && kernel_mount_attach(fd, covered_fd, error);
}

/* With what somebody who thinks of FUSE would not expect. */
static void tell_engine(const OwnerMap *owners)
{
    OwnerMap adopting = *owners;

    adopting.adopt_host_root = true;
    log_message(LOG_NOTICE, "engine=auto: kernel%s",
                kernel_map_check(&adopting, NULL)
                    ? ""
                    : "; root of the host creates nothing there (hostroot=deny)");
}

static bool succeed(const Options *options, ExitStatus *ret_status)
{
    if (options->foreground)
        manager_tell("READY=1");
    *ret_status = STATUS_SUCCESS;
    return true;
}

bool engine_mount(const Options *options, const OwnerMap *owners, ExitStatus *ret_status,
                  char **ret_reason)
{
    g_autoptr(GError) error = NULL;
    char lower[PATH_MAX];
    char mountpoint[PATH_MAX];
    int lower_fd AUTO_CLOSE = named_dir_open(options->lower, lower);
    int covered_fd AUTO_CLOSE = lower_fd < 0 ? -1 : named_dir_open(options->mountpoint, mountpoint);

    *ret_status = STATUS_MOUNT;
    if (covered_fd < 0)
        return true;
    if (is_there(options, owners, lower, mountpoint)) {
        log_message(LOG_NOTICE, "%s: mounted already, in the same way", mountpoint);
        return succeed(options, ret_status);
    }
    if (mount_by_kernel(options, owners, lower_fd, lower, covered_fd, &error)) {
        if (options->engine == ENGINE_AUTO)
            tell_engine(owners);
        return succeed(options, ret_status);
    }
    if (options->engine == ENGINE_KERNEL) {
        log_message(LOG_ERR, "engine=kernel: %s", error->message);
        if (g_error_matches(error, KERNEL_MOUNT_ERROR, KERNEL_MOUNT_REFUSED))
            *ret_status = STATUS_USAGE;
        return true;
    }
    *ret_reason = engine_reason(error);
    log_message(LOG_NOTICE, "engine=auto: fuse, since %s", *ret_reason);
    return false;
}
