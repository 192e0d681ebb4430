/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small text files, read whole and never waited for. */
#include "core/text_file.h"

#include "base/cleanup.h"
#include "base/fdname.h"
#include "core/map_error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char *what_it_is(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "a directory";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    default:
        return "a device";
    }
}

/* The O_PATH descriptor shows what the file is before anything happens to it: a plain open would
 * wait for the writer of a FIFO and wake the driver of a device. */
static int open_regular(const char *path, const char *name, GError **error)
{
    int peek AUTO_CLOSE = open(path, O_PATH | O_CLOEXEC);
    struct stat st;
    if (peek < 0 || fstat(peek, &st) < 0) {
        map_error_set(error, "cannot open %s: %s", name, g_strerror(errno));
        return -1;
    }
    if (!S_ISREG(st.st_mode)) {
        map_error_set(error, "%s is %s, not a regular file", name, what_it_is(st.st_mode));
        return -1;
    }
    int fd = open(fd_path(peek).text, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        map_error_set(error, "cannot read %s: %s", name, g_strerror(errno));
    return fd;
}

char *text_file_read(const char *path, const char *name, size_t max, size_t *ret_length,
                     GError **error)
{
    int fd AUTO_CLOSE = open_regular(path, name, error);
    if (fd < 0)
        return NULL;

    /* Files below /proc say that they are empty, so the size is found by reading. */
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    for (;;) {
        guint8 block[8192];
        ssize_t got = read(fd, block, sizeof(block));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            map_error_set(error, "cannot read %s: %s", name, g_strerror(errno));
            return NULL;
        }
        if (got == 0)
            break;
        if ((size_t)got > max - bytes->len) {
            map_error_set(error, "%s has more than %zu bytes", name, max);
            return NULL;
        }
        g_byte_array_append(bytes, block, (guint)got);
    }
    *ret_length = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&bytes), /* free_segment = */ FALSE);
}
