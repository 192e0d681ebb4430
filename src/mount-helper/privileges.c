/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount(8) runs a helper with all that root has. For an ordinary user it has given up its own
 * privileges before, and the mount is made by a setuid program, fusermount3. */
#include "mount-helper/privileges.h"

#include "base/caps.h"
#include "base/oom_score.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

static const CapRow for_remount[] = {
    {CAP_SYS_ADMIN,       "mount(2), mount_setattr(2)"         },
    {CAP_DAC_READ_SEARCH, "a mount point in a closed directory"},
};

G_DEFINE_QUARK(remapfs - mount - privileges - error, privileges_error)

static ErrInt limit_caps(bool remounts)
{
    return remounts ? caps_limit(for_remount, G_N_ELEMENTS(for_remount))
                    : caps_limit(caps_of_remapfs, caps_of_remapfs_count);
}

bool privileges_limit(bool remounts, GError **error)
{
    ErrInt r;

    if (geteuid() != 0)
        return true;
    /* remapfs itself could not any more. */
    if (!remounts)
        oom_score_lower();
    r = limit_caps(remounts);
    if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        r = -errno;
    if (r == 0)
        return true;
    g_set_error(error, PRIVILEGES_ERROR, 0,
                "cannot give up the capabilities that are not needed: %s\n"
                "  that takes CAP_SETPCAP",
                g_strerror(-r));
    return false;
}
