/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source owner:UID[:GID], the owner of the lower directory itself. */
#include "core/id_text.h"
#include "core/map_error.h"
#include "core/map_source.h"

#include <errno.h>
#include <sys/stat.h>

bool source_owner_read(const MapSource *source, const char *text, GError **error)
{
    uint32_t shown[ID_KIND_COUNT];
    bool has_gid;
    if (!id_text_parse_owner(text, shown, &has_gid, error))
        return false;
    if (has_gid && !map_source_wants_both(source))
        return map_error_set(error, "two IDs for a map of one kind\n  write %s=owner:ID",
                             source->option);
    if (source->lower == NULL)
        return map_error_set(error, "there is no lower directory whose owner could be asked for\n"
                                    "  name LOWER on the command line");
    struct stat st;
    if (stat(source->lower, &st) < 0)
        return map_error_set(error, "cannot ask for the owner of %s: %s", source->lower,
                             g_strerror(errno));

    const uint32_t lower[ID_KIND_COUNT] = {st.st_uid, st.st_gid};
    GRefString *origin = map_source_text(source);
    bool done = true;
    for (IdKind kind = 0; done && kind < ID_KIND_COUNT; kind++) {
        IdExtent extent = {
            .lower = lower[kind], .shown = shown[kind], .count = 1, .source = origin};
        if (source->wanted[kind])
            done = extent_list_add(source->extents[kind], &extent, error);
    }
    g_ref_string_release(origin);
    return done;
}
