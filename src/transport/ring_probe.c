/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One notification after another, until one was of use. */
#include "transport/ring_probe.h"

#include <linux/fuse.h>
#include <sys/uio.h>

/* What the kernel's own numbers, which are even and begin at 2, will not come to. */
#define FIRST_NUMBER (UINT64_C(1) << 62)

void ring_probe_note(RingProbe *probe, uint64_t file)
{
    unsigned i;

    if (file == 0)
        return;
    i = atomic_fetch_add_explicit(&probe->n_noted, 1, memory_order_relaxed);
    atomic_store_explicit(&probe->files[i % RING_PROBE_FILES], file, memory_order_relaxed);
}

static bool ask_about(RingProbe *probe, uint64_t file)
{
    struct fuse_notify_retrieve_out question = {
        .notify_unique = FIRST_NUMBER + 2 * atomic_fetch_add(&probe->n_asked, 1),
        .nodeid = file,
    };
    struct fuse_out_header header = {
        .len = sizeof(header) + sizeof(question),
        .error = FUSE_NOTIFY_RETRIEVE,
    };
    const struct iovec parts[] = {
        {&header,   sizeof(header)  },
        {&question, sizeof(question)}
    };

    return file != 0 && writev(probe->device, parts, 2) > 0;
}

void ring_probe_ask(RingProbe *probe)
{
    const unsigned last = atomic_load(&probe->n_noted);

    for (unsigned i = 1; i <= RING_PROBE_FILES; i++)
        if (ask_about(probe, atomic_load(&probe->files[(last - i) % RING_PROBE_FILES])))
            return;
}
