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
    uint32_t uid;
    uint32_t gid;
} process;

/* A new thread has the capabilities that its creator, another worker, had at that moment: it does
 * not know which before it sets them. */
typedef enum {
    SETID_UNKNOWN,
    SETID_KEPT,
    SETID_DROPPED,
} SetidState;

static _Thread_local struct {
    bool own_fs;  /* umask and working directory are this thread's */
    mode_t umask; /* if they are */
    SetidState setid;
    bool is_other; /* than whom the process began as */
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
    process.uid = geteuid();
    /* An ID that is refused for certain is how one asks for the present one. */
    process.gid = (uint32_t)syscall(SYS_setfsgid, ID_NONE);
    return 0;
}

/* The effective ID and with it the file-system ID. setfsuid(2) would do, but does not report
 * failure. */
static ErrInt switch_uid(uint32_t uid)
{
    if (syscall(SYS_setresuid, ID_NONE, uid, ID_NONE) < 0)
        return -errno;
    thread.is_other = uid != process.uid;
    return 0;
}

static ErrInt switch_gid(uint32_t gid)
{
    return syscall(SYS_setresgid, ID_NONE, gid, ID_NONE) < 0 ? -errno : 0;
}

static ErrInt take_umask(mode_t mask)
{
    if (thread.own_fs && thread.umask == mask)
        return 0;
    if (!thread.own_fs && unshare(CLONE_FS) < 0)
        return -errno;
    umask(mask);
    thread.umask = mask;
    thread.own_fs = true;
    return 0;
}

ErrInt cred_enter(LowerId uid, LowerId gid, mode_t mask)
{
    ErrInt r = take_umask(mask);

    if (r < 0)
        return r;
    if (switch_gid(gid.value) == 0 && switch_uid(uid.value) == 0)
        return 0;
    cred_leave(false);
    return -EPERM;
}

void cred_leave(bool forgo_reserve)
{
    switch_gid(process.gid);
    if (thread.is_other && !forgo_reserve)
        switch_uid(process.uid);
}

/* As nobody, which leaves the capabilities and so the permissions as they are. In a user namespace
 * that has no such ID nothing happens: UID 0 is another one there. */
void cred_forgo_reserve(bool forgo)
{
    if (forgo && process.uid == 0 && !thread.is_other)
        switch_uid(ID_MAX);
}

void cred_reserve_again(const bool *forgone)
{
    int saved = errno;

    if (*forgone && thread.is_other)
        switch_uid(process.uid);
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
