/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process that runs calls as one caller below one mount. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_FD = -1 };

int op_slot(const Worker *worker, const Op *op, unsigned argument)
{
    return worker->slot[op->n[argument]];
}

static bool has_path(const OpRow *row)
{
    return strchr(row->arguments, 'p') != NULL;
}

/* The descriptor of the first file that is named, NO_FD for none. */
static int open_watched(Worker *worker, const Op *op)
{
    const OpRow *row = &op_rows[op->row];
    const char *path = strchr(row->arguments, 'p');
    const char *slot = strchr(row->arguments, 's');
    const char *target = strchr(row->arguments, 'T');
    int nofollow = row->watch == WATCH_FOLLOW ? 0 : O_NOFOLLOW;

    /* Of a copy, the file that is written. */
    if (target != NULL)
        return op_slot(worker, op, (unsigned)(target - row->arguments));
    if (slot != NULL)
        return op_slot(worker, op, (unsigned)(slot - row->arguments));
    if (path == NULL)
        return NO_FD;
    worker->path_fd =
        open(op_text(op, (unsigned)(path - row->arguments)), O_PATH | O_CLOEXEC | nofollow);
    return worker->path_fd;
}

/* All zero for nothing. */
static struct stat watch(int fd)
{
    struct stat attr;

    return fd >= 0 && fstat(fd, &attr) == 0 ? attr : (struct stat){0};
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Times that the call stamped cannot be foretold, but whether it stamped one can. */
static void describe_watched(Result *result, const struct stat *before, const struct stat *after,
                             bool with_ctime)
{
    result->mode_after = after->st_mode;
    result->after[0] = '\0';
    if (after->st_mode != 0)
        attr_print(result->after, after);
    result->ctime_moved = with_ctime && before->st_mode != 0 && after->st_mode != 0 &&
                          !same_time(before->st_ctim, after->st_ctim);
}

static int64_t enter_base(const Worker *worker, const Op *op)
{
    return fchdir(op->base < 0 ? worker->root : worker->slot[op->base]);
}

static void run(Worker *worker, const Op *op, Result *result)
{
    const OpRow *row = &op_rows[op->row];
    bool entered = !has_path(row) || enter_base(worker, op) == 0;
    int fd = NO_FD;
    struct stat before;
    struct stat after;

    if (worker->path_fd >= 0)
        close(worker->path_fd);
    worker->path_fd = NO_FD;
    result->payload[0] = '\0';
    if (op->watched && entered)
        fd = open_watched(worker, op);
    before = watch(fd);
    result->mode_before = before.st_mode;
    errno = 0;
    result->value = entered ? row->run(worker, op, result) : enter_base(worker, op);
    result->error = result->value < 0 ? errno : 0;
    after = watch(fd);
    describe_watched(result, &before, &after, op->ctime);
    result->watched_fd = fd;
    result->length = (uint32_t)strlen(result->payload) + 1;
}

__attribute__((noreturn)) static void serve(Worker *worker, int socket)
{
    static Op op;
    static Result result;

    while (recv(socket, &op, sizeof(op), 0) == sizeof(op)) {
        run(worker, &op, &result);
        if (send(socket, &result, offsetof(Result, payload) + result.length, 0) < 0)
            break;
    }
    _exit(0);
}

void worker_start(WorkerProcess *process, const Caller *caller, const char *root,
                  int user_namespace)
{
    Worker worker = {.path_fd = NO_FD};
    int sockets[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        walk_fail("socketpair: %s", strerror(errno));
    fflush(NULL);
    process->socket = sockets[0];
    process->pid = fork();
    if (process->pid < 0)
        walk_fail("fork: %s", strerror(errno));
    if (process->pid > 0) {
        close(sockets[1]);
        return;
    }
    close(sockets[0]);
    signal(SIGPIPE, SIG_IGN);
    umask(022);
    caller_become(caller, root, user_namespace);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    worker.root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    worker.data = aligned_alloc(4096, DATA_MAX);
    for (int i = 0; i < SLOTS; i++)
        worker.slot[i] = NO_FD;
    serve(&worker, sockets[1]);
}

void worker_stop(const WorkerProcess *process)
{
    kill(process->pid, SIGKILL);
    waitpid(process->pid, NULL, 0);
}

void worker_send(const WorkerProcess *process, const Op *op)
{
    if (send(process->socket, op, sizeof(*op), MSG_NOSIGNAL) != sizeof(*op))
        walk_fail("worker: %s", strerror(errno));
}

void worker_receive(const WorkerProcess *process, Result *ret_result)
{
    ssize_t n = recv(process->socket, ret_result, sizeof(*ret_result), 0);

    if (n < (ssize_t)offsetof(Result, payload) + 1)
        walk_fail("a worker died");
}
