/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One SOURCE of map=, uidmap= or gidmap=: which kind it is. */
#include "core/map_source.h"

#include "core/map_error.h"
#include "core/printable.h"

#include <string.h>

/* The prefixes come first, so a user who is called "pid" must be written as a number in a literal
 * map. */
static const struct {
    const char *prefix;
    bool takes_value;
    MapSourceReader *read;
    const char *form;
} prefixes[] = {
    {"subid:",  true,  source_subid_read,  "subid:USER[:GROUP]"},
    {"pid:",    true,  source_pid_read,    "pid:PID"           },
    {"userns:", true,  source_userns_read, "userns:/PATH"      },
    {"docker",  false, source_docker_read, "docker"            },
    {"offset:", true,  source_offset_read, "offset:N"          },
    {"owner:",  true,  source_owner_read,  "owner:UID[:GID]"   },
};

static bool fail_unknown(GError **error)
{
    g_autoptr(GString) forms = g_string_new("LOWER:SHOWN:COUNT, /etc/subuid:USER[:GROUP], "
                                            "/proc/PID/uid_map");
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        g_string_append_printf(forms, ", %s", prefixes[i].form);
    return map_error_set(error, "this is no source of a map\n  write one of: %s", forms->str);
}

static bool read_file(const MapSource *source, const char *text, GError **error)
{
    const char *name = strrchr(text, '/') + 1;
    if (strchr(name, ':') != NULL)
        return source_subfile_read(source, text, error);
    return source_uidmap_read(source, text, error);
}

static bool dispatch(const MapSource *source, GError **error)
{
    const char *value = source->value;
    if (*value == '\0')
        return fail_unknown(error);
    /* No name or path of a map has one, and every message would have to guard against it. */
    if (!is_printable(value))
        return map_error_set(error, "a control character (shown as '?')");
    if (*value == '/')
        return read_file(source, value, error);
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        const char *prefix = prefixes[i].prefix;
        if (!prefixes[i].takes_value && strcmp(value, prefix) == 0)
            return prefixes[i].read(source, "", error);
        if (!prefixes[i].takes_value || !g_str_has_prefix(value, prefix))
            continue;
        const char *text = value + strlen(prefix);
        if (*text == '\0')
            return map_error_set(error, "nothing follows '%s'\n  write %s", prefix,
                                 prefixes[i].form);
        return prefixes[i].read(source, text, error);
    }
    if (strchr(value, '/') != NULL)
        return map_error_set(error, "a relative path\n"
                                    "  write the path from the root");
    if (strchr(value, ':') == NULL)
        return fail_unknown(error);
    return source_literal_read(source, value, error);
}

bool map_source_read(const MapSource *source, GError **error)
{
    if (dispatch(source, error))
        return true;
    g_autofree char *value = printable(source->value);
    g_prefix_error(error, "%s=%s: ", source->option, value);
    return false;
}

GRefString *map_source_text(const MapSource *source)
{
    g_autofree char *text = g_strdup_printf("%s=%s", source->option, source->value);
    return g_ref_string_new(text);
}

bool map_source_wants_both(const MapSource *source)
{
    return source->wanted[ID_UID] && source->wanted[ID_GID];
}

char *map_source_sibling(const char *path, const char *uid, const char *gid)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *found = strstr(name, uid);
    if (found == NULL)
        return g_strdup(path);
    return g_strdup_printf("%.*s%s%s", (int)(found - path), path, gid, found + strlen(uid));
}
