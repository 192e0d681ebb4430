/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of libfuse, whose turns they are, and the rings beside them (src/transport). */
#include "daemon/requests.h"

#include "daemon/log.h"
#include "transport/ring_pool.h"
#include "transport/turns.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

enum {
    THREADS_MAX = 128, /* that serve; so many requests may be stuck below, and others go on */
    IDLE_THREADS_MAX = 8,
};

/* What libfuse hands to the two functions below is the file system, which knows nothing of these;
 * there is one session in a process. */
static RingPool *rings; /* NULL: there is no io_uring */
static Turns turns;
static bool has_turns; /* libfuse reads and writes by the two functions */

static ssize_t read_request(int fd, void *buffer, size_t size, void *userdata)
{
    ssize_t n = turns_read(&turns, buffer, size);

    (void)fd;
    (void)userdata;
    if (n > 0 && rings != NULL)
        ring_pool_see_request(rings, buffer, (size_t)n);
    return n;
}

static ssize_t write_answer(int fd, struct iovec *parts, int n_parts, void *userdata)
{
    (void)userdata;
    return rings != NULL ? ring_pool_write(rings, fd, parts, n_parts) : writev(fd, parts, n_parts);
}

/* NULL, or why libfuse reads and writes by itself. */
static const char *put_between(struct fuse_session *fuse)
{
    static const struct fuse_custom_io io = {.read = read_request, .writev = write_answer};
    const int device = fuse_session_fd(fuse);
    int r;

    turns_init(&turns, device);
    r = fuse_session_custom_io(fuse, &io, sizeof(io), device);
    if (r == -ENOTSUP)
        return "libfuse was built without enable-custom-io";
    return r < 0 ? strerrordesc_np(-r) : NULL;
}

void requests_prepare(struct fuse_session *fuse, const Options *options,
                      const char *_Atomic *refusal)
{
    const char *reason;

    if (options->single_thread) {
        *refusal = "it takes more than one thread (-s)";
        return;
    }
    reason = put_between(fuse);
    has_turns = reason == NULL;
    if (!has_turns)
        log_message(LOG_WARNING, "requests are read by as many threads as libfuse likes: %s",
                    reason);
    *refusal = options->no_io_uring ? "no_io_uring" : reason;
    if (*refusal == NULL)
        rings = ring_pool_new(fuse, refusal);
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
    r = has_turns ? turns_start(&turns) : 0;
    if (r == 0)
        r = fuse_session_loop_mt(fuse, config);
    turns_stop(&turns);
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
