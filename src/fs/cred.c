/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw, per-thread system calls for credentials, each verified. */
#include "fs/cred.h"

#include "base/userns.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
    struct __user_cap_data_struct word[_LINUX_CAPABILITY_U32S_3];
} Caps;

/* Set before there are threads, read by all. */
static struct {
    Caps caps;
    bool has_fsetid;
    uint32_t fsuid;
    uint32_t fsgid;
} process;

/* A new thread has the capabilities that its creator, another worker, had at that moment: it does
 * not know which before it sets them. */
typedef enum {
    SETID_UNKNOWN,
    SETID_KEPT,
    SETID_DROPPED,
} SetidState;

static _Thread_local struct {
    bool own_fs; /* umask and working directory are this thread's */
    SetidState setid;
} thread;

static ErrInt get_caps(Caps *caps)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

    return syscall(SYS_capget, &header, caps->word) < 0 ? -errno : 0;
}

static ErrInt set_caps(const Caps *caps)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

    return syscall(SYS_capset, &header, caps->word) < 0 ? -errno : 0;
}

static bool has_cap(const Caps *caps, int cap)
{
    return (caps->word[CAP_TO_INDEX(cap)].permitted & CAP_TO_MASK(cap)) != 0;
}

static void drop_cap(Caps *caps, int cap)
{
    caps->word[CAP_TO_INDEX(cap)].permitted &= ~CAP_TO_MASK(cap);
    caps->word[CAP_TO_INDEX(cap)].effective &= ~CAP_TO_MASK(cap);
    caps->word[CAP_TO_INDEX(cap)].inheritable &= ~CAP_TO_MASK(cap);
}

static void set_effective(Caps *caps, int cap, bool on)
{
    if (on)
        caps->word[CAP_TO_INDEX(cap)].effective |= CAP_TO_MASK(cap);
    else
        caps->word[CAP_TO_INDEX(cap)].effective &= ~CAP_TO_MASK(cap);
}

/* An ID that setfsuid() refuses for certain is how one asks for the present one. */
static uint32_t present_fsuid(void)
{
    return (uint32_t)syscall(SYS_setfsuid, ID_NONE);
}

static uint32_t present_fsgid(void)
{
    return (uint32_t)syscall(SYS_setfsgid, ID_NONE);
}

ErrInt cred_read_caps(void)
{
    ErrInt r = get_caps(&process.caps);

    process.has_fsetid = has_cap(&process.caps, CAP_FSETID);
    return r;
}

bool cred_is_host_root(void)
{
    struct stat st;

    /* Not there: the kernel has no user namespaces, and so but the initial one. */
    if (stat("/proc/self/ns/user", &st) == 0 && st.st_ino != USERNS_INITIAL_INO)
        return false;
    return has_cap(&process.caps, CAP_SYS_ADMIN);
}

ErrInt cred_init_process(bool *ret_privileged)
{
    Caps caps;
    ErrInt r = get_caps(&caps);

    if (r < 0)
        return r;
    *ret_privileged = has_cap(&caps, CAP_SETUID) && has_cap(&caps, CAP_SETGID) &&
                      has_cap(&caps, CAP_SETPCAP) && has_cap(&caps, CAP_DAC_OVERRIDE);
    if (*ret_privileged) {
        if (prctl(PR_SET_SECUREBITS, prctl(PR_GET_SECUREBITS) | SECBIT_NO_SETUID_FIXUP) < 0)
            return -errno;
        /* Denied (setgroups(2)) in a user namespace whose owner was not allowed it: the groups
         * there are the owner's own, and none has more power than the caller's gid. */
        if (syscall(SYS_setgroups, 0, NULL) < 0 && errno != EPERM)
            return -errno;
    }
    drop_cap(&caps, CAP_SYS_RESOURCE);
    set_effective(&caps, CAP_FSETID, false);
    r = set_caps(&caps);
    if (r == 0)
        r = cred_read_caps();
    if (r < 0)
        return r;
    /* Of no group that files have: a setgid bit that only members may keep is not kept for us. */
    if (*ret_privileged)
        syscall(SYS_setfsgid, ID_MAX);
    process.fsuid = present_fsuid();
    process.fsgid = present_fsgid();
    return 0;
}

static ErrInt take_on_ids(uint32_t uid, uint32_t gid)
{
    /* Neither call reports failure: ask what came of it. */
    syscall(SYS_setfsgid, gid);
    syscall(SYS_setfsuid, uid);
    return present_fsgid() == gid && present_fsuid() == uid ? 0 : -EPERM;
}

ErrInt cred_enter(LowerId uid, LowerId gid, mode_t mask)
{
    if (!thread.own_fs) {
        if (unshare(CLONE_FS) < 0)
            return -errno;
        thread.own_fs = true;
    }
    ErrInt r = take_on_ids(uid.value, gid.value);
    if (r < 0) {
        cred_leave();
        return r;
    }
    umask(mask);
    cred_keep_setid(true);
    return 0;
}

void cred_leave(void)
{
    syscall(SYS_setfsuid, process.fsuid);
    syscall(SYS_setfsgid, process.fsgid);
}

/* As nobody, which leaves the capabilities and so the permissions as they are. In a user namespace
 * that has no such ID nothing happens: UID 0 is another one there. */
void cred_forgo_reserve(bool forgo)
{
    if (forgo && process.fsuid == 0)
        syscall(SYS_setfsuid, ID_MAX);
}

void cred_reserve_again(const bool *forgone)
{
    int saved = errno;

    if (*forgone)
        syscall(SYS_setfsuid, process.fsuid);
    errno = saved;
}

void cred_keep_setid(bool keep)
{
    SetidState wanted = keep ? SETID_KEPT : SETID_DROPPED;
    Caps caps = process.caps;

    if (thread.setid == wanted || !process.has_fsetid)
        return;
    set_effective(&caps, CAP_FSETID, keep);
    if (set_caps(&caps) == 0)
        thread.setid = wanted;
}
