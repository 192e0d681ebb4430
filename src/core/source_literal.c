/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source LOWER:SHOWN[:COUNT], written in the option itself. */
#include "core/account.h"
#include "core/id_text.h"
#include "core/map_error.h"
#include "core/map_source.h"

/* A name begins with a letter or an underscore, see useradd(8). Anything else is meant as a number,
 * and what is wrong with it is said as such. */
static bool looks_like_a_name(const char *field)
{
    return g_ascii_isalpha(*field) || *field == '_';
}

static bool read_id(const MapSource *source, IdKind kind, const char *field, const char *what,
                    uint32_t *ret_id, GError **error)
{
    if (!looks_like_a_name(field))
        return id_text_parse(field, what, ID_MAX, ret_id, error);
    if (map_source_wants_both(source))
        return map_error_set(error,
                             "%s '%.40s' is a name, of a user or of a group?\n"
                             "  use uidmap= for names of users, gidmap= for names of groups; or, "
                             "for the ranges of a user, map=subid:USER",
                             what, field);
    g_autoptr(Account) account = account_require(kind, field, error);
    if (account == NULL)
        return false;
    *ret_id = account->id;
    return true;
}

/* GROUP points at two fields, or at three when HAS_COUNT. */
static bool add_group(const MapSource *source, IdKind kind, char *const *group, bool has_count,
                      GRefString *origin, GError **error)
{
    IdExtent extent = {.count = 1, .source = origin};
    if (!read_id(source, kind, group[0], "LOWER", &extent.lower, error) ||
        !read_id(source, kind, group[1], "SHOWN", &extent.shown, error))
        return false;
    if (has_count && !id_text_parse(group[2], "COUNT", UINT32_MAX, &extent.count, error))
        return false;
    return extent_list_add(source->extents[kind], &extent, error);
}

static bool read_groups(const MapSource *source, char *const *fields, guint n, GRefString *origin,
                        GError **error)
{
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        if (!source->wanted[kind])
            continue;
        if (n == 2 && !add_group(source, kind, fields, /* has_count = */ false, origin, error))
            return false;
        for (guint i = 0; n != 2 && i < n; i += 3)
            if (!add_group(source, kind, fields + i, /* has_count = */ true, origin, error))
                return false;
    }
    return true;
}

bool source_literal_read(const MapSource *source, const char *text, GError **error)
{
    g_auto(GStrv) fields = g_strsplit(text, ":", -1);
    guint n = g_strv_length(fields);
    if (n != 2 && n % 3 != 0)
        return map_error_set(error,
                             "%u fields between colons\n"
                             "  write LOWER:SHOWN for one ID, or LOWER:SHOWN:COUNT; several "
                             "ranges need all three numbers each",
                             n);
    GRefString *origin = map_source_text(source);
    bool done = read_groups(source, fields, n, origin, error);
    g_ref_string_release(origin);
    return done;
}
