/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libfuse gets a descriptor of /dev/null for its device; what it writes there is taken here. */
#include "kernel_side.h"

#include "base/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* As STATX in the header */
enum {
    STATX_OWNER_AT = 52,  /* in fuse_statx_out; uid, gid */
    PASSTHROUGH = 1 << 5, /* in flags2 */
};

void (*kernel_side_around)(bool begins);
static KernelSide *connected;
static int device = -1;

/* What answers tell */

/* The one with this number, which may have been known before or not. */
static KnownNode *know_node(KernelSide *kernel, uint64_t node)
{
    int i = 0;

    while (i < kernel->n_nodes && kernel->nodes[i].node != node)
        i++;
    require(i < NODES_MAX);
    if (i == kernel->n_nodes)
        kernel->nodes[kernel->n_nodes++] = (KnownNode){.node = node};
    return &kernel->nodes[i];
}

/* Only regular files are opened: neither a FIFO nor a device. */
static void know_handle(KernelSide *kernel, uint64_t node, uint64_t fh)
{
    require(S_ISREG(know_node(kernel, node)->mode));
    require(kernel->n_handles < HANDLES_MAX && fh != 0);
    kernel->handles[kernel->n_handles++] = (KnownHandle){node, fh};
}

static void check_shown(const KernelSide *kernel, uint32_t id)
{
    require((id >= kernel->first_shown && id <= kernel->last_shown) ||
            shown_id_is_none(shown_id(id)));
}

static void check_attr(const KernelSide *kernel, const struct fuse_attr *attr)
{
    check_shown(kernel, attr->uid);
    check_shown(kernel, attr->gid);
    require(attr->ino != 0);
}

static void take_entry(KernelSide *kernel, const struct fuse_entry_out *entry)
{
    if (entry->nodeid == 0)
        return;
    check_attr(kernel, &entry->attr);
    KnownNode *known = know_node(kernel, entry->nodeid);
    known->lookups++;
    known->mode = entry->attr.mode;
}

/* As fs/fuse/readdir.c has it, parse_dirplusfile(). */
static void take_listing(KernelSide *kernel, const char *bytes, size_t size)
{
    while (size >= FUSE_NAME_OFFSET_DIRENTPLUS) {
        struct fuse_direntplus entry;
        memcpy(&entry, bytes, FUSE_NAME_OFFSET_DIRENTPLUS);
        const char *name = bytes + FUSE_NAME_OFFSET_DIRENTPLUS;
        size_t length = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET_DIRENTPLUS + entry.dirent.namelen);
        require(entry.dirent.namelen > 0 && entry.dirent.namelen <= 255 && length <= size);
        require(memchr(name, '/', entry.dirent.namelen) == NULL);
        take_entry(kernel, &entry.entry_out);
        bytes += length;
        size -= length;
    }
    require(size == 0);
}

/* NODE: that was asked about. */
static void take_result(KernelSide *kernel, const Asked *asked, uint64_t node, const char *bytes,
                        size_t size)
{
    struct fuse_entry_out entry;
    struct fuse_open_out opened;
    struct fuse_attr_out attr;
    uint32_t owner[2];

    require(asked->room == 0 || size <= asked->room);
    switch (asked->opcode) {
    case FUSE_LOOKUP:
    case FUSE_MKNOD:
    case FUSE_MKDIR:
    case FUSE_SYMLINK:
    case FUSE_LINK:
        require(size == sizeof(entry));
        memcpy(&entry, bytes, size);
        take_entry(kernel, &entry);
        break;
    case FUSE_CREATE:
    case FUSE_TMPFILE:
        require(size == sizeof(entry) + sizeof(opened));
        memcpy(&entry, bytes, sizeof(entry));
        memcpy(&opened, bytes + sizeof(entry), sizeof(opened));
        take_entry(kernel, &entry);
        know_handle(kernel, entry.nodeid, opened.fh);
        break;
    case FUSE_OPEN:
        require(size == sizeof(opened));
        memcpy(&opened, bytes, size);
        know_handle(kernel, node, opened.fh);
        break;
    case FUSE_GETATTR:
    case FUSE_SETATTR:
        require(size == sizeof(attr));
        memcpy(&attr, bytes, size);
        check_attr(kernel, &attr.attr);
        break;
    case STATX:
        require(size >= STATX_OWNER_AT + sizeof(owner));
        memcpy(owner, bytes + STATX_OWNER_AT, sizeof(owner));
        check_shown(kernel, owner[0]);
        check_shown(kernel, owner[1]);
        break;
    case FUSE_READDIRPLUS:
        take_listing(kernel, bytes, size);
        break;
    default:
        break;
    }
}

static uint64_t asking_node; /* of the request that is being worked on */

static ssize_t take_answer(KernelSide *kernel, const struct iovec *iov, int count)
{
    static char message[1 << 21];
    struct fuse_out_header header;
    size_t size = 0;

    pthread_mutex_lock(&kernel->lock);
    for (int i = 0; i < count; i++) {
        require(iov[i].iov_len <= sizeof(message) - size);
        memcpy(message + size, iov[i].iov_base, iov[i].iov_len);
        size += iov[i].iov_len;
    }
    memcpy(&header, message, sizeof(header));
    require(size >= sizeof(header) && header.len == size);
    if (header.unique != 0) { /* else it is a notification */
        require(header.unique < (uint64_t)kernel->n_asked);
        Asked *asked = &kernel->asked[header.unique];
        require(!asked->answered || asked->opcode == FUSE_INTERRUPT);
        require(header.error <= 0 && header.error > -1000 && header.error != -EMFILE);
        asked->answered = true;
        if (asked->refused)
            size = 0;
        else if (header.error == 0)
            take_result(kernel, asked, asking_node, message + sizeof(header),
                        size - sizeof(header));
        else
            require(size == sizeof(header));
    }
    pthread_mutex_unlock(&kernel->lock);
    if (size > 0)
        return (ssize_t)size;
    errno = ENOENT;
    return -1;
}

/* In place of the C library's. */
ssize_t writev(int fd, const struct iovec *iov, int count)
{
    if (fd == device)
        return take_answer(connected, iov, count);
    return syscall(SYS_writev, fd, iov, count);
}

/* What the kernel asks */

bool kernel_side_has_room(const KernelSide *kernel)
{
    /* A listing brings the most nodes; the rest is for the end. */
    return kernel->n_nodes < NODES_MAX - 40 && kernel->n_handles < HANDLES_MAX &&
           kernel->n_asked < ASKED_MAX - 2 * HANDLES_MAX;
}

static bool has_answer(uint32_t opcode)
{
    return opcode != FUSE_FORGET && opcode != FUSE_BATCH_FORGET && opcode != FUSE_INTERRUPT;
}

void kernel_side_ask(KernelSide *kernel, const struct fuse_in_header *header, const void *body,
                     size_t size, uint32_t room, bool refused)
{
    void (*around)(bool) =
        header->opcode != FUSE_RELEASE && has_answer(header->opcode) ? kernel_side_around : NULL;
    struct fuse_in_header own = *header;
    char *message = malloc(sizeof(own) + size);

    require(message != NULL && kernel->n_asked < ASKED_MAX);
    pthread_mutex_lock(&kernel->lock);
    own.len = (uint32_t)(sizeof(own) + size);
    own.unique = (uint64_t)kernel->n_asked++;
    kernel->asked[own.unique] = (Asked){
        .opcode = own.opcode,
        .room = room,
        .refused = refused,
        .answered = !has_answer(own.opcode),
    };
    pthread_mutex_unlock(&kernel->lock);
    asking_node = own.nodeid;
    memcpy(message, &own, sizeof(own));
    if (size > 0)
        memcpy(message + sizeof(own), body, size);
    if (around != NULL)
        around(true);
    fuse_session_process_buf(kernel->session,
                             &(struct fuse_buf){.mem = message, .size = sizeof(own) + size});
    if (around != NULL)
        around(false);
    free(message);
}

static bool is_open(const KernelSide *kernel, uint64_t node)
{
    for (int i = 0; i < kernel->n_handles; i++) {
        if (kernel->handles[i].node == node)
            return true;
    }
    return false;
}

void kernel_side_forget(KernelSide *kernel, int node, uint64_t n)
{
    KnownNode *known = &kernel->nodes[node];
    struct fuse_forget_in body = {.nlookup = n < known->lookups ? n : known->lookups};
    struct fuse_in_header header = {.opcode = FUSE_FORGET, .nodeid = known->node};

    if (node == 0 || is_open(kernel, known->node) || n == 0)
        return;
    known->lookups -= body.nlookup;
    if (known->lookups == 0)
        *known = kernel->nodes[--kernel->n_nodes];
    kernel_side_ask(kernel, &header, &body, sizeof(body), 0, false);
}

static uint64_t first_waiting(KernelSide *kernel)
{
    LOCK_SCOPE(&kernel->lock);

    for (int i = 1; i < kernel->n_asked; i++) {
        if (!kernel->asked[i].answered)
            return (uint64_t)i;
    }
    return 0;
}

/* libfuse keeps one that comes too late until the next request, and answers EAGAIN then. */
void kernel_side_interrupt(KernelSide *kernel)
{
    struct fuse_interrupt_in body = {.unique = first_waiting(kernel)};
    struct fuse_in_header header = {.opcode = FUSE_INTERRUPT};
    struct fuse_in_header next = {.opcode = FUSE_STATFS, .nodeid = FUSE_ROOT_ID};

    if (body.unique == 0)
        return;
    kernel_side_ask(kernel, &header, &body, sizeof(body), 0, false);
    kernel_side_ask(kernel, &next, NULL, 0, 0, false);
}

void kernel_side_release(KernelSide *kernel, int handle, uint32_t flags)
{
    KnownHandle known = kernel->handles[handle];
    struct fuse_release_in body = {.fh = known.fh, .release_flags = flags};
    struct fuse_in_header header = {.opcode = FUSE_RELEASE, .nodeid = known.node};

    kernel->handles[handle] = kernel->handles[--kernel->n_handles];
    kernel_side_ask(kernel, &header, &body, sizeof(body), 0, false);
}

/* The beginning and the end */

static void ignore_log(enum fuse_log_level level, const char *format, va_list arguments)
{
    (void)level;
    (void)format;
    (void)arguments;
}

void kernel_side_start(KernelSide *kernel, Filesystem *fs)
{
    /* All that a kernel may offer, but for splice and the longer form of SETXATTR. */
    const struct fuse_init_in init = {
        .major = FUSE_KERNEL_VERSION,
        .minor = FUSE_KERNEL_MINOR_VERSION,
        .max_readahead = 1 << 17,
        .flags2 = PASSTHROUGH,
        .flags = INT32_MAX & ~(uint32_t)(FUSE_SPLICE_READ | FUSE_SPLICE_WRITE | FUSE_SPLICE_MOVE |
                                         FUSE_SETXATTR_EXT),
    };
    const struct fuse_in_header header = {.opcode = FUSE_INIT};
    char path[32];
    char *arguments[] = {(char *)"fuzz", NULL};
    struct fuse_args args = FUSE_ARGS_INIT(1, arguments);

    fuse_set_log_func(ignore_log);
    device = open("/dev/null", O_RDWR | O_CLOEXEC);
    snprintf(path, sizeof(path), "/dev/fd/%d", device);
    kernel->session = fuse_session_new(&args, &filesystem_ops, sizeof(filesystem_ops), fs);
    require(kernel->session != NULL && fuse_session_mount(kernel->session, path) == 0);
    fuse_opt_free_args(&args);
    fs->session = fs->afterwards.session = kernel->session;
    pthread_mutex_init(&kernel->lock, NULL);
    kernel->nodes[0] = (KnownNode){.node = FUSE_ROOT_ID};
    kernel->n_nodes = 1;
    kernel->n_asked = 1;
    connected = kernel;
    kernel_side_ask(kernel, &header, &init, sizeof(init), 0, false);
}

void kernel_side_end(KernelSide *kernel, Filesystem *fs)
{
    filesystem_end_waits(fs);
    require(first_waiting(kernel) == 0);
    kernel->n_asked = 1;
    while (kernel->n_handles > 0)
        kernel_side_release(kernel, 0, FUSE_RELEASE_FLOCK_UNLOCK);
    while (kernel->n_nodes > 1)
        kernel_side_forget(kernel, 1, UINT64_MAX);
    require(fs->options.nfs_export || inode_table_sizes(&fs->inodes).inodes == 1);
    require(open_files_sizes(&fs->open_files).files == 0);
    require(fs->locks.n_owners == 0);
    fuse_session_destroy(kernel->session);
    device = -1;
    pthread_mutex_destroy(&kernel->lock);
}
