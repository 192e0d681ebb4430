/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of libfuse, and the rings (src/transport) beside them. */
#include "daemon/requests.h"

#include "transport/ring_pool.h"

#include <errno.h>
#include <string.h>

enum {
    THREADS_MAX = 128, /* that serve; so many requests may be stuck below, and others go on */
    IDLE_THREADS_MAX = 8,
};

/* NULL: there is no io_uring. What libfuse hands to the two functions below is the file system,
 * which knows nothing of it; there is one session in a process. */
static RingPool *rings;

static ssize_t read_request(int fd, void *buffer, size_t size, void *userdata)
{
    ssize_t n = read(fd, buffer, size);

    (void)userdata;
    if (n > 0)
        ring_pool_see_request(rings, buffer, (size_t)n);
    return n;
}

static ssize_t write_answer(int fd, struct iovec *parts, int n_parts, void *userdata)
{
    (void)userdata;
    return ring_pool_write(rings, fd, parts, n_parts);
}

static const char *put_between(struct fuse_session *fuse)
{
    static const struct fuse_custom_io io = {.read = read_request, .writev = write_answer};
    int r = fuse_session_custom_io(fuse, &io, sizeof(io), fuse_session_fd(fuse));

    if (r == -ENOTSUP)
        return "libfuse was built without enable-custom-io";
    return r < 0 ? strerrordesc_np(-r) : NULL;
}

void requests_prepare(struct fuse_session *fuse, const Options *options,
                      const char *_Atomic *refusal)
{
    const char *reason;

    *refusal = options->no_io_uring     ? "no_io_uring"
               : options->single_thread ? "it takes more than one thread (-s)"
                                        : NULL;
    if (*refusal == NULL)
        rings = ring_pool_new(fuse, refusal);
    if (rings == NULL)
        return;
    reason = put_between(fuse);
    if (reason != NULL) {
        requests_stop();
        requests_clear();
        *refusal = reason;
    }
}

int requests_loop(struct fuse_session *fuse, const Options *options)
{
    struct fuse_loop_config *config;
    int r;

    if (options->single_thread)
        return fuse_session_loop(fuse);
    config = fuse_loop_cfg_create();
    if (config == NULL)
        return -ENOMEM;
    fuse_loop_cfg_set_max_threads(config, THREADS_MAX);
    fuse_loop_cfg_set_idle_threads(config, IDLE_THREADS_MAX);
    r = fuse_session_loop_mt(fuse, config);
    fuse_loop_cfg_destroy(config);
    return r;
}

void requests_stop(void)
{
    if (rings != NULL)
        ring_pool_stop(rings);
}

void requests_clear(void)
{
    if (rings != NULL)
        ring_pool_free(rings);
    rings = NULL;
}
