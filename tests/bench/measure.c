/* SPDX-License-Identifier: GPL-2.0-or-later */
/* measure [-u ID] [-d DIRECTORY] [-c CLIENTS] [-t MS] [-n BATCHES] [-w] [-e STATUS] OPERATION
 *         [ARGUMENT...]
 *
 * Repeats an operation in DIRECTORY as the user and group ID, by CLIENTS processes at once, and
 * prints how many calls it measured and the time for each, in nanoseconds: what one of them waits
 * for, divided by the number of clients that do so at once. Each client first does one batch that
 * does not count (but with -w), and then as many as MS milliseconds take, or BATCHES. STATUS is the
 * exit status that a command must have. */
#include "operations.h"

#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MAX = 64 };

typedef struct {
    const Operation *operation;
    char **arguments;
    unsigned id;
    const char *directory;
    int n_clients;
    double enough;  /* nanoseconds */
    long n_batches; /* or 0 */
    bool without_warm_up;
    int expected_status;
} Request;

/* Where the clients meet, in shared memory. */
typedef struct {
    pthread_barrier_t ready;
    struct {
        long calls;
        double nanoseconds;
    } results[CLIENTS_MAX];
} Meeting;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void become(unsigned id)
{
    if (setgroups(0, NULL) < 0 || setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0)
        die("cannot change IDs");
}

/* Adds the time that it takes to *NANOSECONDS. */
static long do_batch(const Operation *operation, Client *client, double *nanoseconds)
{
    if (operation->before != NULL)
        operation->before(client);
    double start = now();
    long calls = operation->batch(client);
    *nanoseconds += now() - start;
    if (operation->after != NULL)
        operation->after(client);
    return calls;
}

static void run_client(const Request *request, Meeting *meeting, int number)
{
    Client client = {.arguments = request->arguments, .expected_status = request->expected_status};
    double nanoseconds = 0;
    long calls = 0;
    char own[16];

    snprintf(own, sizeof(own), "%d", number);
    if (request->operation->in_own_directory && chdir(own) < 0)
        die(own);
    if (request->operation->begin != NULL)
        request->operation->begin(&client);
    if (!request->without_warm_up)
        do_batch(request->operation, &client, &nanoseconds);
    pthread_barrier_wait(&meeting->ready);
    nanoseconds = 0;
    for (long batches = 0;
         request->n_batches != 0 ? batches < request->n_batches : nanoseconds < request->enough;
         batches++)
        calls += do_batch(request->operation, &client, &nanoseconds);
    meeting->results[number].calls = calls;
    meeting->results[number].nanoseconds = nanoseconds;
}

static Meeting *meeting_new(int n_clients)
{
    Meeting *meeting =
        mmap(NULL, sizeof(*meeting), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_barrierattr_t attr;

    if (meeting == MAP_FAILED)
        die("mmap");
    pthread_barrierattr_init(&attr);
    pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&meeting->ready, &attr, (unsigned)n_clients);
    return meeting;
}

/* Returns false, and ends the others, when one has failed: they may wait for it. */
static bool wait_for_clients(pid_t *pids, int n_clients)
{
    bool has_failed = false;

    for (int ended = 0; ended < n_clients; ended++) {
        int status;
        pid_t pid = wait(&status);
        if (pid < 0)
            die("wait");
        for (int i = 0; i < n_clients; i++) {
            if (pids[i] == pid)
                pids[i] = 0;
            else if (status != 0 && !has_failed && pids[i] != 0)
                kill(pids[i], SIGKILL);
        }
        has_failed = has_failed || status != 0;
    }
    return !has_failed;
}

static void print_result(const Meeting *meeting, int n_clients)
{
    double calls_per_nanosecond = 0;
    long calls = 0;

    for (int i = 0; i < n_clients; i++) {
        calls += meeting->results[i].calls;
        calls_per_nanosecond += (double)meeting->results[i].calls / meeting->results[i].nanoseconds;
    }
    printf("%ld %.1f\n", calls, 1 / calls_per_nanosecond);
}

static bool parse(Request *request, int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "+u:d:c:t:n:we:")) != -1) {
        switch (option) {
        case 'u':
            request->id = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'd':
            request->directory = optarg;
            break;
        case 'c':
            request->n_clients = atoi(optarg);
            break;
        case 't':
            request->enough = strtod(optarg, NULL) * 1e6;
            break;
        case 'n':
            request->n_batches = atol(optarg);
            break;
        case 'w':
            request->without_warm_up = true;
            break;
        case 'e':
            request->expected_status = atoi(optarg);
            break;
        default:
            return false;
        }
    }
    if (optind == argc || request->n_clients < 1 || request->n_clients > CLIENTS_MAX)
        return false;
    request->operation = operation_find(argv[optind]);
    request->arguments = argv + optind + 1;
    return request->operation != NULL;
}

int main(int argc, char **argv)
{
    Request request = {.id = getuid(), .directory = ".", .n_clients = 1, .enough = 1e8};
    pid_t pids[CLIENTS_MAX];

    if (!parse(&request, argc, argv)) {
        fputs("measure: wrong arguments\n", stderr);
        return 2;
    }
    Meeting *meeting = meeting_new(request.n_clients);
    if (request.id != getuid())
        become(request.id);
    if (chdir(request.directory) < 0)
        die(request.directory);
    for (int i = 0; i < request.n_clients; i++) {
        pids[i] = fork();
        if (pids[i] < 0)
            die("fork");
        if (pids[i] == 0) {
            run_client(&request, meeting, i);
            return 0;
        }
    }
    if (!wait_for_clients(pids, request.n_clients))
        return 1;
    print_result(meeting, request.n_clients);
    return 0;
}
