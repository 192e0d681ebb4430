/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By the raw system calls, before there are threads. */
#include "base/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const CapRow caps_of_remapfs[] = {
    {CAP_SYS_ADMIN,       "mounts and unmounts; namespaces; passthrough; trusted.* attributes"},
    {CAP_SYS_CHROOT,      "the root directory of its sandbox"                                 },
    {CAP_SETPCAP,         "gives up capabilities for good; keeps them when it creates"        },
    {CAP_SETUID,          "what is created has its owner from the start; user namespaces"     },
    {CAP_SETGID,          "its group"                                                         },
    {CAP_DAC_OVERRIDE,    "opens, changes and makes files whoever owns them"                  },
    {CAP_DAC_READ_SEARCH, "open_by_handle_at(2); reads sources of maps"                       },
    {CAP_FOWNER,          "chmod, utimes and attributes of files of others"                   },
    {CAP_CHOWN,           "chown, for callers who may"                                        },
    {CAP_FSETID,          "keeps setgid where the caller may"                                 },
    {CAP_SETFCAP,         "security.capability; user namespaces that have UID 0"              },
    {CAP_MKNOD,           "device nodes, for callers who may"                                 },
    {CAP_LINUX_IMMUTABLE, "chattr +i and +a, for callers who may"                             },
    {CAP_SYS_PTRACE,      "looks at processes of others: map=pid:, map=userns:, callers"      },
};
const size_t caps_of_remapfs_count = sizeof(caps_of_remapfs) / sizeof(caps_of_remapfs[0]);

typedef struct __user_cap_data_struct CapWords[_LINUX_CAPABILITY_U32S_3];

static ErrInt get(CapWords words)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

    return syscall(SYS_capget, &header, words) < 0 ? -errno : 0;
}

static ErrInt set(CapWords words)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

    return syscall(SYS_capset, &header, words) < 0 ? -errno : 0;
}

uint64_t caps_mask(const CapRow *rows, size_t n)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < n; i++)
        mask |= UINT64_C(1) << rows[i].capability;
    return mask;
}

static uint32_t word_of(uint64_t mask, size_t i)
{
    return (uint32_t)(mask >> (32 * i));
}

/* To ask for a capability that the kernel does not know is EINVAL. */
static ErrInt limit_bounding_set(uint64_t mask)
{
    int there;

    for (unsigned long capability = 0; (there = prctl(PR_CAPBSET_READ, capability, 0, 0, 0)) >= 0;
         capability++)
        if (there > 0 && (mask & UINT64_C(1) << capability) == 0 &&
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
            return -errno;
    return 0;
}

ErrInt caps_limit(const CapRow *rows, size_t n)
{
    const uint64_t mask = caps_mask(rows, n);
    CapWords words;
    ErrInt r = limit_bounding_set(mask);

    if (r == 0)
        r = get(words);
    if (r < 0)
        return r;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        words[i].permitted &= word_of(mask, i);
        words[i].effective &= word_of(mask, i);
        words[i].inheritable = 0;
    }
    return set(words);
}

ErrInt caps_use(const CapRow *rows, size_t n)
{
    const uint64_t mask = caps_mask(rows, n);
    CapWords words;
    ErrInt r = get(words);

    if (r < 0)
        return r;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        words[i].effective = words[i].permitted & word_of(mask, i);
    return set(words);
}
