/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All the ranges of a file of subordinate IDs, whoever they belong to. */
#include "check/subid_table.h"

#include "base/number.h"
#include "core/line_reader.h"

#include <string.h>

static void line_clear(void *data)
{
    SubidLine *line = data;
    g_free(line->owner);
}

static bool parse(const char *text, SubidLine *line)
{
    g_auto(GStrv) fields = g_strsplit(text, ":", -1);
    if (g_strv_length(fields) != 3 ||
        number_parse(fields[1], strlen(fields[1]), ID_MAX, &line->start) < 0 ||
        number_parse(fields[2], strlen(fields[2]), UINT32_MAX, &line->count) < 0 ||
        line->count == 0 || line->count - 1 > ID_MAX - line->start)
        return false;
    line->owner = g_strdup(fields[0]);
    return true;
}

GArray *subid_table_read(const char *file)
{
    g_autoptr(LineReader) reader = line_reader_open(file, file, NULL);
    SubidLine line = {0};
    const char *text;
    if (reader == NULL)
        return NULL;
    GArray *table = g_array_new(FALSE, FALSE, sizeof(SubidLine));
    g_array_set_clear_func(table, line_clear);
    while ((text = line_reader_next(reader, &line.line)) != NULL)
        if (parse(text, &line))
            g_array_append_vals(table, &line, 1);
    return table;
}

uint64_t subid_table_total(const GArray *table, const Account *account)
{
    uint64_t total = 0;
    for (guint i = 0; i < table->len; i++)
        if (account_is(account, g_array_index(table, SubidLine, i).owner))
            total += g_array_index(table, SubidLine, i).count;
    return total;
}

static uint64_t end_of(const SubidLine *line)
{
    return (uint64_t)line->start + line->count;
}

uint64_t subid_table_end(const GArray *table)
{
    uint64_t end = 100000;
    for (guint i = 0; i < table->len; i++)
        end = MAX(end, end_of(&g_array_index(table, SubidLine, i)));
    return end;
}

static int compare_start(const void *a, const void *b)
{
    const SubidLine *left = a;
    const SubidLine *right = b;
    if (left->start != right->start)
        return left->start > right->start ? 1 : -1;
    return (left->line > right->line) - (left->line < right->line);
}

static bool same_owner(const SubidLine *one, const SubidLine *other)
{
    if (strcmp(one->owner, other->owner) == 0)
        return true;
    g_autoptr(Account) account = account_find(ID_UID, one->owner, NULL);
    return account != NULL && account_is(account, other->owner);
}

GArray *subid_table_overlaps(GArray *table)
{
    GArray *overlaps = g_array_new(FALSE, FALSE, sizeof(SubidOverlap));
    const SubidLine *furthest = NULL;
    g_array_sort(table, compare_start);
    for (guint i = 0; i < table->len; i++) {
        const SubidLine *line = &g_array_index(table, SubidLine, i);
        if (furthest != NULL && line->start < end_of(furthest) && !same_owner(furthest, line)) {
            SubidOverlap overlap = {furthest, line};
            g_array_append_vals(overlaps, &overlap, 1);
        }
        if (furthest == NULL || end_of(line) > end_of(furthest))
            furthest = line;
    }
    return overlaps;
}
