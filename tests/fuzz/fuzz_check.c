/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the first byte selects a parser of --check, the rest is the file that it reads.
 */
#include "check/subid_table.h"
#include "core/id.h"
#include "core/mount_list.h"
#include "requirement.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_mounts(const char *text, size_t length)
{
    g_autofree char *mountinfo = g_strndup(text, length);
    g_autoptr(GPtrArray) list = mount_list_below(mountinfo, "/a/b");

    for (guint i = 0; i < list->len; i++) {
        const MountLine *line = list->pdata[i];
        require(line->path != NULL && line->type != NULL && line->options != NULL);
        require(i == 0 || g_str_has_prefix(line->path, "/a/b/"));
        mount_line_has(line, "nosuid");
    }
}

/* Ranges that are said to overlap do. */
static void check_overlaps(GArray *table)
{
    g_autoptr(GArray) overlaps = subid_table_overlaps(table);

    require(overlaps->len <= table->len);
    for (guint i = 0; i < overlaps->len; i++) {
        const SubidOverlap *overlap = &g_array_index(overlaps, SubidOverlap, i);
        require(overlap->one->start <= overlap->other->start);
        require(overlap->other->start - overlap->one->start < overlap->one->count);
        require(strcmp(overlap->one->owner, overlap->other->owner) != 0);
    }
}

static void fuzz_subids(const char *text, size_t length)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    GArray *table;

    require(fd >= 0 && write(fd, text, length) == (ssize_t)length);
    table = subid_table_read(path);
    close(fd);
    if (table == NULL)
        return;
    for (guint i = 0; i < table->len; i++) {
        const SubidLine *line = &g_array_index(table, SubidLine, i);
        require(line->count > 0 && line->count - 1 <= ID_MAX - line->start);
        require((uint64_t)line->start + line->count <= subid_table_end(table));
    }
    check_overlaps(table);
    g_array_unref(table);
}

/* GLib complains of a backslash at the end, which the kernel does not write. */
static void ignore(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_log_set_default_handler(ignore, NULL);
    if (size > 0 && data[0] == '0')
        fuzz_mounts((const char *)data + 1, size - 1);
    else if (size > 0 && data[0] == '1')
        fuzz_subids((const char *)data + 1, size - 1);
    return 0;
}
