/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the attributes of a mount's root directory and prints them. */
#include "daemon/status_report.h"

#include "daemon/kernel_status.h"
#include "daemon/log.h"
#include "fs/status.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <syslog.h>

enum {
    EXTENTS_SHOWN = 12, /* of a map, to people */
};

/* Appends the value of the attribute NAME. Returns its length, or -errno. */
static ssize_t read_part(const char *mountpoint, const char *name, GString *text)
{
    g_autofree char *value = g_malloc(XATTR_SIZE_MAX);
    ssize_t n = getxattr(mountpoint, name, value, XATTR_SIZE_MAX);

    if (n < 0)
        return -errno;
    g_string_append_len(text, value, n);
    return n;
}

static ssize_t read_map(const char *mountpoint, GString *text)
{
    ssize_t n;
    unsigned part = 0;

    do {
        g_autofree char *name = g_strdup_printf(STATUS_MAP_XATTR_PREFIX "%u", part++);
        n = read_part(mountpoint, name, text);
    } while (n == STATUS_MAP_PART);
    return n;
}

static JsonObject *parse(const GString *text)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonNode *root;

    if (!json_parser_load_from_data(parser, text->str, (gssize)text->len, NULL))
        return NULL;
    root = json_parser_get_root(parser);
    return root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_dup_object(root) : NULL;
}

static gint64 number(JsonObject *object, const char *name)
{
    return json_object_get_int_member_with_default(object, name, 0);
}

/* The map is read in parts and may be replaced in between: STATUS is from before. */
static bool is_outdated(const char *mountpoint, JsonObject *status)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(JsonObject) now = NULL;

    if (read_part(mountpoint, STATUS_XATTR, text) >= 0)
        now = parse(text);
    return now != NULL && number(now, "map_version") != number(status, "map_version");
}

static JsonObject *read_kernel_status(const char *mountpoint)
{
    JsonObject *status = kernel_status(mountpoint);

    if (status == NULL)
        log_message(LOG_ERR,
                    "%s: not a mount of remapfs, or one of another user\n"
                    "  findmnt -t fuse.remapfs lists them all, but those by engine=kernel, which "
                    "findmnt -O idmapped lists",
                    mountpoint);
    return status;
}

/* With the map in it. NULL, with a message: there is none. */
static JsonObject *read_status(const char *mountpoint)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) map_text = g_string_new(NULL);
    ssize_t n = read_part(mountpoint, STATUS_XATTR, text);
    JsonObject *status;
    JsonObject *map;

    if (n == -ENODATA || n == -EOPNOTSUPP)
        return read_kernel_status(mountpoint);
    if (n >= 0)
        n = read_map(mountpoint, map_text);
    if (n < 0) {
        log_message(LOG_ERR, "%s: %s", mountpoint, strerror((int)-n));
        return NULL;
    }
    status = parse(text);
    map = parse(map_text);
    if (status != NULL && is_outdated(mountpoint, status)) {
        json_object_unref(status);
        g_clear_pointer(&map, json_object_unref);
        return read_status(mountpoint);
    }
    if (status != NULL && map != NULL) {
        json_object_set_object_member(status, "map", map);
        return status;
    }
    log_message(LOG_ERR, "%s: its daemon is of another version of remapfs", mountpoint);
    g_clear_pointer(&status, json_object_unref);
    g_clear_pointer(&map, json_object_unref);
    return NULL;
}

/* For people */

static void print_features(JsonObject *features, bool in_use)
{
    g_autoptr(GList) names = json_object_get_members(features);

    for (GList *name = names; name != NULL; name = name->next) {
        JsonNode *node = json_object_get_member(features, name->data);
        bool is_on = json_node_get_value_type(node) == G_TYPE_BOOLEAN;
        if (in_use && is_on)
            printf("  %s\n", (const char *)name->data);
        if (!in_use && !is_on)
            printf("  %-24s%s\n", (const char *)name->data, json_node_get_string(node));
    }
}

static void print_sizes(JsonObject *status)
{
    JsonObject *descriptors = json_object_get_object_member(status, "descriptors");
    JsonObject *watch = json_object_get_object_member(status, "watch");

    printf("\ninodes that the kernel knows  %" G_GINT64_FORMAT "\n"
           "descriptors cached            %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "\n"
           "open files                    %" G_GINT64_FORMAT "\n"
           "files open for passthrough    %" G_GINT64_FORMAT "\n"
           "files kept for the next open  %" G_GINT64_FORMAT "\n"
           "owners of locks               %" G_GINT64_FORMAT "\n"
           "waits for locks               %" G_GINT64_FORMAT "\n"
           "changes by others below       %" G_GINT64_FORMAT "\n"
           "times when some were missed   %" G_GINT64_FORMAT "\n",
           number(status, "inodes"), number(descriptors, "cached"), number(descriptors, "limit"),
           number(status, "open_files"), number(status, "backing_files"),
           number(status, "kept_files"), number(status, "lock_owners"),
           number(status, "lock_waits"), number(watch, "events"), number(watch, "overflows"));
}

static void print_requests(JsonObject *requests)
{
    g_autoptr(GList) names = json_object_get_members(requests);

    printf("\n%-20s%12s%14s%14s\n", "REQUEST", "COUNT", "HALF BELOW", "99 % BELOW");
    for (GList *name = names; name != NULL; name = name->next) {
        JsonObject *request = json_object_get_object_member(requests, name->data);
        printf("%-20s%12" G_GINT64_FORMAT "%11.1f us%11.1f us\n", (const char *)name->data,
               number(request, "count"), (double)number(request, "p50_ns") / 1000,
               (double)number(request, "p99_ns") / 1000);
    }
}

static void print_extents(JsonObject *map, const char *kind)
{
    JsonArray *extents = json_object_get_array_member(map, kind);
    guint length = json_array_get_length(extents);

    for (guint i = 0; i < length && i < EXTENTS_SHOWN; i++) {
        JsonObject *extent = json_array_get_object_element(extents, i);
        const char *source = json_object_get_string_member_with_default(extent, "source", "");
        printf("  %s %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT "%s%s\n", kind,
               number(extent, "lower"), number(extent, "shown"), number(extent, "count"),
               *source != '\0' ? "  " : "", source);
    }
    if (length > EXTENTS_SHOWN)
        printf("  and %u more for %s, with --json\n", length - EXTENTS_SHOWN, kind);
}

static void print_map(JsonObject *status)
{
    JsonObject *map = json_object_get_object_member(status, "map");
    const char *refusal = json_object_get_string_member_with_default(status, "map_refusal", NULL);

    puts("\nmap, LOWER:SHOWN:COUNT");
    print_extents(map, "uid");
    print_extents(map, "gid");
    printf("  unmapped=%s, hostroot=%s\n", json_object_get_string_member(map, "unmapped"),
           json_object_get_string_member(map, "hostroot"));
    if (number(status, "map_reads") > 0)
        printf("  read again %" G_GINT64_FORMAT " times\n", number(status, "map_reads"));
    if (refusal != NULL)
        printf("  the last time, what was read was refused: %s\n", refusal);
}

static void print_kernel_text(JsonObject *status)
{
    printf("a kernel idmapped mount, without a daemon, made by remapfs or another program\n"
           "directory %s of %s (%s)\n"
           "options %s\n",
           json_object_get_string_member(status, "directory"),
           json_object_get_string_member(status, "type"),
           json_object_get_string_member(status, "source"),
           json_object_get_string_member(status, "options"));
    if (json_object_get_null_member(status, "map"))
        puts("\nthe map is not told by this kernel: that takes Linux 6.15 or later");
    else
        print_map(status);
}

static void print_fuse_text(JsonObject *status)
{
    const char *reason = json_object_get_string_member_with_default(status, "engine_reason", NULL);

    printf("remapfs %s with libfuse %s, process %" G_GINT64_FORMAT "\n",
           json_object_get_string_member(status, "version"),
           json_object_get_string_member(status, "libfuse"), number(status, "pid"));
    if (reason != NULL)
        printf("engine=auto: fuse, since %s\n", reason);
    puts("\nin use");
    print_features(json_object_get_object_member(status, "features"), true);
    puts("not in use");
    print_features(json_object_get_object_member(status, "features"), false);
    print_sizes(status);
    print_requests(json_object_get_object_member(status, "requests"));
    print_map(status);
}

static void print_text(JsonObject *status)
{
    const char *engine = json_object_get_string_member_with_default(status, "engine", "fuse");

    if (strcmp(engine, "kernel") == 0)
        print_kernel_text(status);
    else
        print_fuse_text(status);
}

static void print_json(JsonObject *status)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), status);
    g_autofree char *text = json_to_string(node, FALSE);

    puts(text);
}

ExitStatus status_report(const char *mountpoint, bool json)
{
    g_autoptr(JsonObject) status = read_status(mountpoint);

    if (status == NULL)
        return STATUS_USAGE;
    if (json)
        print_json(status);
    else
        print_text(status);
    return STATUS_SUCCESS;
}
