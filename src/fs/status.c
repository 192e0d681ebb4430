/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON by hand: all of it is numbers and words of our own. */
#include "fs/status.h"

#include "base/cleanup.h"
#include "base/number.h"
#include "fs/requests.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool status_is_asked(fuse_req_t req, uint64_t node, const char *name)
{
    return node == FUSE_ROOT_ID &&
           strncmp(name, STATUS_XATTR_PREFIX, sizeof(STATUS_XATTR_PREFIX) - 1) == 0 &&
           fuse_req_ctx(req)->uid == geteuid();
}

static void write_features(FILE *stream, const Agreement *agreement)
{
    fputs("\"features\":{", stream);
    for (unsigned i = 0; i < AGREED_MAX; i++) {
        const char *refusal = agreement->refusal[i];
        fprintf(stream, "%s\"%s\":", i > 0 ? "," : "", agreed_name((Agreed)i));
        if (refusal != NULL)
            fprintf(stream, "\"%s\"", refusal);
        else
            fputs("true", stream);
    }
    fputs("},", stream);
}

static void write_sizes(FILE *stream, Filesystem *fs)
{
    InodeTableSizes inodes = inode_table_sizes(&fs->inodes);
    OpenFilesSizes files = open_files_sizes(&fs->open_files);

    fprintf(stream,
            "\"inodes\":%zu,\"descriptors\":{\"cached\":%zu,\"limit\":%zu},"
            "\"open_files\":%zu,\"backing_files\":%zu,\"kept_files\":%zu,\"lock_owners\":%zu,"
            "\"lock_waits\":%u,",
            inodes.inodes, inodes.descriptors, inodes.limit, files.files, files.backing, files.kept,
            (size_t)fs->locks.n_owners, lock_waiters_count(&fs->lock_waiters));
}

static void write_watch(FILE *stream, const Watch *watch)
{
    fprintf(stream, "\"watch\":{\"events\":%" PRIu64 ",\"overflows\":%" PRIu64 "},", watch->events,
            watch->overflows);
}

static void write_requests(FILE *stream, const Counters *counters)
{
    const char *separator = "";

    fputs("\"requests\":{", stream);
    for (unsigned kind = 0; kind < requests_count(); kind++) {
        CounterSummary summary = counters_summary(counters, kind);
        if (summary.count == 0)
            continue;
        fprintf(stream,
                "%s\"%s\":{\"count\":%" PRIu64 ",\"p50_ns\":%" PRIu64 ",\"p99_ns\":%" PRIu64 "}",
                separator, request_name(kind), summary.count, summary.p50, summary.p99);
        separator = ",";
    }
    fputs("}", stream);
}

static ssize_t give(const char *text, size_t length, char *value, size_t size)
{
    if (size == 0)
        return (ssize_t)length;
    if (length > size)
        return -ERANGE;
    memcpy(value, text, length);
    return (ssize_t)length;
}

static ssize_t give_status(Filesystem *fs, char *value, size_t size)
{
    char *text AUTO_FREE = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    if (stream == NULL)
        return -ENOMEM;
    fprintf(stream, "{\"engine\":\"fuse\",\"version\":\"%s\",\"libfuse\":\"%s\",\"pid\":%d,",
            PACKAGE_VERSION, fuse_pkgversion(), (int)getpid());
    if (fs->engine_json != NULL)
        fprintf(stream, "\"engine_reason\":%s,", fs->engine_json);
    write_features(stream, &fs->agreement);
    write_sizes(stream, fs);
    write_watch(stream, &fs->watch);
    write_requests(stream, &fs->counters);
    fputs(",", stream);
    live_map_write_status(fs->map, stream);
    fputs("}\n", stream);
    return fclose(stream) < 0 ? -ENOMEM : give(text, length, value, size);
}

static ssize_t give_map(const char *part, char *value, size_t size)
{
    const char *json = live_map_used()->json;
    size_t length = strlen(json);
    uint32_t number;
    size_t begin;

    if (number_parse(part, strlen(part), UINT32_MAX, &number) < 0 ||
        number > length / STATUS_MAP_PART)
        return -ENODATA;
    begin = (size_t)number * STATUS_MAP_PART;
    length -= begin;
    return give(json + begin, length < STATUS_MAP_PART ? length : STATUS_MAP_PART, value, size);
}

ssize_t status_get(Filesystem *fs, const char *name, char *value, size_t size)
{
    const size_t prefix = sizeof(STATUS_MAP_XATTR_PREFIX) - 1;

    if (strcmp(name, STATUS_XATTR) == 0)
        return give_status(fs, value, size);
    if (strncmp(name, STATUS_MAP_XATTR_PREFIX, prefix) == 0)
        return give_map(name + prefix, value, size);
    return -ENODATA;
}
