/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where what is in an entry. */
#include "transport/ring_entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    /* A page for the header. The beginning of a request is put together right before the payload.
     */
    PAYLOAD_OFFSET = 4096,
};

static _Thread_local RingEntry *at_hand;

RingEntry *ring_entry_new(uint16_t queue, size_t payload_size)
{
    RingEntry *entry = calloc(1, sizeof(*entry));
    void *mapping;

    if (entry == NULL)
        return NULL;
    mapping = mmap(NULL, PAYLOAD_OFFSET + payload_size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) {
        free(entry);
        return NULL;
    }
    entry->queue = queue;
    entry->header = mapping;
    entry->payload_size = payload_size;
    return entry;
}

void ring_entry_free(RingEntry *entry)
{
    munmap(entry->header, PAYLOAD_OFFSET + entry->payload_size);
    free(entry);
}

static char *payload_of(const RingEntry *entry)
{
    return (char *)entry->header + PAYLOAD_OFFSET;
}

void ring_entry_parts(const RingEntry *entry, struct iovec parts[2])
{
    parts[0] = (struct iovec){entry->header, sizeof(*entry->header)};
    parts[1] = (struct iovec){payload_of(entry), entry->payload_size};
}

static struct fuse_in_header request_of(const RingEntry *entry)
{
    struct fuse_in_header in;

    memcpy(&in, entry->header->in_out, sizeof(in));
    return in;
}

/* As it would have been read from the device; until the answer is put there. */
static struct fuse_buf take(RingEntry *entry)
{
    const UringHeader *header = entry->header;
    const struct fuse_in_header in = request_of(entry);
    char *begin = payload_of(entry) - (in.len - header->entry.payload_size);

    memcpy(begin, &in, sizeof(in));
    memcpy(begin + sizeof(in), header->first_argument,
           (size_t)(payload_of(entry) - begin) - sizeof(in));
    atomic_store(&entry->state, ENTRY_TAKEN);
    atomic_store(&entry->unique, in.unique);
    return (struct fuse_buf){.mem = begin, .size = in.len};
}

/* What has no answer is to be given back all the same. */
static void answer_with_nothing(RingEntry *entry, uint64_t unique)
{
    const struct fuse_out_header out = {.len = sizeof(out), .unique = unique};

    memcpy(entry->header->in_out, &out, sizeof(out));
    entry->header->entry.payload_size = 0;
}

bool ring_entry_is_probe(RingEntry *entry)
{
    const struct fuse_in_header in = request_of(entry);

    if (in.opcode != FUSE_NOTIFY_REPLY)
        return false;
    answer_with_nothing(entry, in.unique);
    return true;
}

uint64_t ring_entry_file(const RingEntry *entry)
{
    const struct fuse_in_header in = request_of(entry);

    switch (in.opcode) {
    case FUSE_SETATTR:
    case FUSE_OPEN:
    case FUSE_READ:
    case FUSE_WRITE:
    case FUSE_FLUSH:
    case FUSE_RELEASE:
    case FUSE_SETLK:
    case FUSE_SETLKW:
        return in.nodeid;
    default:
        return 0;
    }
}

bool ring_entry_serve(RingEntry *entry, struct fuse_session *session)
{
    const struct fuse_in_header in = request_of(entry);
    const struct fuse_buf request = take(entry);

    at_hand = entry;
    fuse_session_process_buf(session, &request);
    at_hand = NULL;
    /* Most come by the device, but the one for an entry of a listing that the kernel cannot take in
     * comes here, and is waited for (fs/fuse/readdir.c, fuse_force_forget()). */
    if (in.opcode == FUSE_FORGET || in.opcode == FUSE_BATCH_FORGET) {
        atomic_store(&entry->unique, 0);
        answer_with_nothing(entry, in.unique);
        return true;
    }
    return atomic_exchange(&entry->state, ENTRY_LATE) == ENTRY_ANSWERED;
}

RingEntry *ring_entry_at_hand(void)
{
    return at_hand;
}

/* -EIO: there is not as much room. */
static ErrInt fill_payload(RingEntry *entry, const struct iovec *parts, int n_parts)
{
    size_t filled = 0;

    for (int i = 0; i < n_parts; i++) {
        if (parts[i].iov_len > entry->payload_size - filled)
            return -EIO;
        memcpy(payload_of(entry) + filled, parts[i].iov_base, parts[i].iov_len);
        filled += parts[i].iov_len;
    }
    entry->header->entry.payload_size = (uint32_t)filled;
    return 0;
}

EntryState ring_entry_answer(RingEntry *entry, const struct iovec *parts, int n_parts)
{
    struct fuse_out_header out;

    memcpy(&out, parts[0].iov_base, sizeof(out));
    if (fill_payload(entry, parts + 1, n_parts - 1) < 0)
        out.error = -EIO;
    memcpy(entry->header->in_out, &out, sizeof(out));
    atomic_store(&entry->unique, 0);
    return atomic_exchange(&entry->state, ENTRY_ANSWERED);
}
