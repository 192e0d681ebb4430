/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who calls: users of the host and of a user namespace, each a process below each of the mounts. */
#include "walk.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAP(name) (UINT64_C(1) << (name))

const Caller callers[] = {
    {"ns root",          true,  false, 0,      0,    0,         40, false},
    {"ns 1000",          true,  false, 1000,   0,    0,         50, false},
    {"ns 1001 of 1000",  true,  false, 1001,   1000, 0,         30, false},
    {"ns 2000",          true,  false, 2000,   0,    0,         20, false},
    {"ns root, less",    true,  false, 0,      1000,
     CAP(CAP_FSETID) | CAP(CAP_FOWNER) | CAP(CAP_DAC_OVERRIDE), 20, false},
    {"host root",        false, false, 0,      0,    0,         20, true },
    {"host 101000",      false, false, 101000, 0,    0,         10, false},
    {"host 5000",        false, false, 5000,   0,    0,         8,  true },
    {"host root, lower", false, true,  0,      0,    0,         8,  false},
};
const unsigned callers_count = sizeof(callers) / sizeof(callers[0]);

/* The process has all capabilities over its namespace; users but root must have none. */
static void reduce_caps(const Caller *caller)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];
    uint64_t lacks = caller->id == 0 ? caller->lacks : UINT64_MAX;

    if (syscall(SYS_capget, &header, caps) < 0)
        walk_fail("capget: %s", strerror(errno));
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        uint32_t keep = ~(uint32_t)(lacks >> (32 * i));
        caps[i].effective &= keep;
        caps[i].permitted &= keep;
        caps[i].inheritable &= keep;
    }
    if (syscall(SYS_capset, &header, caps) < 0)
        walk_fail("capset: %s", strerror(errno));
}

void caller_become(const Caller *caller, const char *root, int user_namespace)
{
    gid_t groups[] = {caller->group};

    if (chroot(root) < 0 || chdir("/") < 0)
        walk_fail("%s: %s", root, strerror(errno));
    if (caller->in_namespace && setns(user_namespace, CLONE_NEWUSER) < 0)
        walk_fail("setns: %s", strerror(errno));
    if (setgroups(caller->group != 0, groups) < 0 ||
        setresgid(caller->id, caller->id, caller->id) < 0 ||
        setresuid(caller->id, caller->id, caller->id) < 0)
        walk_fail("IDs of %s: %s", caller->name, strerror(errno));
    reduce_caps(caller);
}
