/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option strings of libmount, taken apart and written for remapfs. */
#include "mount-helper/option_string.h"

#include <libmount/libmount.h>
#include <string.h>

static void append_value(GString *option, const char *value, size_t length)
{
    bool quoted = false;

    for (size_t i = 0; i < length; i++) {
        if (value[i] == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted && value[i] == ',')
            g_string_append_c(option, '\\');
        g_string_append_c(option, value[i]);
    }
}

/* Whether the last comma was one of the value: older versions of libmount split there, too. */
static bool ends_escaped(const GString *option)
{
    gsize backslashes = 0;

    while (backslashes < option->len && option->str[option->len - 1 - backslashes] == '\\')
        backslashes++;
    return backslashes % 2 == 1;
}

GPtrArray *option_string_split(const char *options, GError **error)
{
    g_autoptr(GPtrArray) split = g_ptr_array_new_with_free_func(g_free);
    char *rest = (char *)options;
    char *name, *value;
    size_t name_length, value_length;
    int r;

    g_autoptr(GString) option = g_string_new(NULL);
    while ((r = mnt_optstr_next_option(&rest, &name, &name_length, &value, &value_length)) == 0) {
        g_string_append_len(option, name, (gssize)name_length);
        if (value != NULL) {
            g_string_append_c(option, '=');
            append_value(option, value, value_length);
        }
        if (ends_escaped(option)) {
            g_string_append_c(option, ',');
            continue;
        }
        g_ptr_array_add(split, g_strdup(option->str));
        g_string_truncate(option, 0);
    }
    if (option->len > 0)
        g_ptr_array_add(split, g_strdup(option->str));
    if (r == 1)
        return g_steal_pointer(&split);
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "-o %s: not a list of options", options);
    return NULL;
}

bool option_string_has(const GPtrArray *options, const char *option)
{
    for (guint i = 0; i < options->len; i++)
        if (strcmp(options->pdata[i], option) == 0)
            return true;
    return false;
}
