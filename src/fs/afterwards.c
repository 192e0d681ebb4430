/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fs/afterwards.h"

#include "base/cleanup.h"

#include <string.h>
#include <time.h>

static const struct timespec delay = {.tv_nsec = 20 * 1000 * 1000};

void afterwards_init(Afterwards *afterwards)
{
    afterwards->session = NULL;
    afterwards->n = 0;
    pthread_mutex_init(&afterwards->lock, NULL);
    background_init(&afterwards->background, &afterwards->lock);
}

void afterwards_clear(Afterwards *afterwards)
{
    background_clear(&afterwards->background);
    pthread_mutex_destroy(&afterwards->lock);
}

/* Takes what there is to be told; 0: it is time to end. */
static unsigned take(Afterwards *afterwards, uint64_t nodes[AFTERWARDS_MAX])
{
    unsigned n;
    LOCK_SCOPE(&afterwards->lock);

    while (afterwards->n == 0 && !afterwards->background.ended)
        background_rest(&afterwards->background);
    n = afterwards->background.ended ? 0 : afterwards->n;
    memcpy(nodes, afterwards->nodes, n * sizeof(nodes[0]));
    afterwards->n = 0;
    return n;
}

/* No process has a kept listing locked while it waits for us, so this never waits for long. */
static void *run(void *data)
{
    Afterwards *afterwards = data;
    uint64_t nodes[AFTERWARDS_MAX];
    unsigned n;

    while ((n = take(afterwards, nodes)) > 0) {
        nanosleep(&delay, NULL);
        for (unsigned i = 0; i < n; i++)
            fuse_lowlevel_notify_inval_inode(afterwards->session, nodes[i], 0, 0);
    }
    return NULL;
}

void afterwards_forget_listing(Afterwards *afterwards, uint64_t node)
{
    LOCK_SCOPE(&afterwards->lock);

    if (afterwards->session == NULL || afterwards->n == AFTERWARDS_MAX)
        return;
    if (background_wake(&afterwards->background, run, afterwards))
        afterwards->nodes[afterwards->n++] = node;
}

void afterwards_end(Afterwards *afterwards)
{
    background_end(&afterwards->background);
}
