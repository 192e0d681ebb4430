/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On whose behalf a thread creates, see credentials(7) and capabilities(7).
 *
 * The lower file system takes a new inode's owner from the file-system IDs of the thread that
 * creates it, which follow its effective IDs, and its mode from that thread's umask. So a worker
 * takes on the IDs for just that call: the inode never has another owner, not even for an instant.
 * All of this is per thread in the kernel but not in glibc, whose setgroups() and the like change
 * every thread of the process: hence raw system calls.
 *
 * Permission was decided by the kernel before a request came here. The thread must keep its
 * capabilities across the switch, or it would be refused what the caller is allowed
 * (SECBIT_NO_SETUID_FIXUP). */
#pragma once

#include "base/cleanup.h"
#include "base/errint.h"
#include "core/id.h"

#include <stdbool.h>
#include <sys/types.h>

/* Once, before there are threads: no supplementary groups, capabilities kept across a switch of
 * IDs, no CAP_SYS_RESOURCE (it would exempt every writer from quotas and reserved blocks), and
 * CAP_FSETID lowered. Without privilege it does what it may; *ret_privileged says whether IDs
 * other than our own can be taken on. */
ErrInt cred_init_process(bool *ret_privileged);

/* Whether the process has CAP_SYS_ADMIN in the initial user namespace, which some features of the
 * kernel take. While /proc is there. */
bool cred_is_host_root(void);

/* Again before there are threads: capabilities were given up. */
ErrInt cred_read_caps(void);

/* The calling thread creates as UID and GID, with UMASK, until cred_leave(). -EPERM: not allowed
 * to take on these IDs; nothing is switched then. The umask is the thread's own, not another
 * thread's. */
ErrInt cred_enter(LowerId uid, LowerId gid, mode_t umask);

/* FORGO_RESERVE: CRED_FORGO_RESERVE(true) follows, which then finds nothing to switch, unless the
 * creator was UID 0, and switches back at its end. */
void cred_leave(bool forgo_reserve);

/* What a file system keeps free for UID 0 (ext4, mke2fs -m) is out of reach for the calling thread
 * until the end of the enclosing block, if FORGO: it takes space for somebody else. Once a block,
 * and not between cred_enter() and cred_leave(). */
#define CRED_FORGO_RESERVE(forgo)                                                                  \
    bool forgoes_reserve CLEANUP(cred_reserve_again) = (forgo);                                    \
    cred_forgo_reserve(forgoes_reserve)

void cred_forgo_reserve(bool forgo);
void cred_reserve_again(const bool *forgone);

/* CAP_FSETID of the calling thread, which keeps setuid and setgid bits where others lose them: on
 * for creation and chmod, whose mode the kernel settled for the caller, and for a writer that has
 * the capability itself; else off. Does nothing when it is as wanted already. */
void cred_keep_setid(bool keep);

/* The same for a request that does not say whether its caller has CAP_FSETID. In the mounter's
 * namespace UID 0 has it; nobody in any other namespace has it over a lower file. */
static inline void cred_keep_setid_for(uid_t caller)
{
    cred_keep_setid(caller == 0);
}
