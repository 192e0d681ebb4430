/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handles make PATH...: prints a line for each, its file handle and the path.
 * handles open MOUNT: reads such lines, opens each handle and prints the path, and what was found:
 * the type, inode number, owner and size, for a directory its path, for a regular file its first
 * line; or the name of the error. See open_by_handle_at(2). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef union {
    struct file_handle header;
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
} Handle;

static void make(const char *path)
{
    Handle handle;
    int mount_id;

    handle.header.handle_bytes = MAX_HANDLE_SZ;
    if (name_to_handle_at(AT_FDCWD, path, &handle.header, &mount_id, 0) < 0) {
        printf("%s %s\n", strerrorname_np(errno), path);
        return;
    }
    printf("%d:", handle.header.handle_type);
    for (unsigned i = 0; i < handle.header.handle_bytes; i++)
        printf("%02x", handle.header.f_handle[i]);
    printf(" %s\n", path);
}

static void read_handle(const char *text, Handle *handle)
{
    char *end;
    unsigned n = 0;
    unsigned byte;

    handle->header.handle_type = (int)strtol(text, &end, 10);
    for (text = end + 1; n < MAX_HANDLE_SZ && sscanf(text, "%2x", &byte) == 1; text += 2)
        handle->header.f_handle[n++] = (unsigned char)byte;
    handle->header.handle_bytes = n;
}

static void print_more(int fd, mode_t mode)
{
    char name[64];
    char text[PATH_MAX];
    ssize_t n;

    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    if (S_ISDIR(mode)) {
        n = readlink(name, text, sizeof(text) - 1);
    } else if (S_ISREG(mode)) {
        int file = open(name, O_RDONLY);
        n = read(file, text, sizeof(text) - 1);
        close(file);
    } else {
        return;
    }
    text[n < 0 ? 0 : n] = '\0';
    printf(" %.*s", (int)strcspn(text, "\n"), text);
}

static void open_handle(int mount, const char *text, const char *path)
{
    Handle handle;
    struct stat attr;
    int fd;

    read_handle(text, &handle);
    fd = open_by_handle_at(mount, &handle.header, O_PATH);
    if (fd < 0 || fstat(fd, &attr) < 0) {
        printf("%s: %s\n", path, strerrorname_np(errno));
        return;
    }
    printf("%s: %o %llu %u:%u %lld", path, attr.st_mode, (unsigned long long)attr.st_ino,
           attr.st_uid, attr.st_gid, S_ISREG(attr.st_mode) ? (long long)attr.st_size : 0);
    print_more(fd, attr.st_mode);
    putchar('\n');
    close(fd);
}

int main(int argc, char **argv)
{
    char handle[2 * MAX_HANDLE_SZ + 32];
    char path[PATH_MAX];
    int mount;

    if (argc >= 3 && strcmp(argv[1], "make") == 0) {
        for (int i = 2; i < argc; i++)
            make(argv[i]);
        return 0;
    }
    if (argc != 3 || strcmp(argv[1], "open") != 0)
        return 2;
    mount = open(argv[2], O_RDONLY | O_DIRECTORY);
    while (scanf("%287s %4095s", handle, path) == 2)
        open_handle(mount, handle, path);
    return 0;
}
