/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names. */
#include "fs/agreement.h"

const char *agreed_name(Agreed feature)
{
    static const char *const names[AGREED_MAX] = {
        [AGREED_PASSTHROUGH] = "passthrough",
        [AGREED_PASSTHROUGH_EVERYWHERE] = "passthrough_everywhere",
        [AGREED_POSIX_ACL] = "posix_acl",
        [AGREED_KILLPRIV] = "killpriv_v2",
        [AGREED_READDIRPLUS] = "readdirplus",
        [AGREED_CACHED_DIRS] = "cached_dirs",
        [AGREED_CACHED_FILES] = "cached_files",
        [AGREED_SHARED_LOCKS] = "shared_locks",
        [AGREED_FILE_HANDLES] = "nfs_export",
        [AGREED_WATCH] = "watch",
        [AGREED_BIRTH_TIME] = "birth_time",
        [AGREED_LOWER_HANDLES] = "lower_handles",
        [AGREED_ALL_OWNERS] = "all_owners",
        [AGREED_TRUSTED_XATTRS] = "trusted_xattrs",
        [AGREED_IO_URING] = "io_uring",
        [AGREED_SANDBOX_LIMITS] = "sandbox_limits",
        [AGREED_SANDBOX_FILES] = "sandbox_files",
        [AGREED_SANDBOX_NETWORK] = "sandbox_network",
        [AGREED_SANDBOX_CAPABILITIES] = "sandbox_capabilities",
        [AGREED_SANDBOX_SYS_ADMIN] = "sandbox_no_sys_admin",
        [AGREED_SANDBOX_PRIVILEGES] = "sandbox_no_new_privs",
        [AGREED_SANDBOX_CALLS] = "sandbox_system_calls",
    };

    return names[feature];
}
