/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operations of measure. The names that they use, relative to a client's directory:
 *   data       a file to read and write
 *   files/     N_FILES files to look at, named 0 and on
 *   new/       an empty directory to make things in
 */
#include "operations.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    N_FILES = 256,
    N_NEW = 500,
    N_RANDOM = 4096,
    PAGE = 4096,
};

extern char **environ;

void die(const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void check(int result, const char *what)
{
    if (result < 0)
        die(what);
}

/* Reading and writing. Each batch opens the file anew, as programs do; a FUSE mount may have to
 * read it again for that. */

static void block_begin(Client *client)
{
    client->block = client->arguments[0] != NULL ? strtoul(client->arguments[0], NULL, 10) : PAGE;
    client->buffer = aligned_alloc(PAGE, (client->block + PAGE - 1) / PAGE * PAGE);
    if (client->block == 0 || client->buffer == NULL)
        die("block size");
    memset(client->buffer, 'x', client->block);
}

static off_t data_size(void)
{
    struct stat st;

    check(stat("data", &st), "data");
    return st.st_size;
}

static void read_before(Client *client)
{
    client->fd = open("data", O_RDONLY | O_CLOEXEC);
    check(client->fd, "data");
}

static void close_after(Client *client)
{
    check(close(client->fd), "close");
}

static long read_batch(Client *client)
{
    long calls = 0;
    ssize_t n;

    while ((n = read(client->fd, client->buffer, client->block)) > 0)
        calls++;
    check((int)n, "read");
    return calls;
}

/* A new file: truncating one makes ext4 write it back on close. */
static void write_before(Client *client)
{
    if (unlink("written") < 0 && errno != ENOENT)
        die("written");
    client->fd = open("written", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    check(client->fd, "written");
}

/* With the close, when a file system that has kept what was written passes it on. */
static long write_batch(Client *client)
{
    long calls = data_size() / (off_t)client->block;

    for (long i = 0; i < calls; i++) {
        if (write(client->fd, client->buffer, client->block) != (ssize_t)client->block)
            die("write");
    }
    check(close(client->fd), "close");
    return calls;
}

/* Always the same sequence of blocks below N_BLOCKS. */
static off_t next_random(uint32_t *state, off_t n_blocks)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return (off_t)*state % n_blocks;
}

static long random_read_batch(Client *client)
{
    off_t n_blocks = data_size() / PAGE;
    uint32_t state = 1;

    for (int i = 0; i < N_RANDOM; i++) {
        if (pread(client->fd, client->buffer, PAGE, next_random(&state, n_blocks) * PAGE) != PAGE)
            die("pread");
    }
    return N_RANDOM;
}

static void random_write_before(Client *client)
{
    client->fd = open("data", O_WRONLY | O_CLOEXEC);
    check(client->fd, "data");
}

static long random_write_batch(Client *client)
{
    off_t n_blocks = data_size() / PAGE;
    uint32_t state = 1;

    for (int i = 0; i < N_RANDOM; i++) {
        if (pwrite(client->fd, client->buffer, PAGE, next_random(&state, n_blocks) * PAGE) != PAGE)
            die("pwrite");
    }
    check(close(client->fd), "close");
    return N_RANDOM;
}

/* One byte of each page: what the mapping costs, and not what memory costs. */
static long mmap_batch(Client *client)
{
    size_t size = (size_t)data_size();
    volatile unsigned char *map = mmap(NULL, size, PROT_READ, MAP_SHARED, client->fd, 0);

    if (map == MAP_FAILED)
        die("mmap");
    for (size_t at = 0; at < size; at += PAGE)
        (void)map[at];
    check(munmap((void *)map, size), "munmap");
    return (long)(size / PAGE);
}

/* Makes the call for N files of the directory. */
static long for_files(const char *directory, int n, void (*call)(const char *name))
{
    char name[32];

    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof(name), "%s/%d", directory, i);
        call(name);
    }
    return n;
}

/* Files that are there */

static void stat_file(const char *name)
{
    struct stat st;

    check(stat(name, &st), name);
}

static long stat_batch(Client *client)
{
    (void)client;
    return for_files("files", N_FILES, stat_file);
}

static void open_and_close(const char *name, int flags)
{
    int fd = open(name, flags | O_CLOEXEC, 0644);

    check(fd, name);
    check(close(fd), name);
}

static void open_file(const char *name)
{
    open_and_close(name, O_RDONLY);
}

static long open_batch(Client *client)
{
    (void)client;
    return for_files("files", N_FILES, open_file);
}

/* Names that come and go */

static void create_file(const char *name)
{
    open_and_close(name, O_WRONLY | O_CREAT | O_EXCL);
}

static long create_new(Client *client)
{
    (void)client;
    return for_files("new", N_NEW, create_file);
}

static void unlink_file(const char *name)
{
    check(unlink(name), name);
}

static long unlink_new(Client *client)
{
    (void)client;
    return for_files("new", N_NEW, unlink_file);
}

static void create_before(Client *client)
{
    create_new(client);
}

static void unlink_after(Client *client)
{
    unlink_new(client);
}

static void rename_all(const char *old_format, const char *new_format)
{
    char old_name[32];
    char new_name[32];

    for (int i = 0; i < N_FILES; i++) {
        snprintf(old_name, sizeof(old_name), old_format, i);
        snprintf(new_name, sizeof(new_name), new_format, i);
        check(rename(old_name, new_name), old_name);
    }
}

/* To and fro */
static long rename_batch(Client *client)
{
    (void)client;
    rename_all("files/%d", "files/moved%d");
    rename_all("files/moved%d", "files/%d");
    return 2L * N_FILES;
}

static void make_directory(const char *name)
{
    check(mkdir(name, 0755), name);
}

static void remove_directory(const char *name)
{
    check(rmdir(name), name);
}

static long mkdir_batch(Client *client)
{
    (void)client;
    for_files("new", N_NEW, make_directory);
    return for_files("new", N_NEW, remove_directory);
}

/* Commands */

static long run_batch(Client *client)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    errno = posix_spawnp(&pid, client->arguments[0], &actions, NULL, client->arguments, environ);
    if (errno != 0)
        die(client->arguments[0]);
    posix_spawn_file_actions_destroy(&actions);
    check(waitpid(pid, &status, 0), "waitpid");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != client->expected_status) {
        fprintf(stderr, "measure: %s ended with status 0x%x\n", client->arguments[0], status);
        exit(1);
    }
    return 1;
}

static const Operation operations[] = {
    {"read",         1, block_begin, read_before,         read_batch,         close_after },
    {"write",        1, block_begin, write_before,        write_batch,        NULL        },
    {"random-read",  1, block_begin, read_before,         random_read_batch,  close_after },
    {"random-write", 1, block_begin, random_write_before, random_write_batch, NULL        },
    {"mmap",         1, NULL,        read_before,         mmap_batch,         close_after },
    {"stat",         1, NULL,        NULL,                stat_batch,         NULL        },
    {"open",         1, NULL,        NULL,                open_batch,         NULL        },
    {"create",       1, NULL,        NULL,                create_new,         unlink_after},
    {"unlink",       1, NULL,        create_before,       unlink_new,         NULL        },
    {"rename",       1, NULL,        NULL,                rename_batch,       NULL        },
    {"mkdir",        1, NULL,        NULL,                mkdir_batch,        NULL        },
    {"run",          0, NULL,        NULL,                run_batch,          NULL        },
};

const Operation *operation_find(const char *name)
{
    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    }
    return NULL;
}
