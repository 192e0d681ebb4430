/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is not effective here stays permitted: with no_new_privs, a program that root executes gets
 * no more than what its caller is permitted. So that part keeps mistakes of the driver small, and
 * is no wall around it. */
#include "volume-driver/privileges.h"

#include "base/caps.h"
#include "base/oom_score.h"
#include "volume-driver/driver_error.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const CapRow used[] = {
    {CAP_SYS_ADMIN,    "umount2(2)"                                },
    {CAP_DAC_OVERRIDE, "sources in directories of others"          },
    {CAP_FSETID,       "create=2775 where the group is another one"},
};

/* An ordinary user has no capabilities, and mounts by a setuid program, fusermount3, which takes
 * what is in the bounding set. */
static ErrInt limit_programs(void)
{
    if (geteuid() != 0)
        return 0;
    ErrInt r = caps_limit(caps_of_remapfs, caps_of_remapfs_count);
    return r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : r;
}

static ErrInt limit_cores(void)
{
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) < 0 ? -errno : 0;
}

/* A sanitizer looks in at the end. */
static ErrInt keep_others_out(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0;
#else
    return prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0;
#endif
}

bool privileges_limit(GError **error)
{
    oom_score_lower();
    ErrInt r = limit_programs();
    if (r == 0)
        r = caps_use(used, G_N_ELEMENTS(used));
    if (r < 0)
        return driver_error_set(error,
                                "cannot give up the capabilities that are not needed: %s\n"
                                "  that takes CAP_SETPCAP",
                                g_strerror(-r));
    r = limit_cores();
    if (r == 0)
        r = keep_others_out();
    return r == 0 || driver_error_set(error, "cannot do without core dumps: %s", g_strerror(-r));
}
