/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An event is a header and records behind it, each of which says how long it is. */
#include "fs/watch_event.h"

#include <fcntl.h>
#include <string.h>
#include <sys/fanotify.h>

enum {
    RECORD_HEAD = offsetof(struct fanotify_event_info_fid, handle),
    HANDLE_HEAD = offsetof(struct file_handle, f_handle),
};

/* RECORD has LENGTH bytes. */
static bool read_handle(const char *record, size_t length, WatchHandle *ret_handle)
{
    struct fanotify_event_info_fid head;
    struct file_handle handle;

    if (length < RECORD_HEAD + HANDLE_HEAD)
        return false;
    memcpy(&head, record, RECORD_HEAD);
    memcpy(&handle, record + RECORD_HEAD, HANDLE_HEAD);
    if (handle.handle_bytes > length - RECORD_HEAD - HANDLE_HEAD)
        return false;
    *ret_handle = (WatchHandle){
        .type = handle.handle_type,
        .length = handle.handle_bytes,
        .bytes = (const unsigned char *)record + RECORD_HEAD + HANDLE_HEAD,
    };
    memcpy(&ret_handle->fsid, &head.fsid, sizeof(ret_handle->fsid));
    return true;
}

/* Behind the handle of the directory, up to a zero. */
static const char *read_name(const WatchHandle *dir, const char *end)
{
    const char *name = (const char *)dir->bytes + dir->length;

    return memchr(name, '\0', (size_t)(end - name)) != NULL ? name : NULL;
}

static void read_record(const char *record, size_t length, uint8_t type, WatchEvent *event)
{
    if (type == FAN_EVENT_INFO_TYPE_DFID_NAME && read_handle(record, length, &event->dir))
        event->name = read_name(&event->dir, record + length);
    else if (type == FAN_EVENT_INFO_TYPE_FID)
        read_handle(record, length, &event->target);
}

bool watch_event_next(const char *bytes, size_t length, size_t *at, WatchEvent *ret_event)
{
    struct fanotify_event_metadata head;
    struct fanotify_event_info_header record;
    const char *event = bytes + *at;

    if (length - *at < sizeof(head))
        return false;
    memcpy(&head, event, sizeof(head));
    if (head.vers != FANOTIFY_METADATA_VERSION || head.event_len < head.metadata_len ||
        head.event_len > length - *at)
        return false;
    *ret_event = (WatchEvent){.mask = head.mask, .pid = head.pid};
    for (size_t i = head.metadata_len; head.event_len - i >= sizeof(record); i += record.len) {
        memcpy(&record, event + i, sizeof(record));
        if (record.len < sizeof(record) || record.len > head.event_len - i)
            break;
        read_record(event + i, record.len, record.info_type, ret_event);
    }
    *at += head.event_len;
    return true;
}
