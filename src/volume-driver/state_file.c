/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that has the driver's state. */
#include "volume-driver/state_file.h"

#include "base/cleanup.h"
#include "core/text_file.h"
#include "volume-driver/driver_error.h"
#include "volume-driver/log.h"
#include "volume-driver/state_text.h"
#include "volume-driver/volume.h"

#include <fcntl.h>
#include <stdio.h>

static bool write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text += n;
        length -= (size_t)n;
    }
    return true;
}

static bool write_new(const char *path, const char *text, size_t length)
{
    int fd AUTO_CLOSE = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd >= 0 && write_all(fd, text, length) && fsync(fd) == 0;
}

static bool sync_directory_of(const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    int fd AUTO_CLOSE = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

bool state_file_write(const char *path, const GPtrArray *volumes, GError **error)
{
    g_autofree char *new_path = g_strconcat(path, ".new", NULL);
    size_t length;
    g_autofree char *text = state_text_write(volumes, &length);
    if (length > STATE_TEXT_MAX_BYTES)
        return driver_error_set(error, "%s: would have more than %zu bytes", path,
                                STATE_TEXT_MAX_BYTES);
    if (write_new(new_path, text, length) && rename(new_path, path) == 0 && sync_directory_of(path))
        return true;
    return driver_error_set(error, "%s: cannot write it: %s", path, g_strerror(errno));
}

/* A second name, that no other file has; so what is damaged cannot be lost, nor what was set aside
 * before. */
static bool set_aside(const char *path, GError **error)
{
    for (unsigned number = 1; number < 10000; number++) {
        g_autofree char *aside = g_strdup_printf("%s.damaged-%u", path, number);
        if (link(path, aside) == 0) {
            log_message("%s is damaged, and kept as %s", path, aside);
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return driver_error_set(error, "%s: is damaged, and cannot be set aside: %s", path,
                            g_strerror(errno));
}

GPtrArray *state_file_read(const char *path, GError **error)
{
    g_autoptr(GPtrArray) volumes =
        g_ptr_array_new_with_free_func((GDestroyNotify)(void *)volume_unref);
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) fault = NULL;
    size_t length;
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return g_steal_pointer(&volumes);
    g_autofree char *text = text_file_read(path, path, STATE_TEXT_MAX_BYTES, &length, error);
    if (text == NULL)
        return NULL;
    if (!state_text_read(text, length, volumes, faults, &fault))
        log_message("%s: %s", path, fault->message);
    for (guint i = 0; i < faults->len; i++)
        log_message("%s: %s", path, (const char *)faults->pdata[i]);
    if ((fault != NULL || faults->len > 0) &&
        !(set_aside(path, error) && state_file_write(path, volumes, error)))
        return NULL;
    return g_steal_pointer(&volumes);
}
