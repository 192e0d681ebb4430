/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: the input is a row of FUSE requests, answered by the handlers over a tmpfs that
 * is mounted nowhere. Of each request there are a byte that selects its kind, one each for the
 * node, the open file and the caller, the body, and then names and data, see take_name(). What the
 * kernel alone decides, such as handles of open files, is put right. */
#include "base/cleanup.h"
#include "core/map_request.h"
#include "fs/cred.h"
#include "kernel_side.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FIRST_SHOWN = 100000,
    LAST_SHOWN = 165535,
    BODY_MAX = 128,
    DATA_MAX = 1 << 16,
    REFUSED = 0x80, /* in the byte for the caller */
};

/* Input */

typedef struct {
    const uint8_t *bytes;
    size_t size;
} Input;

/* What is not there reads as 0. */
static void take(Input *input, void *place, size_t size)
{
    size_t n = size < input->size ? size : input->size;

    memset(place, 0, size);
    if (n > 0)
        memcpy(place, input->bytes, n);
    input->bytes += n;
    input->size -= n;
}

static uint8_t take_byte(Input *input)
{
    uint8_t byte;

    take(input, &byte, 1);
    return byte;
}

static const char *const known_names[] = {
    "file",
    "dir",
    "hard",
    "link",
    "fifo",
    "device",
    "new",
    "other",
    "",
    ".",
    "..",
    "../outside",
    "dir/file",
    "../outside/secret",
    "/",
    "dir/../../outside/secret",
    "user.a",
    "security.capability",
    "trusted.a",
    "system.posix_acl_access",
    "user.",
    "system.posix_acl_default",
    "security.",
    "system.remapfs.status",
    "nonsense",
    "system.remapfs.map.0",
    "system.none",
    "trusted.overlay.opaque",
};

enum { N_NAMES = sizeof(known_names) / sizeof(known_names[0]) };

/* Below N_NAMES a byte is one of these, above it is the length of the name that follows, and 255 a
 * name that is too long. Appended to BODY, which has room; the new length. */
static size_t take_name(Input *input, char *body, size_t length)
{
    uint8_t first = take_byte(input);
    size_t n = first - N_NAMES;

    if (first < N_NAMES)
        return (size_t)(stpcpy(body + length, known_names[first]) - body) + 1;
    if (first == 255) {
        n = 300;
        memset(body + length, 'n', n);
    } else {
        take(input, body + length, n);
    }
    body[length + n] = '\0';
    return length + strlen(body + length) + 1;
}

/* Kinds of requests */

typedef enum { NO_MORE, NAME, TWO_NAMES, NAME_AND_VALUE, DATA } Tail;

#define AT(type, member) (int)offsetof(struct type, member)
#define NONE (-1)

typedef struct {
    uint32_t opcode;
    size_t size;      /* of the body */
    int fh_at;        /* in the body, as what follows: an open file, which is NODE's */
    uint32_t fh_flag; /* in the first word: there is an open file; 0: there is one always */
    int node_at;      /* another node */
    int room_at;      /* how much is asked for */
    Tail tail;
} Kind;

struct statx_in { /* fuse_statx_in, newer than some <linux/fuse.h> */
    uint32_t getattr_flags;
    uint32_t reserved;
    uint64_t fh;
    uint32_t sx_flags;
    uint32_t sx_mask;
};

#define SIZE(type) sizeof(struct type)

/* clang-format off */
static const Kind kinds[] = {
    {FUSE_LOOKUP, 0, NONE, 0, NONE, NONE, NAME},
    {FUSE_GETATTR, SIZE(fuse_getattr_in), AT(fuse_getattr_in, fh), FUSE_GETATTR_FH, NONE, NONE, NO_MORE},
    {FUSE_SETATTR, SIZE(fuse_setattr_in), AT(fuse_setattr_in, fh), FATTR_FH, NONE, NONE, NO_MORE},
    {STATX, SIZE(statx_in), AT(statx_in, fh), FUSE_GETATTR_FH, NONE, NONE, NO_MORE},
    {FUSE_READLINK, 0, NONE, 0, NONE, NONE, NO_MORE},
    {FUSE_SYMLINK, 0, NONE, 0, NONE, NONE, TWO_NAMES},
    {FUSE_MKNOD, SIZE(fuse_mknod_in), NONE, 0, NONE, NONE, NAME},
    {FUSE_MKDIR, SIZE(fuse_mkdir_in), NONE, 0, NONE, NONE, NAME},
    {FUSE_UNLINK, 0, NONE, 0, NONE, NONE, NAME},
    {FUSE_RMDIR, 0, NONE, 0, NONE, NONE, NAME},
    {FUSE_RENAME2, SIZE(fuse_rename2_in), NONE, 0, AT(fuse_rename2_in, newdir), NONE, TWO_NAMES},
    {FUSE_LINK, SIZE(fuse_link_in), NONE, 0, AT(fuse_link_in, oldnodeid), NONE, NAME},
    {FUSE_OPEN, SIZE(fuse_open_in), NONE, 0, NONE, NONE, NO_MORE},
    {FUSE_CREATE, SIZE(fuse_create_in), NONE, 0, NONE, NONE, NAME},
    {FUSE_TMPFILE, SIZE(fuse_create_in), NONE, 0, NONE, NONE, NAME},
    {FUSE_READ, SIZE(fuse_read_in), AT(fuse_read_in, fh), 0, NONE, AT(fuse_read_in, size), NO_MORE},
    {FUSE_WRITE, SIZE(fuse_write_in), AT(fuse_write_in, fh), 0, NONE, NONE, DATA},
    {FUSE_FLUSH, SIZE(fuse_flush_in), AT(fuse_flush_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_RELEASE, SIZE(fuse_release_in), AT(fuse_release_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_FSYNC, SIZE(fuse_fsync_in), AT(fuse_fsync_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_OPENDIR, SIZE(fuse_open_in), NONE, 0, NONE, NONE, NO_MORE},
    {FUSE_READDIR, SIZE(fuse_read_in), NONE, 0, NONE, AT(fuse_read_in, size), NO_MORE},
    {FUSE_READDIRPLUS, SIZE(fuse_read_in), NONE, 0, NONE, AT(fuse_read_in, size), NO_MORE},
    {FUSE_FSYNCDIR, SIZE(fuse_fsync_in), NONE, 0, NONE, NONE, NO_MORE},
    {FUSE_STATFS, 0, NONE, 0, NONE, NONE, NO_MORE},
    {FUSE_SETXATTR, FUSE_COMPAT_SETXATTR_IN_SIZE, NONE, 0, NONE, NONE, NAME_AND_VALUE},
    {FUSE_GETXATTR, SIZE(fuse_getxattr_in), NONE, 0, NONE, AT(fuse_getxattr_in, size), NAME},
    {FUSE_LISTXATTR, SIZE(fuse_getxattr_in), NONE, 0, NONE, AT(fuse_getxattr_in, size), NO_MORE},
    {FUSE_REMOVEXATTR, 0, NONE, 0, NONE, NONE, NAME},
    {FUSE_GETLK, SIZE(fuse_lk_in), AT(fuse_lk_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_SETLK, SIZE(fuse_lk_in), AT(fuse_lk_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_SETLKW, SIZE(fuse_lk_in), AT(fuse_lk_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_FALLOCATE, SIZE(fuse_fallocate_in), AT(fuse_fallocate_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_LSEEK, SIZE(fuse_lseek_in), AT(fuse_lseek_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_IOCTL, SIZE(fuse_ioctl_in), AT(fuse_ioctl_in, fh), 0, NONE, NONE, NO_MORE},
    {FUSE_COPY_FILE_RANGE, SIZE(fuse_copy_file_range_in), AT(fuse_copy_file_range_in, fh_in), 0, NONE, NONE, NO_MORE},
    {FUSE_INTERRUPT, 0, NONE, 0, NONE, NONE, NO_MORE},
    {FUSE_FORGET, SIZE(fuse_forget_in), NONE, 0, NONE, NONE, NO_MORE},
};
/* clang-format on */

/* A node that the kernel knows; now and then one that nobody does. */
static uint64_t pick_node(const KernelSide *kernel, uint8_t byte)
{
    return byte < 240 ? kernel->nodes[byte % kernel->n_nodes].node : (uint64_t)byte << 56 | 1;
}

typedef struct {
    const Kind *kind;
    struct fuse_in_header header;
    char body[BODY_MAX + DATA_MAX];
    size_t length;
    uint32_t room;
    int handle; /* among the kernel's; NONE */
} Request;

/* An open file of the kernel's and its node. False: there is none. */
static bool put_handle(const KernelSide *kernel, Request *request, uint8_t byte)
{
    const Kind *kind = request->kind;
    uint32_t flags;

    request->handle = NONE;
    if (kind->fh_at == NONE)
        return true;
    memcpy(&flags, request->body, sizeof(flags));
    if (kernel->n_handles == 0 || (kind->fh_flag != 0 && (flags & kind->fh_flag) == 0)) {
        flags &= ~kind->fh_flag;
        memcpy(request->body, &flags, sizeof(flags));
        return kind->fh_flag != 0;
    }
    request->handle = byte % kernel->n_handles;
    request->header.nodeid = kernel->handles[request->handle].node;
    memcpy(request->body + kind->fh_at, &kernel->handles[request->handle].fh, sizeof(uint64_t));
    return true;
}

/* What the kernel itself puts into a request, from what the caller gave it. */
static void put_right(const KernelSide *kernel, Request *request, Input *input)
{
    struct fuse_ioctl_in *ioctl_in = (struct fuse_ioctl_in *)(void *)request->body;
    struct fuse_copy_file_range_in *copy = (struct fuse_copy_file_range_in *)(void *)request->body;
    struct fuse_open_in *open_in = (struct fuse_open_in *)(void *)request->body;
    const KnownHandle *out;

    switch (request->header.opcode) {
    case FUSE_OPEN:
        open_in->flags &= ~(uint32_t)(O_CREAT | O_EXCL | O_NOCTTY);
        break;
    case FUSE_COPY_FILE_RANGE:
        out = &kernel->handles[copy->fh_out % (uint64_t)kernel->n_handles];
        copy->fh_out = out->fh;
        copy->nodeid_out = out->node;
        copy->len %= DATA_MAX;
        break;
    case FUSE_IOCTL:
        ioctl_in->flags &= ~(uint32_t)FUSE_IOCTL_UNRESTRICTED;
        ioctl_in->out_size =
            (_IOC_DIR(ioctl_in->cmd) & (unsigned)_IOC_READ) != 0 ? _IOC_SIZE(ioctl_in->cmd) : 0;
        ioctl_in->in_size =
            (_IOC_DIR(ioctl_in->cmd) & (unsigned)_IOC_WRITE) != 0 ? _IOC_SIZE(ioctl_in->cmd) : 0;
        take(input, request->body + request->length, ioctl_in->in_size);
        request->length += ioctl_in->in_size;
        break;
    default:
        break;
    }
}

static size_t take_data(Input *input, Request *request)
{
    size_t n = take_byte(input);

    n = n < 255 ? n : DATA_MAX / 2;
    take(input, request->body + request->length, n);
    request->length += n;
    return n;
}

static void take_tail(Input *input, Request *request)
{
    struct fuse_write_in *write_in = (struct fuse_write_in *)(void *)request->body;
    struct fuse_setxattr_in *setxattr_in = (struct fuse_setxattr_in *)(void *)request->body;

    if (request->kind->tail == DATA)
        write_in->size = (uint32_t)take_data(input, request);
    else if (request->kind->tail != NO_MORE)
        request->length = take_name(input, request->body, request->length);
    if (request->kind->tail == TWO_NAMES)
        request->length = take_name(input, request->body, request->length);
    if (request->kind->tail == NAME_AND_VALUE)
        setxattr_in->size = (uint32_t)take_data(input, request);
}

/* False: it is none that the kernel could send now. */
static bool take_request(KernelSide *kernel, Input *input, Request *request, bool *ret_refused)
{
    static const uint32_t callers[] = {0, 100000, 100001, 165535, 5, 165536, UINT32_MAX, 65534};
    const Kind *kind = &kinds[take_byte(input) % (sizeof(kinds) / sizeof(kinds[0]))];
    uint8_t node = take_byte(input);
    uint8_t handle = take_byte(input);
    uint8_t caller = take_byte(input);

    request->kind = kind;
    request->header = (struct fuse_in_header){
        .opcode = kind->opcode,
        .nodeid = pick_node(kernel, node),
        .uid = callers[caller % 8],
        .gid = callers[caller / 8 % 8],
        .pid = (uint32_t)getpid(),
    };
    *ret_refused = (caller & REFUSED) != 0 && kind->opcode != FUSE_READDIRPLUS;
    take(input, request->body, kind->size);
    request->length = kind->size;
    request->room = 0;
    if (!put_handle(kernel, request, handle))
        return false;
    if (kind->node_at != NONE) {
        uint64_t other = pick_node(kernel, (uint8_t)request->body[kind->node_at]);
        memcpy(request->body + kind->node_at, &other, sizeof(other));
    }
    if (kind->room_at != NONE) {
        memcpy(&request->room, request->body + kind->room_at, sizeof(request->room));
        request->room %= DATA_MAX + 1;
        memcpy(request->body + kind->room_at, &request->room, sizeof(request->room));
    }
    take_tail(input, request);
    put_right(kernel, request, input);
    return true;
}

static void send_request(KernelSide *kernel, const Request *request, bool refused)
{
    const struct fuse_forget_in *forget = (const void *)request->body;
    const struct fuse_release_in *release = (const void *)request->body;

    if (request->header.opcode == FUSE_FORGET)
        kernel_side_forget(kernel, (int)(request->header.nodeid % (uint64_t)kernel->n_nodes),
                           forget->nlookup);
    else if (request->header.opcode == FUSE_INTERRUPT)
        kernel_side_interrupt(kernel);
    else if (request->header.opcode == FUSE_RELEASE)
        kernel_side_release(kernel, request->handle, release->release_flags & 3U);
    else
        kernel_side_ask(kernel, &request->header, request->body, request->length, request->room,
                        refused);
}

/* The lower side */

static int make_tmpfs(void)
{
    int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    int mount;

    if (context < 0) {
        perror("fuzz_requests: a tmpfs, which takes root");
        exit(77);
    }
    require(fsconfig(context, FSCONFIG_SET_STRING, "size", "8m", 0) == 0);
    require(fsconfig(context, FSCONFIG_SET_STRING, "nr_inodes", "1000", 0) == 0);
    require(fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0);
    mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV);
    require(mount >= 0);
    close(context);
    return mount;
}

static void make_file(int dir, const char *name, const char *text)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    require(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

/* Returns the lower directory. */
static int make_lower(int mount)
{
    const int daemon_group = setfsgid(0);
    int lower;

    require(mkdirat(mount, "outside", 0700) == 0 && mkdirat(mount, "lower", 0755) == 0);
    make_file(mount, "outside/secret", "secret");
    make_file(mount, "lower/file", "text");
    lower = openat(mount, "lower", O_PATH | O_DIRECTORY | O_CLOEXEC);
    require(lower >= 0 && mkdirat(lower, "dir", 0755) == 0);
    make_file(lower, "dir/file", "below");
    require(linkat(lower, "file", lower, "hard", 0) == 0);
    require(symlinkat("../outside/secret", lower, "link") == 0);
    require(mknodat(lower, "fifo", S_IFIFO | 0644, 0) == 0);
    require(mknodat(lower, "device", S_IFCHR | 0644, makedev(1, 3)) == 0);
    setfsgid((gid_t)daemon_group);
    return lower;
}

typedef struct {
    struct stat mount;
    struct stat dir;
    struct stat secret;
} Outside;

static void look(int mount, const char *name, struct stat *st)
{
    require(fstatat(mount, name, st, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) == 0);
    st->st_atim = (struct timespec){0};
}

static void look_outside(int mount, Outside *outside)
{
    memset(outside, 0, sizeof(*outside));
    look(mount, "", &outside->mount);
    look(mount, "outside", &outside->dir);
    look(mount, "outside/secret", &outside->secret);
}

/* One input */

static void make_map(LiveMap *map, const char *unmapped)
{
    static const MapPaths paths = {"/dev/null", "/dev/null", "/dev/null"};
    GPtrArray *warnings = g_ptr_array_new_with_free_func(g_free);
    IdMap *const existing[ID_KIND_COUNT] = {NULL};
    OwnerMap *owners;
    MapRequest request;

    map_request_init(&request);
    require(map_request_set(&request, "map", "0:100000:65536"));
    require(map_request_set(&request, "unmapped", unmapped));
    owners = map_request_resolve(&request, &paths, "/", warnings, NULL);
    require(owners != NULL);
    map_request_clear(&request);
    g_ptr_array_unref(warnings);
    require(live_map_init(map, owners, g_strdup("{}"), existing) == 0);
}

/* The first byte of the input selects it. */
static LiveMap *map_for(uint8_t byte)
{
    static const char *const policies[] = {"nobody", "nobody", "deny", "squash:100000"};
    static LiveMap maps[4];
    bool privileged;

    if (maps[0].current == NULL) {
        require(cred_init_process(&privileged) == 0);
        for (int i = 0; i < 4; i++)
            make_map(&maps[i], policies[i]);
    }
    return &maps[byte & 3U];
}

static void ask_all(Filesystem *fs, Input *input)
{
    static KernelSide kernel;
    static Request request;
    bool refused;

    kernel = (KernelSide){.first_shown = FIRST_SHOWN, .last_shown = LAST_SHOWN};
    kernel_side_start(&kernel, fs);
    while (input->size > 0 && kernel_side_has_room(&kernel)) {
        if (take_request(&kernel, input, &request, &refused))
            send_request(&kernel, &request, refused);
    }
    kernel_side_end(&kernel, fs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Filesystem fs;
    Input input = {data, size};
    uint8_t byte = take_byte(&input);
    LiveMap *map = map_for(byte);
    const FilesystemOptions options = {
        .nfs_export = (byte & 4U) != 0,
        .sync = (byte & 8U) != 0,
        .validity = {VALIDITY_UNSET, VALIDITY_UNSET, (byte & 16U) != 0 ? 1 : 0},
    };
    int covered = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int here AUTO_CLOSE = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC); /* for the next input */
    int mount AUTO_CLOSE = make_tmpfs();
    int lower = make_lower(mount);
    const FilesystemLimits limits = {.cached_fds = 64, .kept_fds = 8, .users_fds = 1024};
    Outside before;
    Outside after;

    look_outside(mount, &before);
    require(filesystem_init(&fs, &options, map, lower, covered, &limits) == 0);
    ask_all(&fs, &input);
    filesystem_clear(&fs);
    require(fchdir(here) == 0);
    look_outside(mount, &after);
    require(memcmp(&before, &after, sizeof(before)) == 0);
    return 0;
}
