/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owners in the lower tree, and what covers those that the map leaves out. */
#include "check/checks.h"
#include "check/subid_table.h"
#include "check/tree_walk.h"
#include "core/printable.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>
#include <time.h>

enum {
    VALUE_MAX = 65536,       /* of an xattr, see <linux/limits.h> */
    ENTRIES_BETWEEN = 256,   /* looks at the clock */
    PROGRESS_INTERVAL = 100, /* milliseconds */
};

typedef struct {
    dev_t dev;
    ino_t ino;
} InodeKey;

typedef struct {
    const CheckRequest *request;
    OwnerTally *tally;
    GHashTable *linked;    /* of InodeKey: inodes with several names that were looked at */
    uint64_t seen;         /* names */
    uint64_t files;        /* each once */
    int64_t next_progress; /* microseconds of the monotonic clock */
    char names[VALUE_MAX];
    char value[VALUE_MAX];
} Survey;

static void report_progress(Survey *survey)
{
    if (survey->request->progress == NULL || ++survey->seen % ENTRIES_BETWEEN != 0)
        return;
    int64_t now = g_get_monotonic_time();
    if (now < survey->next_progress)
        return;
    survey->next_progress = now + PROGRESS_INTERVAL * 1000;
    survey->request->progress(survey->request->progress_data, survey->seen);
}

static void survey_xattrs(Survey *survey, const TreeEntry *entry)
{
    ssize_t length = llistxattr(entry->name, survey->names, sizeof(survey->names));
    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(survey->names + at) + 1) {
        const char *name = survey->names + at;
        bool is_caps = strcmp(name, "security.capability") == 0;
        if (!is_caps && !g_str_has_prefix(name, "system.posix_acl_"))
            continue;
        ssize_t size = lgetxattr(entry->name, name, survey->value, sizeof(survey->value));
        if (size > 0 && is_caps)
            owner_tally_add_caps(survey->tally, survey->value, (size_t)size, entry->directory,
                                 entry->name);
        else if (size > 0)
            owner_tally_add_acl(survey->tally, survey->value, (size_t)size, entry->directory,
                                entry->name);
    }
}

static guint hash_inode(gconstpointer data)
{
    const InodeKey *key = data;
    return (guint)(key->ino ^ (key->ino >> 32) ^ key->dev);
}

static gboolean same_inode(gconstpointer a, gconstpointer b)
{
    const InodeKey *one = a;
    const InodeKey *other = b;
    return one->ino == other->ino && one->dev == other->dev;
}

/* A file is one file, however many names it has. */
static bool is_known(Survey *survey, const struct stat *attr)
{
    if (S_ISDIR(attr->st_mode) || attr->st_nlink < 2)
        return false;
    InodeKey *key = g_new(InodeKey, 1);
    *key = (InodeKey){attr->st_dev, attr->st_ino};
    return !g_hash_table_add(survey->linked, key);
}

static void survey_entry(void *data, const TreeEntry *entry)
{
    Survey *survey = data;
    report_progress(survey);
    if (is_known(survey, &entry->attr))
        return;
    survey->files++;
    owner_tally_add(survey->tally, ID_UID, lower_id(entry->attr.st_uid), USE_OWNER,
                    entry->directory, entry->name);
    owner_tally_add(survey->tally, ID_GID, lower_id(entry->attr.st_gid), USE_OWNER,
                    entry->directory, entry->name);
    if (!S_ISLNK(entry->attr.st_mode))
        survey_xattrs(survey, entry);
}

/* The first shown ID that is free: that the map does not use, nor any subordinate range. */
static uint64_t free_shown(const CheckRequest *request, IdKind kind)
{
    g_autoptr(GPtrArray) files = map_request_subids(request->request, request->paths);
    g_autoptr(GArray) host =
        subid_table_read(kind == ID_UID ? request->paths->subuid : request->paths->subgid);
    uint64_t end = host != NULL ? subid_table_end(host) : 100000;
    size_t n;
    const IdExtent *extents = idmap_extents(request->owners->map[kind], &n);
    for (size_t i = 0; i < n; i++)
        end = MAX(end, (uint64_t)extents[i].shown + extents[i].count);
    for (guint i = 0; i < files->len; i++) {
        const MapSubids *file = files->pdata[i];
        g_autoptr(GArray) table = subid_table_read(file->file);
        if (table != NULL && file->kind == kind)
            end = MAX(end, subid_table_end(table));
    }
    return end;
}

static const char *count_text(char *buffer, size_t size, uint64_t n, const char *noun)
{
    g_snprintf(buffer, (gulong)size, "%" G_GUINT64_FORMAT " %s%s", n, noun, n == 1 ? "" : "s");
    return buffer;
}

/* "3 files, 1 ACL entry" */
static char *uses_text(const OwnerRun *run)
{
    static const char *const nouns[USE_COUNT] = {"file", "ACL entry", "file capability"};
    static const char *const plurals[USE_COUNT] = {NULL, "ACL entries", "file capabilities"};
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[64];
    for (OwnerUse use = 0; use < USE_COUNT; use++) {
        if (run->uses[use] == 0)
            continue;
        g_string_append(text, text->len > 0 ? ", " : "");
        if (run->uses[use] != 1 && plurals[use] != NULL)
            g_string_append_printf(text, "%" G_GUINT64_FORMAT " %s", run->uses[use], plurals[use]);
        else
            g_string_append(text, count_text(buffer, sizeof(buffer), run->uses[use], nouns[use]));
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Whether the policy shows the IDs of RUN as it was asked to, and how. */
static FindingLevel judge(const CheckRequest *request, const OwnerRun *run, const char **ret_fate)
{
    const OwnerMap *owners = request->owners;
    bool shown = true;
    for (uint32_t i = 0; i < run->count; i++)
        shown = shown &&
                !shown_id_is_none(owner_map_shown(owners, run->kind, lower_id(run->first + i)));
    *ret_fate = owners->unmapped == UNMAPPED_DENY     ? "closed to all (unmapped=deny)"
                : !shown                              ? "shown as nobody"
                : owners->unmapped == UNMAPPED_SQUASH ? "shown as the IDs of unmapped=squash"
                                                      : "shown as they are (unmapped=keep)";
    /* Who chose a policy for them knows of them. */
    return shown                                ? FINDING_NOTE
           : request->request->unmapped != NULL ? FINDING_WARNING
                                                : FINDING_PROBLEM;
}

/* In a user namespace, all owners that it does not have are read as one ID that it does not have
 * either. */
static bool add_foreign(const CheckRequest *request, const OwnerRun *run, const char *uses,
                        const char *example, Findings *findings)
{
    const IdMap *own = request->own_ids[run->kind];
    ShownId outside;
    if (own == NULL || idmap_to_shown(own, lower_id(run->first), &outside))
        return false;
    Finding *finding = findings_add(
        findings, FINDING_PROBLEM,
        "%ss that this user namespace does not have (%s, such as %s) are shown as nobody",
        run->kind == ID_UID ? "uid" : "gid", uses, example);
    finding_remedy(finding, "mount from outside of the namespace");
    return true;
}

static void add_run(const CheckRequest *request, const OwnerRun *run, uint64_t *shown,
                    Findings *findings)
{
    const char *kind = run->kind == ID_UID ? "uid" : "gid";
    const char *fate;
    FindingLevel level = judge(request, run, &fate);
    g_autofree char *uses = uses_text(run);
    g_autofree char *example = printable(run->example);
    if (add_foreign(request, run, uses, example, findings))
        return;
    g_autofree char *ids =
        run->count == 1 ? g_strdup_printf("lower %s %" G_GUINT32_FORMAT, kind, run->first)
                        : g_strdup_printf("lower %ss %" G_GUINT32_FORMAT "-%" G_GUINT32_FORMAT,
                                          kind, run->first, run->first + (run->count - 1));
    Finding *finding =
        findings_add(findings, level, "the map does not cover %s (%s, such as %s), which %s %s",
                     ids, uses, example, run->count == 1 ? "is" : "are", fate);
    finding->owner = *run;
    finding->owner.example = g_strdup(run->example);
    if (level == FINDING_NOTE)
        return;
    if (request->own_ids[run->kind] != NULL || *shown + run->count - 1 > ID_MAX) {
        finding_remedy(finding, "cover them by a range, or choose an unmapped= policy");
        return;
    }
    bool invert = request->request->invert;
    finding_remedy(finding, "choose an unmapped= policy, or add a range, such as");
    finding_input(finding,
                  "-o %smap=%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GUINT32_FORMAT, kind,
                  invert ? *shown : run->first, invert ? run->first : *shown, run->count);
    *shown += run->count;
}

static void add_failures(const TreeResult *result, Findings *findings)
{
    if (result->failures == 0)
        return;
    g_autofree char *path = printable(result->failed);
    Finding *finding = findings_add(
        findings, FINDING_WARNING,
        "%" G_GUINT64_FORMAT " files or directories cannot be looked at, the first is %s: %s",
        result->failures, path, g_strerror(result->failed_errno));
    finding_remedy(finding, result->failed_errno == EACCES
                                ? "check as a user who may, such as root: owners there are unknown"
                                : "owners there are unknown");
}

void check_owners(const CheckRequest *request, Findings *findings)
{
    if (request->lower == NULL || request->owners == NULL)
        return;
    g_autoptr(OwnerTally) tally = owner_tally_new(request->owners);
    g_autofree Survey *survey = g_new0(Survey, 1);
    g_auto(TreeResult) result = {0};
    size_t unmapped = 0;

    survey->request = request;
    survey->tally = tally;
    survey->next_progress = g_get_monotonic_time() + PROGRESS_INTERVAL * 1000;
    g_autoptr(GHashTable) linked = g_hash_table_new_full(hash_inode, same_inode, g_free, NULL);
    survey->linked = linked;
    /* What is wrong with LOWER itself is said elsewhere. */
    if (tree_walk(request->lower, survey_entry, survey, &result) < 0)
        return;
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        g_autoptr(GArray) runs = owner_tally_runs(tally, kind);
        uint64_t shown = runs->len > 0 ? free_shown(request, kind) : 0;
        for (guint i = 0; i < runs->len; i++)
            add_run(request, &g_array_index(runs, OwnerRun, i), &shown, findings);
        unmapped += runs->len;
    }
    if (unmapped == 0 && survey->files > 0)
        findings_add(findings, FINDING_OK,
                     "the map covers all owners of %" G_GUINT64_FORMAT " files%s", survey->files,
                     result.failures > 0 ? " that can be looked at" : "");
    add_failures(&result, findings);
}
