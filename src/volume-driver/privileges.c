/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver itself is allowed to do: capabilities, by the raw system calls.
 *
 * They stay permitted, and only stop to be effective: with no_new_privs, as in the systemd unit, a
 * program that root executes gets no more than what its caller is permitted. So this keeps mistakes
 * of the driver small; it is no wall around it. */
#include "volume-driver/privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int needed[] = {
    CAP_SYS_ADMIN,    /* umount2(2) */
    CAP_DAC_OVERRIDE, /* sources in directories of others */
    CAP_FSETID,       /* create=2775 where the group is another one */
};

ErrInt privileges_limit(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct word[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, word) < 0)
        return -errno;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        word[i].effective = 0;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        word[CAP_TO_INDEX(needed[i])].effective |= CAP_TO_MASK(needed[i]);
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        word[i].effective &= word[i].permitted;
    return syscall(SYS_capset, &header, word) < 0 ? -errno : 0;
}
