/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps, and what came of each. */
#include "daemon/sandbox.h"

#include "base/oom_score.h"
#include "daemon/log.h"

#include <execinfo.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <syslog.h>
#include <time.h>

void sandbox_prepare(void)
{
    void *frame;

    oom_score_lower();
    /* For syslog(3). */
    tzset();
    /* Loads libgcc_s, which pthread_cancel(3) needs. */
    backtrace(&frame, 1);
}

/* What there is no use for. */
static ErrInt set_limits(void)
{
    static const int unused[] = {RLIMIT_CORE, RLIMIT_MSGQUEUE, RLIMIT_RTPRIO};

    for (size_t i = 0; i < sizeof(unused) / sizeof(unused[0]); i++) {
        const struct rlimit none = {0, 0};
        if (setrlimit((__rlimit_resource_t)unused[i], &none) < 0)
            return -errno;
    }
    return prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0;
}

static ErrInt forgo_network(void)
{
    return unshare(CLONE_NEWNET | CLONE_NEWIPC) < 0 ? -errno : 0;
}

/* Nothing that is looked up from now on is outside of the lower directory: not by "..", and no
 * absolute path is looked up at all. */
static ErrInt stay_below(int lower_fd)
{
    return fchdir(lower_fd) < 0 || chroot(".") < 0 ? -errno : 0;
}

static ErrInt hide_files(const Filesystem *fs, int lower_fd)
{
    ErrInt r = sandbox_hide_mounts(fs->proc_fd);

    if (r == 0)
        r = stay_below(lower_fd);
    return fchdir(fs->proc_fd) < 0 ? -errno : r;
}

static ErrInt forgo_privileges(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static void settle(Filesystem *fs, Agreed part, ErrInt r)
{
    if (r == 0)
        return;
    fs->agreement.refusal[part] = strerrordesc_np(-r);
    log_message(LOG_NOTICE, "%s: not in use: %s", agreed_name(part), strerror(-r));
}

/* What is kept for a reason is no matter for the log. */
static void settle_sys_admin(Filesystem *fs)
{
    const char *reason = fs->agreement.refusal[AGREED_SANDBOX_CAPABILITIES];

    if (reason == NULL && filesystem_passthrough_obstacle(fs) == NULL)
        reason = "passthrough takes it";
    fs->agreement.refusal[AGREED_SANDBOX_SYS_ADMIN] = reason;
}

void sandbox_enter(Filesystem *fs, int lower_fd)
{
    settle(fs, AGREED_SANDBOX_LIMITS, set_limits());
    settle(fs, AGREED_SANDBOX_FILES, hide_files(fs, lower_fd));
    settle(fs, AGREED_SANDBOX_NETWORK, forgo_network());
    settle(fs, AGREED_SANDBOX_CAPABILITIES, sandbox_drop_caps(fs));
    settle_sys_admin(fs);
    settle(fs, AGREED_SANDBOX_PRIVILEGES, forgo_privileges());
    settle(fs, AGREED_SANDBOX_CALLS, sandbox_filter_calls(fs));
}

/* The network is out of reach of the calls that remain. */
ErrInt sandbox_enter_xattrs(int proc_fd)
{
    ErrInt r = set_limits();

    if (r == 0)
        r = sandbox_hide_mounts(proc_fd);
    if (r == 0)
        r = fchdir(proc_fd) < 0 ? -errno : sandbox_drop_caps_xattrs();
    if (r == 0)
        r = forgo_privileges();
    return r == 0 ? sandbox_filter_calls_xattrs() : r;
}

/* What reports of sanitizers are made with is files, processes and ptrace(2). */
const char *sandbox_obstacle(bool wanted)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return wanted ? "built with sanitizers" : "sandbox=off";
#else
    return wanted ? NULL : "sandbox=off";
#endif
}

void sandbox_leave_out(Filesystem *fs, const char *obstacle)
{
    for (int part = AGREED_SANDBOX_LIMITS; part <= AGREED_SANDBOX_CALLS; part++)
        fs->agreement.refusal[part] = obstacle;
}
