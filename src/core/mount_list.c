/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts that a directory tree consists of, by /proc/self/mountinfo. */
#include "core/mount_list.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIELD_ID = 0,
    FIELD_PARENT = 1,
    FIELD_ROOT = 3,
    FIELD_PATH = 4,
    FIELD_OPTIONS = 5,
    FIELD_OPTIONAL = 6, /* any number of them, ended by "-" */
};

static void line_free(void *data)
{
    MountLine *line = data;
    g_free(line->root);
    g_free(line->path);
    g_free(line->type);
    g_free(line->source);
    g_free(line->options);
    g_free(line);
}

static MountLine *parse(const char *text)
{
    g_auto(GStrv) fields = g_strsplit(text, " ", -1);
    guint n = g_strv_length(fields);
    guint end = FIELD_OPTIONAL;
    bool is_unbindable = false;
    for (; end < n && strcmp(fields[end], "-") != 0; end++)
        is_unbindable |= strcmp(fields[end], "unbindable") == 0;
    if (end + 2 >= n)
        return NULL;
    MountLine *line = g_new0(MountLine, 1);
    line->id = atoi(fields[FIELD_ID]);
    line->parent = atoi(fields[FIELD_PARENT]);
    /* Blanks are written as \040. */
    line->root = g_strcompress(fields[FIELD_ROOT]);
    line->path = g_strcompress(fields[FIELD_PATH]);
    line->type = g_strdup(fields[end + 1]);
    line->source = g_strcompress(fields[end + 2]);
    line->options = g_strdup(fields[FIELD_OPTIONS]);
    line->is_unbindable = is_unbindable;
    return line;
}

bool mount_path_is_below(const char *path, const char *directory)
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

GPtrArray *mount_list_all(const char *mountinfo)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(line_free);
    g_auto(GStrv) lines = g_strsplit(mountinfo, "\n", -1);
    for (char **text = lines; *text != NULL; text++) {
        MountLine *line = parse(*text);
        if (line != NULL)
            g_ptr_array_add(all, line);
    }
    return all;
}

GPtrArray *mount_list_below(const char *mountinfo, const char *directory)
{
    GPtrArray *below = g_ptr_array_new_with_free_func(line_free);
    MountLine *own = NULL;
    g_autoptr(GPtrArray) all = mount_list_all(mountinfo);
    g_ptr_array_set_free_func(all, NULL);
    for (guint i = 0; i < all->len; i++) {
        MountLine *line = all->pdata[i];
        if (mount_path_is_below(directory, line->path) &&
            (own == NULL || strlen(line->path) >= strlen(own->path))) {
            g_clear_pointer(&own, line_free);
            own = line;
        } else if (mount_path_is_below(line->path, directory)) {
            replace_or_add(below, line);
        } else {
            line_free(line);
        }
    }
    if (own != NULL)
        g_ptr_array_insert(below, 0, own);
    return below;
}

GPtrArray *mount_list_tree(const char *mountinfo, int id)
{
    GPtrArray *tree = g_ptr_array_new_with_free_func(line_free);
    g_autoptr(GHashTable) ids = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) rest = mount_list_all(mountinfo);
    guint before;

    /* A line may come before that of its parent. */
    do {
        before = tree->len;
        for (guint i = 0; i < rest->len; i++) {
            const MountLine *line = rest->pdata[i];
            if (line->id != id && !g_hash_table_contains(ids, GINT_TO_POINTER(line->parent)))
                continue;
            g_hash_table_add(ids, GINT_TO_POINTER(line->id));
            g_ptr_array_add(tree, g_ptr_array_steal_index(rest, i--));
        }
    } while (tree->len > before);
    return tree;
}

bool mount_line_has(const MountLine *line, const char *option)
{
    g_auto(GStrv) options = g_strsplit(line->options, ",", -1);
    return g_strv_contains((const char *const *)options, option);
}
