/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map itself, and the files of subordinate IDs that it comes from. */
#include "check/checks.h"
#include "check/subid_table.h"
#include "core/printable.h"

#include <string.h>

/* What an image of a container may use. */
#define USUAL_COUNT 65536

#define OVERLAPS_SHOWN 5

static const char *const id_names[ID_KIND_COUNT] = {"uid", "gid"};

/* "What is wrong\n  what to do", with what to type after a colon and two blanks. */
static void add_message(Findings *findings, FindingLevel level, const char *message)
{
    g_auto(GStrv) lines = g_strsplit(message, "\n  ", 2);
    Finding *finding = findings_add(findings, level, "%s", lines[0]);
    if (lines[1] == NULL)
        return;
    g_auto(GStrv) halves = g_strsplit(lines[1], ":  ", 2);
    finding_remedy(finding, "%s", halves[0]);
    if (halves[1] != NULL)
        finding_input(finding, "%s", halves[1]);
}

static uint64_t mapped(const OwnerMap *owners, IdKind kind)
{
    uint64_t total = 0;
    size_t n;
    const IdExtent *extents = idmap_extents(owners->map[kind], &n);
    for (size_t i = 0; i < n; i++)
        total += extents[i].count;
    return total;
}

/* Whether a user namespace has all of these IDs. */
static bool has_ids(const IdMap *own, uint32_t first, uint32_t count)
{
    uint32_t last = first + (count - 1);
    LowerId start;
    while (idmap_run_of_lower(own, lower_id(last), &start)) {
        if (start.value <= first)
            return true;
        last = start.value - 1;
    }
    return false;
}

static void check_shown(const CheckRequest *request, IdKind kind, Findings *findings)
{
    size_t n;
    const IdExtent *extents = idmap_extents(request->owners->map[kind], &n);
    for (size_t i = 0; i < n; i++) {
        if (request->own_ids[kind] == NULL ||
            has_ids(request->own_ids[kind], extents[i].shown, extents[i].count))
            continue;
        g_autofree char *origin = id_extent_origin(&extents[i]);
        g_autofree char *source = printable(origin);
        Finding *finding = findings_add(
            findings, FINDING_PROBLEM,
            "this user namespace does not have all shown %ss of %s (%" G_GUINT32_FORMAT
            "-%" G_GUINT32_FORMAT "): what has one of the others is shown as nobody",
            id_names[kind], source, extents[i].shown, extents[i].shown + (extents[i].count - 1));
        finding_remedy(finding,
                       "mount from outside of the namespace, or show IDs that it has, see");
        finding_input(finding, "cat /proc/self/%s_map", id_names[kind]);
    }
}

void check_map(const CheckRequest *request, Findings *findings)
{
    for (guint i = 0; i < request->warnings->len; i++)
        add_message(findings, FINDING_WARNING, request->warnings->pdata[i]);
    if (request->owners == NULL) {
        add_message(findings, FINDING_PROBLEM, request->map_error);
        return;
    }
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        check_shown(request, kind, findings);
    findings_add(findings, FINDING_OK,
                 "%" G_GUINT64_FORMAT " uids and %" G_GUINT64_FORMAT " gids are mapped",
                 mapped(request->owners, ID_UID), mapped(request->owners, ID_GID));
}

/* FIRST to FIRST + COUNT - 1 for OWNER in the file: the command, or else the line. */
static void propose_range(Finding *finding, const char *file, IdKind kind, const Account *owner,
                          uint64_t first, uint64_t count)
{
    const char *name = owner->name != NULL ? owner->name : owner->given;
    if (first + count - 1 > ID_MAX) {
        finding_remedy(finding, "add a range that no other line of %s has", file);
    } else if (owner->kind == ID_UID &&
               strcmp(file, kind == ID_UID ? "/etc/subuid" : "/etc/subgid") == 0) {
        finding_remedy(finding, "add a range that no other line has");
        finding_input(finding,
                      "usermod --add-sub%ss %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT " %s",
                      id_names[kind], first, first + count - 1, name);
    } else {
        finding_remedy(finding, "add a line to %s", file);
        finding_input(finding, "%s:%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, name, first, count);
    }
}

/* The map's own message stops at the first file; this goes on. */
static bool is_said(const CheckRequest *request, const MapSubids *subids)
{
    g_autofree char *words = g_strconcat(" in ", subids->file, "\n", NULL);
    return request->map_error != NULL && strstr(request->map_error, "no range for ") != NULL &&
           strstr(request->map_error, words) != NULL;
}

static void check_total(const CheckRequest *request, const MapSubids *subids, const GArray *table,
                        Findings *findings)
{
    g_autoptr(Account) owner = account_find(subids->owner_kind, subids->owner, NULL);
    if (owner == NULL)
        return;
    uint64_t total = subid_table_total(table, owner);
    uint64_t end = subid_table_end(table);
    const char *kind = account_kind_name(owner->kind);

    if (total == 0 && !is_said(request, subids)) {
        Finding *finding = findings_add(findings, FINDING_PROBLEM, "no range for %s '%s' in %s",
                                        kind, owner->given, subids->file);
        propose_range(finding, subids->file, subids->kind, owner, end, USUAL_COUNT);
    } else if (total > 0 && total < USUAL_COUNT) {
        Finding *finding = findings_add(
            findings, FINDING_WARNING,
            "%s '%s' has %" G_GUINT64_FORMAT " %ss in %s, and containers may use %d", kind,
            owner->given, total, id_names[subids->kind], subids->file, USUAL_COUNT);
        propose_range(finding, subids->file, subids->kind, owner, end, USUAL_COUNT - total);
    } else if (total > 0) {
        findings_add(findings, FINDING_OK, "%s '%s' has %" G_GUINT64_FORMAT " %ss in %s", kind,
                     owner->given, total, id_names[subids->kind], subids->file);
    }
}

static void add_overlap(const char *file, const SubidOverlap *overlap, uint64_t end,
                        Findings *findings)
{
    const SubidLine *one = overlap->one;
    const SubidLine *other = overlap->other;
    g_autofree char *name = printable(other->owner);
    g_autofree char *first_name = printable(one->owner);
    uint64_t last = MIN((uint64_t)one->start + one->count, (uint64_t)other->start + other->count);
    Finding *finding =
        findings_add(findings, FINDING_WARNING,
                     "'%s' (line %u) and '%s' (line %u) of %s share the IDs %" G_GUINT32_FORMAT
                     "-%" G_GUINT64_FORMAT ": containers of one may act on files of the other",
                     first_name, one->line, name, other->line, file, other->start, last - 1);
    if (end + other->count - 1 > ID_MAX) {
        finding_remedy(finding, "give one of them a range of its own");
        return;
    }
    finding_remedy(finding, "give one of them a range of its own, for example by line %u",
                   other->line);
    finding_input(finding, "%s:%" G_GUINT64_FORMAT ":%" G_GUINT32_FORMAT, name, end, other->count);
}

static void check_overlaps(const MapSubids *subids, GArray *table, Findings *findings)
{
    g_autoptr(GArray) overlaps = subid_table_overlaps(table);
    uint64_t end = subid_table_end(table);
    for (guint i = 0; i < overlaps->len && i < OVERLAPS_SHOWN; i++) {
        const SubidOverlap *overlap = &g_array_index(overlaps, SubidOverlap, i);
        add_overlap(subids->file, overlap, end, findings);
        end += overlap->other->count;
    }
    if (overlaps->len > OVERLAPS_SHOWN)
        findings_add(findings, FINDING_WARNING, "%u more lines of %s overlap like that",
                     overlaps->len - OVERLAPS_SHOWN, subids->file);
}

void check_subids(const CheckRequest *request, Findings *findings)
{
    g_autoptr(GPtrArray) all = map_request_subids(request->request, request->paths);
    for (guint i = 0; i < all->len; i++) {
        const MapSubids *subids = all->pdata[i];
        g_autoptr(GArray) table = subid_table_read(subids->file);
        if (table == NULL) {
            /* The map's message names the first that cannot be read. */
            if (request->map_error == NULL || strstr(request->map_error, subids->file) == NULL)
                findings_add(findings, FINDING_PROBLEM, "cannot read %s", subids->file);
            continue;
        }
        if (subids->owner != NULL)
            check_total(request, subids, table, findings);
        check_overlaps(subids, table, findings);
    }
}
