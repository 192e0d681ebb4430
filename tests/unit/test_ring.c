/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a ring lets us do, which is next to nothing, and what becomes of the bytes in an entry. */
#include "cmocka_all.h"
#include "transport/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct {
    Ring ring;
    int device;
    int event_fd;
} World;

static int set_up(void **state)
{
    World *world = calloc(1, sizeof(*world));

    /* Something that knows no commands of io_uring. */
    world->device = eventfd(0, EFD_CLOEXEC);
    world->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    *state = world;
    if (ring_init(&world->ring, 1, world->device, world->event_fd) < 0) {
        print_message("no io_uring with restrictions here\n");
        *state = NULL;
    }
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;

    if (world == NULL)
        return 0;
    ring_clear(&world->ring);
    close(world->device);
    close(world->event_fd);
    free(world);
    return 0;
}

static World *world_of(void **state)
{
    if (*state == NULL)
        skip();
    return *state;
}

/* The result of what PREPARE puts into a submission. */
static int result_of(Ring *ring, void (*prepare)(struct io_uring_sqe *sqe))
{
    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring->uring);
    struct io_uring_cqe *cqe;
    int r;

    memset(sqe, 0, 2 * sizeof(*sqe));
    prepare(sqe);
    assert_int_equal(io_uring_submit_and_wait(&ring->uring, 1), 1);
    assert_int_equal(io_uring_peek_cqe(&ring->uring, &cqe), 0);
    r = cqe->res;
    io_uring_cqe_seen(&ring->uring, cqe);
    return r;
}

static void prepare_open(struct io_uring_sqe *sqe)
{
    io_uring_prep_openat(sqe, AT_FDCWD, "/dev/null", O_RDONLY, 0);
}

static void prepare_nothing(struct io_uring_sqe *sqe)
{
    io_uring_prep_nop(sqe);
}

static void prepare_foreign_poll(struct io_uring_sqe *sqe)
{
    io_uring_prep_poll_add(sqe, STDOUT_FILENO, POLLOUT);
}

static void prepare_own_poll(struct io_uring_sqe *sqe)
{
    io_uring_prep_poll_add(sqe, 1, POLLIN);
    sqe->flags = IOSQE_FIXED_FILE;
}

static void serves_nothing_but_the_device(void **state)
{
    World *world = world_of(state);
    Ring *ring = &world->ring;

    assert_int_equal(ring_enable(ring), 0);
    assert_int_equal(result_of(ring, prepare_open), -EACCES);
    assert_int_equal(result_of(ring, prepare_nothing), -EACCES);
    assert_int_equal(result_of(ring, prepare_foreign_poll), -EACCES);
    eventfd_write(world->event_fd, 1);
    assert_int_equal(result_of(ring, prepare_own_poll), POLLIN);
}

static void takes_no_more_files(void **state)
{
    World *world = world_of(state);
    int fd = STDOUT_FILENO;

    assert_int_equal(ring_enable(&world->ring), 0);
    assert_int_equal(io_uring_register_eventfd(&world->ring.uring, fd), -EACCES);
    assert_int_equal(io_uring_unregister_files(&world->ring.uring), -EACCES);
}

static void tells_of_an_event(void **state)
{
    World *world = world_of(state);
    RingEntry *entry;
    ErrInt r;

    assert_int_equal(ring_enable(&world->ring), 0);
    ring_watch_event(&world->ring);
    eventfd_write(world->event_fd, 1);
    assert_int_equal(ring_next(&world->ring, &entry, &r), RING_EVENT);
    assert_int_equal(r, 0);
}

static void tells_why_there_is_no_request(void **state)
{
    World *world = world_of(state);
    RingEntry *entry = ring_entry_new(0, 8192);
    RingEntry *got;
    struct iovec parts[2];
    ErrInt r;

    assert_int_equal(ring_enable(&world->ring), 0);
    ring_register(&world->ring, entry, parts);
    assert_int_equal(ring_next(&world->ring, &got, &r), RING_END);
    assert_true(r < 0);
    ring_entry_free(entry);
}

static void answers_as_much_as_there_is_room_for(void **state)
{
    RingEntry *entry = ring_entry_new(3, 8192);
    struct fuse_out_header out = {.len = 16 + 5, .unique = 7};
    char large[8193] = "";
    struct iovec parts[2];
    struct iovec answer[] = {
        {&out,    sizeof(out)},
        {"hello", 5          },
    };
    struct fuse_out_header there;

    (void)state;
    ring_entry_parts(entry, parts);
    assert_int_equal(parts[0].iov_len, 288);
    assert_int_equal(parts[1].iov_len, 8192);
    ring_entry_answer(entry, answer, 2);
    memcpy(&there, entry->header->in_out, sizeof(there));
    assert_int_equal(there.unique, 7);
    assert_int_equal(there.error, 0);
    assert_int_equal(entry->header->entry.payload_size, 5);
    assert_memory_equal(parts[1].iov_base, "hello", 5);

    answer[1] = (struct iovec){large, sizeof(large)};
    ring_entry_answer(entry, answer, 2);
    memcpy(&there, entry->header->in_out, sizeof(there));
    assert_int_equal(there.error, -EIO);
    ring_entry_free(entry);
}

/* The kernel's request that comes of FUSE_NOTIFY_RETRIEVE is answered, any other is left alone. */
static void knows_what_comes_of_a_probe(void **state)
{
    RingEntry *entry = ring_entry_new(0, 8192);
    struct fuse_in_header in = {.opcode = FUSE_OPEN, .unique = 6, .nodeid = 5};
    struct fuse_out_header out;

    (void)state;
    memcpy(entry->header->in_out, &in, sizeof(in));
    assert_false(ring_entry_is_probe(entry));
    assert_int_equal(ring_entry_file(entry), 5);
    in.opcode = FUSE_NOTIFY_REPLY;
    entry->header->entry.payload_size = 40;
    memcpy(entry->header->in_out, &in, sizeof(in));
    assert_int_equal(ring_entry_file(entry), 0);
    assert_true(ring_entry_is_probe(entry));
    memcpy(&out, entry->header->in_out, sizeof(out));
    assert_int_equal(out.unique, 6);
    assert_int_equal(out.error, 0);
    assert_int_equal(entry->header->entry.payload_size, 0);
    ring_entry_free(entry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(serves_nothing_but_the_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_no_more_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_of_an_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_why_there_is_no_request, set_up, tear_down),
        cmocka_unit_test(answers_as_much_as_there_is_room_for),
        cmocka_unit_test(knows_what_comes_of_a_probe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
