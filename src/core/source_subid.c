/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sources /PATH/subuid:USER[:GROUP] and subid:USER[:GROUP], ranges of subordinate IDs. */
#include "core/source_subid.h"

#include "core/line_reader.h"
#include "core/map_error.h"
#include "core/subid.h"

#include <string.h>

/* Engines differ in the order in which they take several ranges, and a mount that follows another
 * one than the container gives files to the wrong owners. */
static void warn_order(const MapSource *source, MapLayout layout, const char *file,
                       const Account *owner)
{
    const char *followed = layout == MAP_LAYOUT_DOCKER
                               ? "Docker reads them in the order of the file, as is done here; "
                                 "Podman sorts them (layout=podman)"
                               : "Podman sorts them, as is done here; Docker reads them in the "
                                 "order of the file (layout=docker)";
    g_ptr_array_add(source->warnings,
                    g_strdup_printf("%s=%s: the ranges of %s '%s' in %s are not sorted by start\n"
                                    "  %s",
                                    source->option, source->value, account_kind_name(owner->kind),
                                    owner->given, file, followed));
}

static bool query_kind(const MapSource *source, const SubidQuery *query, IdKind kind,
                       GError **error)
{
    const char *file = query->files[kind];
    const Account *owner = kind == ID_GID && query->group != NULL ? query->group : query->user;
    const SubidRules rules = {
        .layout = query->layout,
        .own_id = kind == ID_UID ? query->user->id : query->user->primary_group,
    };
    g_autoptr(LineReader) reader = line_reader_open(file, file, error);
    bool order_matters;
    if (reader == NULL ||
        !subid_parse(reader, owner, &rules, source->extents[kind], &order_matters, error))
        return false;
    /* One file may serve both kinds; one warning is enough for it. */
    bool said = kind == ID_GID && source->wanted[ID_UID] && owner == query->user &&
                strcmp(file, query->files[ID_UID]) == 0;
    if (order_matters && !said)
        warn_order(source, query->layout, file, owner);
    return true;
}

bool source_subid_query(const MapSource *source, const SubidQuery *query, GError **error)
{
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        if (source->wanted[kind] && !query_kind(source, query, kind, error))
            return false;
    return true;
}

static Account *find_user(const MapSource *source, const char *given, GError **error)
{
    if (source->layout == MAP_LAYOUT_DOCKER)
        return account_find(ID_UID, given, error);
    Account *user = account_require(ID_UID, given, error);
    if (user == NULL)
        g_prefix_error(error, "layout=podman begins with the user's own ID: ");
    return user;
}

/* OWNERS is USER[:GROUP]. */
static bool read_owners(const MapSource *source, const char *const files[ID_KIND_COUNT],
                        const char *owners, GError **error)
{
    g_auto(GStrv) fields = g_strsplit(owners, ":", -1);
    guint n = g_strv_length(fields);
    if (n == 0 || *fields[0] == '\0')
        return map_error_set(error, "the name of the user is empty\n  write USER or USER:GROUP");
    if (n > 2)
        return map_error_set(error, "%u fields where USER or USER:GROUP was expected", n);
    if (n == 2 && !source->wanted[ID_GID])
        return map_error_set(
            error, "a group for a map of uids\n  leave ':%s' out, or use map=", fields[1]);

    g_autoptr(Account) user = find_user(source, fields[0], error);
    if (user == NULL)
        return false;
    g_autoptr(Account) group = NULL;
    if (n == 2 && (group = account_find(ID_GID, fields[1], error)) == NULL)
        return false;
    const SubidQuery query = {
        .files = {files[ID_UID], files[ID_GID]},
        .user = user,
        .group = group,
        .layout = source->layout,
    };
    return source_subid_query(source, &query, error);
}

bool source_subfile_read(const MapSource *source, const char *text, GError **error)
{
    const char *colon = strchr(strrchr(text, '/'), ':');
    g_autofree char *file = g_strndup(text, (gsize)(colon - text));
    g_autofree char *gid_file = map_source_wants_both(source)
                                    ? map_source_sibling(file, "subuid", "subgid")
                                    : g_strdup(file);
    const char *const files[ID_KIND_COUNT] = {file, gid_file};
    return read_owners(source, files, colon + 1, error);
}

bool source_subid_read(const MapSource *source, const char *text, GError **error)
{
    const char *const files[ID_KIND_COUNT] = {source->paths->subuid, source->paths->subgid};
    return read_owners(source, files, text, error);
}
