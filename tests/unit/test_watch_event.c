/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/watch_event.h: events as fanotify(7) describes them, and bytes that are none. */
#include "cmocka_all.h"
#include "fs/watch_event.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>

typedef struct {
    char bytes[512] __attribute__((aligned(8)));
    size_t length;
    size_t head; /* of the event that is being written */
} Stream;

/* Events follow each other in any alignment. */
static struct fanotify_event_metadata get_head(const Stream *stream)
{
    struct fanotify_event_metadata head;

    memcpy(&head, stream->bytes + stream->head, sizeof(head));
    return head;
}

static void set_head(Stream *stream, const struct fanotify_event_metadata *head)
{
    memcpy(stream->bytes + stream->head, head, sizeof(*head));
}

static void begin_event(Stream *stream, uint64_t mask, int pid)
{
    const struct fanotify_event_metadata head = {
        .event_len = sizeof(head),
        .vers = FANOTIFY_METADATA_VERSION,
        .metadata_len = sizeof(head),
        .mask = mask,
        .fd = FAN_NOFD,
        .pid = pid,
    };

    stream->head = stream->length;
    memcpy(stream->bytes + stream->length, &head, sizeof(head));
    stream->length += sizeof(head);
}

/* A handle of four bytes, all of which are BYTE; NAME may be NULL. */
static void add_record(Stream *stream, uint8_t type, char byte, const char *name)
{
    struct fanotify_event_info_fid head = {.hdr.info_type = type, .fsid = {{1, byte}}};
    struct file_handle handle = {.handle_bytes = 4, .handle_type = 7};
    const size_t name_size = name != NULL ? strlen(name) + 1 : 0;
    struct fanotify_event_metadata event = get_head(stream);
    const size_t size = sizeof(head) + sizeof(handle) + 4 + name_size;
    char *place = stream->bytes + stream->length;

    head.hdr.len = (uint16_t)size;
    memcpy(place, &head, sizeof(head));
    memcpy(place + sizeof(head), &handle, sizeof(handle));
    memset(place + sizeof(head) + sizeof(handle), byte, 4);
    if (name != NULL)
        memcpy(place + sizeof(head) + sizeof(handle) + 4, name, name_size);
    stream->length += size;
    event.event_len += (uint32_t)size;
    set_head(stream, &event);
}

static void check_handle(const WatchHandle *handle, char byte)
{
    const int fsid[2] = {1, byte};
    const char bytes[4] = {byte, byte, byte, byte};

    assert_int_equal(handle->length, 4);
    assert_int_equal(handle->type, 7);
    assert_memory_equal(handle->bytes, bytes, 4);
    assert_memory_equal(&handle->fsid, fsid, sizeof(fsid));
}

static void test_events(void **state)
{
    Stream stream = {.length = 0};
    WatchEvent event;
    size_t at = 0;

    (void)state;
    begin_event(&stream, FAN_CREATE, 17);
    add_record(&stream, FAN_EVENT_INFO_TYPE_DFID_NAME, 2, "name");
    add_record(&stream, FAN_EVENT_INFO_TYPE_FID, 3, NULL);
    begin_event(&stream, FAN_ATTRIB, 18);
    add_record(&stream, FAN_EVENT_INFO_TYPE_FID, 4, NULL);
    begin_event(&stream, FAN_Q_OVERFLOW, 0);

    assert_true(watch_event_next(stream.bytes, stream.length, &at, &event));
    assert_int_equal(event.mask, FAN_CREATE);
    assert_int_equal(event.pid, 17);
    assert_string_equal(event.name, "name");
    check_handle(&event.dir, 2);
    check_handle(&event.target, 3);
    assert_true(watch_event_next(stream.bytes, stream.length, &at, &event));
    assert_int_equal(event.pid, 18);
    assert_null(event.name);
    assert_int_equal(event.dir.length, 0);
    check_handle(&event.target, 4);
    assert_true(watch_event_next(stream.bytes, stream.length, &at, &event));
    assert_int_equal(event.mask, FAN_Q_OVERFLOW);
    assert_int_equal(event.target.length, 0);
    assert_false(watch_event_next(stream.bytes, stream.length, &at, &event));
    assert_int_equal(at, stream.length);
}

/* Wherever the bytes end, nothing is read behind them, which valgrind and ASan would see. */
static void test_cut_short(void **state)
{
    Stream stream = {.length = 0};

    (void)state;
    begin_event(&stream, FAN_CREATE, 17);
    add_record(&stream, FAN_EVENT_INFO_TYPE_DFID_NAME, 2, "name");
    for (size_t length = 0; length < stream.length; length++) {
        char *copy = malloc(length + 1);
        WatchEvent event;
        size_t at = 0;
        memcpy(copy, stream.bytes, length);
        assert_false(watch_event_next(copy, length, &at, &event));
        free(copy);
    }
}

/* A record that says to be longer than its event, a handle longer than its record, a name without
 * an end, another version: the event is there without what is wrong. */
static void test_wrong_lengths(void **state)
{
    Stream stream = {.length = 0};
    WatchEvent event;
    size_t at = 0;
    struct fanotify_event_metadata head;
    char *record = stream.bytes + sizeof(head);
    struct file_handle *handle =
        (struct file_handle *)(record + offsetof(struct fanotify_event_info_fid, handle));

    (void)state;
    begin_event(&stream, FAN_CREATE, 17);
    add_record(&stream, FAN_EVENT_INFO_TYPE_DFID_NAME, 2, "name");
    handle->handle_bytes = 1000;
    assert_true(watch_event_next(stream.bytes, stream.length, &at, &event));
    assert_int_equal(event.dir.length, 0);
    assert_null(event.name);

    handle->handle_bytes = 4;
    stream.bytes[stream.length - 1] = 'x';
    at = 0;
    assert_true(watch_event_next(stream.bytes, stream.length, &at, &event));
    check_handle(&event.dir, 2);
    assert_null(event.name);

    ((struct fanotify_event_info_header *)record)->len = 1000;
    at = 0;
    assert_true(watch_event_next(stream.bytes, stream.length, &at, &event));
    assert_int_equal(event.dir.length, 0);

    ((struct fanotify_event_info_header *)record)->len = 0;
    at = 0;
    assert_true(watch_event_next(stream.bytes, stream.length, &at, &event));

    head = get_head(&stream);
    head.vers = FANOTIFY_METADATA_VERSION + 1;
    set_head(&stream, &head);
    at = 0;
    assert_false(watch_event_next(stream.bytes, stream.length, &at, &event));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_cut_short),
        cmocka_unit_test(test_wrong_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
