/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source offset:N, every ID shifted. */
#include "core/id_text.h"
#include "core/map_source.h"

bool source_offset_read(const MapSource *source, const char *text, GError **error)
{
    bool negative = *text == '-';
    uint32_t distance;
    if (!id_text_parse(negative ? text + 1 : text, "N", ID_MAX, &distance, error))
        return false;

    /* IDs that would leave the range on either side are not covered. */
    IdExtent extent = {
        .lower = negative ? distance : 0,
        .shown = negative ? 0 : distance,
        .count = ID_MAX - distance + 1,
        .source = map_source_text(source),
    };
    bool done = true;
    for (IdKind kind = 0; done && kind < ID_KIND_COUNT; kind++)
        if (source->wanted[kind])
            done = extent_list_add(source->extents[kind], &extent, error);
    g_ref_string_release(extent.source);
    return done;
}
