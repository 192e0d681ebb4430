/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts that a directory tree consists of, by /proc/self/mountinfo. */
#include "core/mount_list.h"

#include <string.h>

enum {
    FIELD_PATH = 4,
    FIELD_OPTIONS = 5,
    FIELD_OPTIONAL = 6, /* any number of them, ended by "-" */
};

static void line_free(void *data)
{
    MountLine *line = data;
    g_free(line->path);
    g_free(line->type);
    g_free(line->options);
    g_free(line);
}

static MountLine *parse(const char *text)
{
    g_auto(GStrv) fields = g_strsplit(text, " ", -1);
    guint n = g_strv_length(fields);
    guint end = FIELD_OPTIONAL;
    while (end < n && strcmp(fields[end], "-") != 0)
        end++;
    if (end + 1 >= n)
        return NULL;
    MountLine *line = g_new0(MountLine, 1);
    /* Blanks are written as \040. */
    line->path = g_strcompress(fields[FIELD_PATH]);
    line->type = g_strdup(fields[end + 1]);
    line->options = g_strdup(fields[FIELD_OPTIONS]);
    return line;
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    if (strcmp(directory, "/") == 0)
        return true;
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void replace_or_add(GPtrArray *list, MountLine *line)
{
    for (guint i = 0; i < list->len; i++) {
        MountLine *other = list->pdata[i];
        if (strcmp(other->path, line->path) == 0) {
            line_free(other);
            list->pdata[i] = line;
            return;
        }
    }
    g_ptr_array_add(list, line);
}

GPtrArray *mount_list_below(const char *mountinfo, const char *directory)
{
    GPtrArray *below = g_ptr_array_new_with_free_func(line_free);
    MountLine *own = NULL;
    g_auto(GStrv) lines = g_strsplit(mountinfo, "\n", -1);
    for (char **text = lines; *text != NULL; text++) {
        MountLine *line = parse(*text);
        if (line == NULL)
            continue;
        if (is_below(directory, line->path) &&
            (own == NULL || strlen(line->path) >= strlen(own->path))) {
            g_clear_pointer(&own, line_free);
            own = line;
        } else if (is_below(line->path, directory)) {
            replace_or_add(below, line);
        } else {
            line_free(line);
        }
    }
    if (own != NULL)
        g_ptr_array_insert(below, 0, own);
    return below;
}

bool mount_line_has(const MountLine *line, const char *option)
{
    g_auto(GStrv) options = g_strsplit(line->options, ",", -1);
    return g_strv_contains((const char *const *)options, option);
}
