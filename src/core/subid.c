/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of subordinate IDs, see subuid(5), and the maps that engines make of them. */
#include "core/subid.h"

#include "core/id_text.h"
#include "core/map_error.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t start;
    uint32_t count;
    unsigned line;
} SubidRange;

static bool parse_line(const char *line, const Account *owner, bool *ret_ours, SubidRange *range,
                       GError **error)
{
    g_auto(GStrv) fields = g_strsplit(line, ":", -1);
    guint n = g_strv_length(fields);
    if (n != 3)
        return map_error_set(error, "%u fields where OWNER:START:COUNT was expected", n);
    if (*fields[0] == '\0')
        return map_error_set(error, "OWNER is empty");
    if (!id_text_parse(fields[1], "START", ID_MAX, &range->start, error) ||
        !id_text_parse(fields[2], "COUNT", UINT32_MAX, &range->count, error))
        return false;
    if (range->count == 0)
        return map_error_set(error, "COUNT is 0");
    if (range->count - 1 > ID_MAX - range->start)
        return map_error_set(error,
                             "%" G_GUINT32_FORMAT " IDs from %" G_GUINT32_FORMAT
                             " pass %" G_GUINT32_FORMAT
                             "\n  that is the largest ID; the third field is a count, not the end",
                             range->count, range->start, ID_MAX);
    *ret_ours = account_is(owner, fields[0]);
    return true;
}

/* USED is the ID after the last one that the file gives to anybody: a range that begins there is
 * free, a fixed example would often be somebody else's. */
static bool fail_no_range(const char *file, const Account *owner, uint64_t used, GError **error)
{
    const char *name = owner->name != NULL ? owner->name : owner->given;
    uint64_t first = MAX(used, 100000);
    uint64_t last = first + 65535;
    g_autofree char *remedy = NULL;
    if (last > ID_MAX)
        remedy = g_strdup_printf("give it one that no other line has:  %s:START:COUNT", name);
    else if (strcmp(file, "/etc/subuid") == 0)
        remedy = g_strdup_printf("add one, for example:  usermod --add-subuids %" G_GUINT64_FORMAT
                                 "-%" G_GUINT64_FORMAT " %s",
                                 first, last, name);
    else if (strcmp(file, "/etc/subgid") == 0 && owner->kind == ID_UID)
        remedy = g_strdup_printf("add one, for example:  usermod --add-subgids %" G_GUINT64_FORMAT
                                 "-%" G_GUINT64_FORMAT " %s",
                                 first, last, name);
    else
        remedy = g_strdup_printf("add a line, for example:  %s:%" G_GUINT64_FORMAT ":65536", name,
                                 first);
    return map_error_set(error, "no range for %s '%s' in %s\n  %s", account_kind_name(owner->kind),
                         owner->given, file, remedy);
}

static bool read_ranges(LineReader *reader, const Account *owner, GArray *ranges, GError **error)
{
    uint64_t used = 0;
    SubidRange range = {0};
    char *line;
    while ((line = line_reader_next(reader, &range.line)) != NULL) {
        bool ours = false;
        if (!parse_line(line, owner, &ours, &range, error)) {
            g_prefix_error(error, "%s:%u: ", line_reader_name(reader), range.line);
            return false;
        }
        used = MAX(used, (uint64_t)range.start + range.count);
        if (ours)
            g_array_append_vals(ranges, &range, 1);
    }
    if (ranges->len == 0)
        return fail_no_range(line_reader_name(reader), owner, used, error);
    return true;
}

static int compare_start(const void *a, const void *b)
{
    const SubidRange *left = a;
    const SubidRange *right = b;
    return (left->start > right->start) - (left->start < right->start);
}

static bool is_sorted(const GArray *ranges)
{
    for (guint i = 1; i < ranges->len; i++)
        if (g_array_index(ranges, SubidRange, i - 1).start >
            g_array_index(ranges, SubidRange, i).start)
            return false;
    return true;
}

static bool add_ranges(const GArray *ranges, GRefString *source, const SubidRules *rules,
                       ExtentList *list, GError **error)
{
    uint64_t lower = 0;
    if (rules->layout == MAP_LAYOUT_PODMAN) {
        IdExtent own = {.shown = rules->own_id, .count = 1, .source = source};
        if (!extent_list_add(list, &own, error))
            return false;
        lower = 1;
    }
    for (guint i = 0; i < ranges->len; i++) {
        const SubidRange *range = &g_array_index(ranges, SubidRange, i);
        if (lower + range->count - 1 > ID_MAX)
            return map_error_set(error,
                                 "%s:%u: the ranges together pass lower ID %" G_GUINT32_FORMAT,
                                 source, range->line, ID_MAX);
        IdExtent extent = {.lower = (uint32_t)lower,
                           .shown = range->start,
                           .count = range->count,
                           .line = range->line,
                           .source = source};
        if (!extent_list_add(list, &extent, error))
            return false;
        lower += range->count;
    }
    return true;
}

bool subid_parse(LineReader *reader, const Account *owner, const SubidRules *rules,
                 ExtentList *list, bool *ret_order_matters, GError **error)
{
    g_autoptr(GArray) ranges =
        g_array_new(/* zero_terminated = */ FALSE, /* clear = */ FALSE, sizeof(SubidRange));
    if (!read_ranges(reader, owner, ranges, error))
        return false;
    bool sorted = is_sorted(ranges);
    if (rules->layout == MAP_LAYOUT_PODMAN)
        g_array_sort(ranges, compare_start);
    if (!add_ranges(ranges, line_reader_name(reader), rules, list, error))
        return false;
    *ret_order_matters = !sorted;
    return true;
}
