/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_stress SECONDS SEED N FILE...: N clients for each FILE, all of which are the same file by
 * different ways, lock at random and watch that nobody else holds what they hold: fcntl locks of
 * processes and of open files and flock, shared and exclusive, with and without waiting, released
 * by unlocking, closing, or dying. Signals come all the time, deadlocks are undone.
 *
 * Prints the number of locks that were taken; fails when two held what only one may. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    BYTES = 6,         /* that can be locked with fcntl */
    SLOTS = BYTES + 1, /* and the whole with flock */
    WRITER = 1000,
};

typedef struct {
    atomic_int holders[SLOTS]; /* WRITER for an exclusive one, 1 for each shared one */
    atomic_int taken;
    atomic_int wrong;
    atomic_int deadlocks;
} Board;

typedef struct {
    const char *path;
    int fd;
    int held[SLOTS];
    unsigned seed;
} Client;

static Board *board;

static void on_signal(int number)
{
    (void)number;
}

static int chance(Client *client, int one_in)
{
    return rand_r(&client->seed) % one_in == 0;
}

/* Always before the lock itself is given up, and after it is taken. */
static void mark(Client *client, int slot, int weight)
{
    int before = atomic_fetch_add(&board->holders[slot], weight - client->held[slot]);
    int others = before - client->held[slot];

    if ((weight == WRITER && others != 0) || (weight == 1 && others >= WRITER)) {
        fprintf(stderr, "%s: slot %d is held by others, too: %d\n", client->path, slot, others);
        board->wrong++;
    }
    client->held[slot] = weight;
}

static void forget_all(Client *client)
{
    for (int i = 0; i < SLOTS; i++)
        mark(client, i, 0);
}

static void reopen(Client *client)
{
    close(client->fd);
    client->fd = open(client->path, O_RDWR | O_CLOEXEC);
    if (client->fd < 0) {
        perror(client->path);
        _exit(1);
    }
}

/* Processes and open files are told apart: a client has one kind, by the parity of its seed. */
static void lock_byte(Client *client, int ofd)
{
    const int slot = rand_r(&client->seed) % BYTES;
    const int weight = chance(client, 2) ? 1 : WRITER;
    const int wait = chance(client, 2);
    const int commands[2][2] = {
        {F_SETLK,     F_SETLKW    },
        {F_OFD_SETLK, F_OFD_SETLKW}
    };
    struct flock flock = {
        .l_type = weight == 1 ? F_RDLCK : F_WRLCK,
        .l_whence = SEEK_SET,
        .l_start = slot,
        .l_len = 1,
    };

    if (client->held[slot] > weight)
        mark(client, slot, weight); /* a downgrade: others may come at once */
    /* Nothing finds deadlocks that go through several mounts: wait only when holding nothing. */
    for (int i = 0; wait && i < SLOTS; i++) {
        if (client->held[i] != 0)
            return;
    }
    if (fcntl(client->fd, commands[ofd][wait], &flock) == 0) {
        mark(client, slot, weight);
        board->taken++;
    } else if (errno == EDEADLK) {
        board->deadlocks++;
    } else if (errno != EAGAIN && errno != EINTR) {
        perror(client->path);
        board->wrong++;
    }
}

static void unlock_byte(Client *client, int ofd)
{
    const int slot = rand_r(&client->seed) % BYTES;
    struct flock flock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = slot, .l_len = 1};

    mark(client, slot, 0);
    if (fcntl(client->fd, ofd ? F_OFD_SETLK : F_SETLK, &flock) < 0) {
        perror("unlocking");
        board->wrong++;
    }
}

static void lock_whole(Client *client)
{
    const int weight = chance(client, 2) ? 1 : WRITER;
    int operation = weight == 1 ? LOCK_SH : LOCK_EX;

    if (client->held[BYTES] != 0) {
        mark(client, BYTES, 0);
        flock(client->fd, LOCK_UN);
        return;
    }
    for (int i = 0; i < BYTES; i++) {
        if (client->held[i] != 0)
            operation |= LOCK_NB;
    }
    if (flock(client->fd, operation) == 0) {
        mark(client, BYTES, weight);
        board->taken++;
    } else if (errno != EWOULDBLOCK && errno != EINTR) {
        perror(client->path);
        board->wrong++;
    }
}

static void work(Client *client, time_t end)
{
    const int ofd = (int)(client->seed % 2);
    const struct itimerval often = {
        {0, 7000},
        {0, 7000}
    };
    const struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    client->fd = -1;
    reopen(client);
    while (time(NULL) < end && board->wrong == 0) {
        switch (rand_r(&client->seed) % 8) {
        case 0:
        case 1:
        case 2:
            lock_byte(client, ofd);
            break;
        case 3:
        case 4:
            unlock_byte(client, ofd);
            break;
        case 5:
        case 6:
            lock_whole(client);
            break;
        default:
            if (chance(client, 4)) {
                forget_all(client);
                reopen(client);
            } else if (chance(client, 20)) {
                forget_all(client);
                raise(SIGKILL);
            }
        }
    }
    forget_all(client);
    _exit(0);
}

static pid_t start(const char *path, unsigned seed, time_t end)
{
    Client client = {.path = path, .seed = seed};
    pid_t pid = fork();

    if (pid == 0)
        work(&client, end);
    return pid;
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    const time_t end = time(NULL) + atoi(argv[1]);
    unsigned seed = (unsigned)atoi(argv[2]);
    const int n = atoi(argv[3]) * (argc - 4);
    pid_t *pids = calloc((size_t)n + 1, sizeof(*pids));

    board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED || pids == NULL)
        return 2;
    for (int i = 0; i < n; i++)
        pids[i] = start(argv[4 + i % (argc - 4)], seed++, end);
    /* Those who died are followed by others. */
    for (int left = n; left > 0;) {
        int status;
        pid_t pid = wait(&status);
        for (int i = 0; i < n; i++) {
            if (pids[i] != pid)
                continue;
            if (WIFSIGNALED(status) && time(NULL) < end)
                pids[i] = start(argv[4 + i % (argc - 4)], seed++, end);
            else
                left--;
        }
    }
    printf("%d locks, %d deadlocks\n", board->taken, board->deadlocks);
    return board->wrong != 0;
}
