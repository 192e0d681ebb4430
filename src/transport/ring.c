/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With liburing, see io_uring_enter(2). */
#include "transport/ring.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILE_DEVICE, FILE_EVENT }; /* registered with the ring */

/* What liburing 2.3 declares, but does not export. */
static ErrInt register_with(struct io_uring *uring, unsigned operation, const void *arg, unsigned n)
{
    return syscall(SYS_io_uring_register, uring->ring_fd, operation, arg, n) < 0 ? -errno : 0;
}

static ErrInt restrict_to(struct io_uring *uring, int device, int event_fd)
{
    const int files[] = {[FILE_DEVICE] = device, [FILE_EVENT] = event_fd};
    struct io_uring_restriction only[] = {
        {.opcode = IORING_RESTRICTION_SQE_OP,             .sqe_op = IORING_OP_URING_CMD},
        {.opcode = IORING_RESTRICTION_SQE_OP,             .sqe_op = IORING_OP_POLL_ADD },
        {.opcode = IORING_RESTRICTION_SQE_FLAGS_REQUIRED, .sqe_flags = IOSQE_FIXED_FILE},
    };
    int r = io_uring_register_files(uring, files, sizeof(files) / sizeof(files[0]));

    return r < 0 ? r
                 : register_with(uring, IORING_REGISTER_RESTRICTIONS, only,
                                 sizeof(only) / sizeof(only[0]));
}

ErrInt ring_init(Ring *ring, unsigned n_entries, int device, int event_fd)
{
    struct io_uring_params params = {
        .flags = IORING_SETUP_SQE128 | IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED |
                 IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
        .cq_entries = 2 * (n_entries + 1),
    };
    int r = io_uring_queue_init_params(n_entries + 1, &ring->uring, &params);

    if (r < 0)
        return r;
    r = restrict_to(&ring->uring, device, event_fd);
    if (r < 0)
        ring_clear(ring);
    return r;
}

void ring_clear(Ring *ring)
{
    io_uring_queue_exit(&ring->uring);
}

ErrInt ring_enable(Ring *ring)
{
    return register_with(&ring->uring, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
}

/* Of a ring that is full what there is so far is submitted. */
static struct io_uring_sqe *submission(Ring *ring, int operation, int file, const void *data)
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring->uring);

    while (sqe == NULL) {
        io_uring_submit(&ring->uring);
        sqe = io_uring_get_sqe(&ring->uring);
    }
    /* With IORING_SETUP_SQE128 it is as long as two. */
    memset(sqe, 0, 2 * sizeof(*sqe));
    sqe->opcode = (uint8_t)operation;
    sqe->fd = file;
    sqe->flags = IOSQE_FIXED_FILE;
    sqe->user_data = (uintptr_t)data;
    return sqe;
}

static struct io_uring_sqe *command(Ring *ring, uint32_t operation, const RingEntry *entry)
{
    const UringCommand arguments = {
        .commit_id = operation == URING_ABI_REGISTER ? 0 : entry->header->entry.commit_id,
        .queue = entry->queue,
    };
    struct io_uring_sqe *sqe = submission(ring, IORING_OP_URING_CMD, FILE_DEVICE, entry);

    sqe->cmd_op = operation;
    memcpy(sqe->cmd, &arguments, sizeof(arguments));
    return sqe;
}

void ring_watch_event(Ring *ring)
{
    submission(ring, IORING_OP_POLL_ADD, FILE_EVENT, NULL)->poll32_events = POLLIN;
}

void ring_register(Ring *ring, RingEntry *entry, struct iovec parts[2])
{
    struct io_uring_sqe *sqe = command(ring, URING_ABI_REGISTER, entry);

    ring_entry_parts(entry, parts);
    sqe->addr = (uintptr_t)parts;
    sqe->len = 2;
}

void ring_commit(Ring *ring, RingEntry *entry)
{
    atomic_store(&entry->state, ENTRY_IDLE);
    command(ring, URING_ABI_COMMIT_AND_FETCH, entry);
}

void ring_submit(Ring *ring)
{
    io_uring_submit(&ring->uring);
}

/* Whether there is a result, *RET_RESULT, of what was submitted for *RET_ENTRY. A signal, of a
 * debugger as well, ends the wait with nothing. */
static bool wait_for_result(struct io_uring *uring, RingEntry **ret_entry, int *ret_result)
{
    struct io_uring_cqe *cqe;
    int r = io_uring_submit_and_wait(uring, 1);

    if (r >= 0)
        r = io_uring_peek_cqe(uring, &cqe);
    *ret_result = r;
    if (r < 0)
        return r != -EINTR && r != -EAGAIN;
    *ret_entry = io_uring_cqe_get_data(cqe);
    *ret_result = cqe->res;
    io_uring_cqe_seen(uring, cqe);
    return true;
}

RingNews ring_next(Ring *ring, RingEntry **ret_entry, ErrInt *ret_error)
{
    int result;

    for (;;) {
        if (!wait_for_result(&ring->uring, ret_entry, &result))
            continue;
        *ret_error = result < 0 ? result : 0;
        if (result < 0)
            return RING_END;
        if (*ret_entry == NULL)
            return RING_EVENT;
        if (!ring_entry_is_probe(*ret_entry))
            return RING_ENTRY;
        ring_commit(ring, *ret_entry);
    }
}
