/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps in the form of /proc/PID/uid_map, see user_namespaces(7). */
#include "core/uidmap_file.h"

#include "core/id_text.h"
#include "core/map_error.h"

#include <string.h>

#define BLANKS " \t"
#define COLUMNS 3

/* Cuts LINE into RET_FIELDS in place. The kernel pads its columns with blanks on both sides. */
static bool cut_columns(char *line, char *ret_fields[COLUMNS], GError **error)
{
    size_t n = 0;
    char *rest = line + strspn(line, BLANKS);
    while (*rest != '\0') {
        if (n < COLUMNS)
            ret_fields[n] = rest;
        n++;
        rest += strcspn(rest, BLANKS);
        size_t gap = strspn(rest, BLANKS);
        if (gap > 0)
            *rest = '\0';
        rest += gap;
    }
    if (n != COLUMNS)
        return map_error_set(error,
                             "%zu columns where LOWER SHOWN COUNT was expected\n"
                             "  a file of subordinate ranges needs the user:  /PATH:USER",
                             n);
    return true;
}

static bool parse_line(char *line, IdExtent *extent, GError **error)
{
    char *fields[COLUMNS];
    if (!cut_columns(line, fields, error) ||
        !id_text_parse(fields[0], "LOWER", ID_MAX, &extent->lower, error) ||
        !id_text_parse(fields[1], "SHOWN", UINT32_MAX, &extent->shown, error) ||
        !id_text_parse(fields[2], "COUNT", UINT32_MAX, &extent->count, error))
        return false;
    /* What the kernel prints for an ID that has no number where the file is read. */
    if (extent->shown == ID_NONE)
        return map_error_set(error,
                             "the IDs from %" G_GUINT32_FORMAT
                             " are not visible from this user namespace (SHOWN 4294967295)\n"
                             "  run remapfs where the map was made, in the parent namespace",
                             extent->lower);
    return true;
}

bool uidmap_file_parse(LineReader *reader, ExtentList *list, GError **error)
{
    IdExtent extent = {.source = line_reader_name(reader)};
    size_t n = 0;
    char *line;
    while ((line = line_reader_next(reader, &extent.line)) != NULL) {
        if (!parse_line(line, &extent, error) || !extent_list_add(list, &extent, error)) {
            g_prefix_error(error, "%s:%u: ", line_reader_name(reader), extent.line);
            return false;
        }
        n++;
    }
    if (n == 0)
        return map_error_set(error,
                             "%s is empty: no map, or a user namespace that was given none yet",
                             line_reader_name(reader));
    return true;
}

bool uidmap_file_read(const char *path, const char *name, ExtentList *list, GError **error)
{
    g_autoptr(LineReader) reader = line_reader_open(path, name, error);
    return reader != NULL && uidmap_file_parse(reader, list, error);
}
