/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One volume: what it shows, and who uses it. */
#include "volume-driver/volume.h"

#include "core/printable.h"
#include "volume-driver/driver_error.h"

#include <limits.h>
#include <string.h>

enum { ID_MAX_BYTES = 256 };

/* As Docker's own volumes: no name begins with a dot, none has a slash. */
bool volume_check_name(const char *name, GError **error)
{
    static const char allowed[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-";
    if (name == NULL || name[0] == '\0')
        return driver_error_set(error, "the name of the volume is missing");
    if (!g_ascii_isalnum(name[0]) || name[strspn(name, allowed)] != '\0') {
        g_autofree char *shown = printable(name);
        return driver_error_set(error,
                                "'%s': not a name for a volume: letters, digits, '_', '.' and '-', "
                                "of which the first is a letter or a digit",
                                shown);
    }
    if (strlen(name) > NAME_MAX)
        return driver_error_set(error, "the name of the volume has more than %d characters",
                                NAME_MAX);
    return true;
}

bool volume_check_id(const char *id, GError **error)
{
    if (id == NULL || id[0] == '\0')
        return driver_error_set(error, "the ID of the mount is missing");
    if (strlen(id) > ID_MAX_BYTES || !is_printable(id))
        return driver_error_set(error,
                                "not an ID of a mount: more than %d bytes, or a control "
                                "character",
                                ID_MAX_BYTES);
    return true;
}

static char *now(void)
{
    g_autoptr(GDateTime) time = g_date_time_new_now_utc();
    return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}

Volume *volume_new(const char *name, JsonObject *options, const char *created)
{
    Volume *volume = g_atomic_rc_box_new0(Volume);
    volume->name = g_strdup(name);
    volume->options = options;
    volume->created = created != NULL ? g_strdup(created) : now();
    volume->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pthread_mutex_init(&volume->busy, NULL);
    return volume;
}

static void clear(void *data)
{
    Volume *volume = data;
    g_free(volume->name);
    json_object_unref(volume->options);
    g_free(volume->created);
    g_hash_table_unref(volume->ids);
    g_clear_pointer(&volume->watch, g_source_unref);
    pthread_mutex_destroy(&volume->busy);
}

Volume *volume_ref(Volume *volume)
{
    return g_atomic_rc_box_acquire(volume);
}

void volume_unref(Volume *volume)
{
    g_atomic_rc_box_release_full(volume, clear);
}
