/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sources /proc/PID/uid_map (or any file in that form) and pid:PID. */
#include "core/id_text.h"
#include "core/map_error.h"
#include "core/map_source.h"
#include "core/source_userns.h"
#include "core/uidmap_file.h"

bool source_uidmap_read(const MapSource *source, const char *text, GError **error)
{
    g_autofree char *gid_file =
        map_source_wants_both(source) ? map_source_sibling(text, "uid", "gid") : g_strdup(text);
    const char *const files[ID_KIND_COUNT] = {text, gid_file};
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        if (source->wanted[kind] &&
            !uidmap_file_read(files[kind], files[kind], source->extents[kind], error))
            return false;
    /* Beside a map of /proc; another file has no such thing beside it. */
    g_autofree char *directory = g_path_get_dirname(text);
    g_autofree char *ns = g_build_filename(directory, "ns", "user", NULL);
    source_userns_warn_own(source, ns);
    return true;
}

bool source_pid_read(const MapSource *source, const char *text, GError **error)
{
    static const char *const names[ID_KIND_COUNT] = {"uid_map", "gid_map"};

    uint32_t pid;
    if (!id_text_parse(text, "PID", G_MAXINT32, &pid, error))
        return false;
    g_autofree char *directory = g_strdup_printf("/proc/%" G_GUINT32_FORMAT, pid);
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        g_autofree char *file = g_build_filename(directory, names[kind], NULL);
        if (!source->wanted[kind] || uidmap_file_read(file, file, source->extents[kind], error))
            continue;
        /* Looked for only now, so that a process that ends in between is told from one whose map
         * is at fault. */
        if (!g_file_test(directory, G_FILE_TEST_IS_DIR)) {
            g_clear_error(error);
            return map_error_set(error,
                                 "there is no process %" G_GUINT32_FORMAT "\n"
                                 "  name one that runs in the container, for example by:  "
                                 "podman inspect -f '{{.State.Pid}}' NAME",
                                 pid);
        }
        return false;
    }
    g_autofree char *ns = g_build_filename(directory, "ns", "user", NULL);
    source_userns_warn_own(source, ns);
    return true;
}
