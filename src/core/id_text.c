/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of a map as users write them, with messages. */
#include "core/id_text.h"

#include "base/number.h"
#include "core/map_error.h"
#include "core/printable.h"

#include <errno.h>
#include <string.h>

bool id_text_parse(const char *text, const char *what, uint32_t max, uint32_t *ret_number,
                   GError **error)
{
    if (*text == '\0')
        return map_error_set(error, "%s is empty", what);
    ErrInt rc = number_parse(text, strlen(text), max, ret_number);
    if (rc == 0)
        return true;
    g_autofree char *shown = printable(text);
    if (rc == -ERANGE)
        return map_error_set(error, "%s %.40s is more than %" G_GUINT32_FORMAT, what, shown, max);
    return map_error_set(error,
                         "%s '%.40s' is not a decimal number\n"
                         "  write digits only: no sign, blank, hex prefix or unit",
                         what, shown);
}

bool id_text_parse_owner(const char *text, uint32_t ret_ids[ID_KIND_COUNT], bool *ret_has_gid,
                         GError **error)
{
    g_auto(GStrv) fields = g_strsplit(text, ":", -1);
    guint n = g_strv_length(fields);
    if (n == 0)
        return map_error_set(error, "UID is empty");
    if (n > 2)
        return map_error_set(error, "%u fields where UID or UID:GID was expected", n);

    uint32_t ids[ID_KIND_COUNT];
    if (!id_text_parse(fields[0], "UID", ID_MAX, &ids[ID_UID], error))
        return false;
    ids[ID_GID] = ids[ID_UID];
    if (n == 2 && !id_text_parse(fields[1], "GID", ID_MAX, &ids[ID_GID], error))
        return false;

    ret_ids[ID_UID] = ids[ID_UID];
    ret_ids[ID_GID] = ids[ID_GID];
    if (ret_has_gid != NULL)
        *ret_has_gid = n == 2;
    return true;
}
