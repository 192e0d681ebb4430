/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_cases [-x] [-n] FILE [FILE2]: plays a table of scenes in which processes lock a file (FILE.0
 * and so on, several scenes at a time), and prints what each call returned; the same scenes on
 * another file system should print the same.
 *
 * Actors are processes, A to F. A scene is a list of steps, each an actor and what it does:
 *   0r 0w 0b     opens the file as its descriptor 0 (to 3) for reading, writing, both; 0d1: as a
 *                copy of its descriptor 1
 *   0c           closes it
 *   0Ps,5,10     locks: P fcntl, O open file description, F flock; s shared, x exclusive, u none;
 *                from 5, 10 bytes
 *   0pPs,5,10    the same, but does not wait: tries
 *   0gPs,5,10    F_GETLK (O: F_OFD_GETLK)
 *   j            what the lock for which it waited returned; J: the same, when it should still wait
 *   i k e        is sent a signal; is killed; exits
 *   fB           forks B, which has its descriptors
 *   n            unlinks the file (and makes a new one after the scene)
 * ~ gives what happens in the background the time to happen. A scene that begins with ! is about
 * deadlocks. B, D and F open FILE2.
 *
 * -x leaves deadlocks out, -n the process IDs. */
#include "lock_scenes.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ACTORS = 6,
    SLOTS = 4,
    PARTS = 4,
};

typedef struct {
    pid_t pid; /* 0: not there */
    bool waits;
    int ours;
    int theirs;
} Actor;

static Actor actors[ACTORS];
static const char *paths[2];
static bool show_pids = true;

static void die(const char *what)
{
    perror(what);
    exit(2);
}

/* In an actor */

static int slots[SLOTS];

static void on_signal(int number)
{
    (void)number;
}

static const char *errno_name(int r)
{
    return r >= 0 ? "0" : strerrorname_np(errno);
}

/* Through FUSE, F_OFD_GETLK never tells a process. */
static void show_found(const struct flock *flock, bool with_pid, char *answer, size_t size)
{
    char who[16];

    if (flock->l_type == F_UNLCK) {
        snprintf(answer, size, "free");
        return;
    }
    snprintf(who, sizeof(who), "%d", (int)flock->l_pid);
    for (int i = 0; i < ACTORS; i++) {
        if (flock->l_pid == actors[i].pid)
            snprintf(who, sizeof(who), "%c", 'A' + i);
    }
    snprintf(answer, size, "%s %lld %lld %s", flock->l_type == F_RDLCK ? "shared" : "exclusive",
             (long long)flock->l_start, (long long)flock->l_len, with_pid ? who : "");
}

static void lock(int fd, const char *step, char *answer, size_t size)
{
    const char mode = *step == 'p' || *step == 'g' ? *step++ : 'w';
    const char family = *step++;
    const char kind = *step++;
    long long start = 0;
    long long length = 0;
    int command;

    if (family == 'F') {
        int operation = kind == 's' ? LOCK_SH : kind == 'x' ? LOCK_EX : LOCK_UN;
        snprintf(answer, size, "%s",
                 errno_name(flock(fd, operation | (mode == 'p' ? LOCK_NB : 0))));
        return;
    }
    sscanf(step, ",%lld,%lld", &start, &length);
    struct flock flock = {
        .l_type = kind == 's'   ? F_RDLCK
                  : kind == 'x' ? F_WRLCK
                                : F_UNLCK,
        .l_whence = SEEK_SET,
        .l_start = start,
        .l_len = length,
    };
    if (family == 'P')
        command = mode == 'p' ? F_SETLK : mode == 'g' ? F_GETLK : F_SETLKW;
    else
        command = mode == 'p' ? F_OFD_SETLK : mode == 'g' ? F_OFD_GETLK : F_OFD_SETLKW;
    int r = fcntl(fd, command, &flock);
    if (r < 0 && errno == EACCES)
        errno = EAGAIN;
    if (mode == 'g' && r == 0)
        show_found(&flock, show_pids && family == 'P', answer, size);
    else
        snprintf(answer, size, "%s", errno_name(r));
}

static void serve(int self);

static void act(int self, const char *step, char *answer, size_t size)
{
    int *fd = &slots[step[0] >= '0' && step[0] < '0' + SLOTS ? step[0] - '0' : 0];

    snprintf(answer, size, "0");
    if (step[0] == 'e')
        _exit(0);
    if (step[0] == 'n') {
        snprintf(answer, size, "%s", errno_name(unlink(paths[self % 2])));
    } else if (step[0] == 'f') {
        int other = step[1] - 'A';
        pid_t pid = fork();
        if (pid == 0)
            serve(other);
        snprintf(answer, size, "pid %d", (int)pid);
    } else if (strchr("rwb", step[1]) != NULL) {
        *fd = open(paths[self % 2], step[1] == 'r' ? O_RDONLY : step[1] == 'w' ? O_WRONLY : O_RDWR);
        snprintf(answer, size, "%s", errno_name(*fd));
    } else if (step[1] == 'd') {
        *fd = dup(slots[step[2] - '0']);
    } else if (step[1] == 'c') {
        snprintf(answer, size, "%s", errno_name(close(*fd)));
    } else {
        lock(*fd, step + 1, answer, size);
    }
}

static void serve(int self)
{
    const struct sigaction action = {.sa_handler = on_signal};
    char step[80];
    char answer[80];
    ssize_t n;

    actors[self].pid = getpid();
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGCHLD, SIG_IGN);
    while ((n = recv(actors[self].theirs, step, sizeof(step) - 1, 0)) > 0) {
        step[n] = '\0';
        /* The play tells who is who, for what F_GETLK says. */
        if (step[0] == '=') {
            actors[step[1] - 'A'].pid = atoi(step + 2);
            continue;
        }
        act(self, step, answer, sizeof(answer));
        if (send(actors[self].theirs, answer, strlen(answer) + 1, 0) < 0)
            break;
    }
    _exit(0);
}

/* In the play */

static void close_pairs(void)
{
    for (int i = 0; i < ACTORS; i++) {
        close(actors[i].ours);
        close(actors[i].theirs);
    }
}

static void make_pairs(void)
{
    for (int i = 0; i < ACTORS; i++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
            die("socketpair");
        actors[i] = (Actor){.ours = pair[0], .theirs = pair[1]};
    }
}

static void introduce(int self, pid_t pid)
{
    char text[16];

    actors[self].pid = pid;
    snprintf(text, sizeof(text), "=%c%d", 'A' + self, (int)pid);
    for (int i = 0; i < ACTORS; i++) {
        if (actors[i].pid != 0 && !actors[i].waits)
            send(actors[i].ours, text, strlen(text), 0);
    }
    for (int i = 0; i < ACTORS; i++) {
        if (actors[i].pid != 0 && i != self) {
            snprintf(text, sizeof(text), "=%c%d", 'A' + i, (int)actors[i].pid);
            send(actors[self].ours, text, strlen(text), 0);
        }
    }
}

/* False: no answer yet. */
static bool answered(int self, int milliseconds, char *answer, size_t size)
{
    struct pollfd event = {.fd = actors[self].ours, .events = POLLIN};
    ssize_t n;

    if (poll(&event, 1, milliseconds) == 0)
        return false;
    n = recv(actors[self].ours, answer, size, 0);
    if (n <= 0)
        die("recv");
    return true;
}

static void end_actor(int self, int number)
{
    if (number != 0)
        kill(actors[self].pid, number);
    /* One that another actor forked is ours to wait for only when that one is gone. */
    while (waitpid(actors[self].pid, NULL, WNOHANG) <= 0 && kill(actors[self].pid, 0) == 0)
        usleep(1000);
    actors[self].pid = 0;
    actors[self].waits = false;
}

/* STEP, without the actor, is one whose answer may be that it waits. */
static bool may_wait(const char *step)
{
    return *step == 'J' || (isdigit((unsigned char)step[0]) && strchr("FPO", step[1]) != NULL);
}

static void play_step(const char *step, char *answer, size_t size)
{
    int self = step[0] - 'A';
    Actor *actor = &actors[self];

    snprintf(answer, size, "0");
    if (step[0] == '~') {
        usleep(100 * 1000);
        return;
    }
    if (actor->pid == 0) {
        pid_t pid = fork();
        if (pid == 0)
            serve(self);
        introduce(self, pid);
    }
    step++;
    if (*step == 'i' || *step == 'k' || *step == 'e') {
        if (*step == 'e')
            send(actor->ours, step, strlen(step), 0);
        if (*step == 'i')
            kill(actor->pid, SIGUSR1);
        else
            end_actor(self, *step == 'k' ? SIGKILL : 0);
        return;
    }
    if (*step != 'j' && *step != 'J')
        send(actor->ours, step, strlen(step), 0);
    actor->waits = !answered(self, may_wait(step) ? 300 : 5000, answer, size);
    if (actor->waits)
        snprintf(answer, size, "waits");
    if (*step == 'f') {
        introduce(step[1] - 'A', atoi(answer + 4));
        snprintf(answer, size, "0");
    }
}

static bool is_free(int fd)
{
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool free = flock(fd, LOCK_EX | LOCK_NB) == 0 && fcntl(fd, F_OFD_SETLK, &all) == 0;

    all.l_type = F_UNLCK;
    fcntl(fd, F_OFD_SETLK, &all);
    flock(fd, LOCK_UN);
    return free;
}

/* Locks of those who have ended go when the kernel has told the daemon so, which it does later. */
static void settle(void)
{
    int fd = open(paths[0], O_CREAT | O_RDWR, 0666);

    for (int tries = 0; tries < 250; tries++) {
        usleep(20 * 1000);
        if (is_free(fd))
            break;
    }
    close(fd);
}

static void play(size_t number, const char *scene)
{
    char *text = strdup(scene + (scene[0] == '!' ? 1 : 0));
    char answer[80];

    printf("scene %zu:", number);
    make_pairs();
    for (char *step = strtok(text, " "); step != NULL; step = strtok(NULL, " ")) {
        play_step(step, answer, sizeof(answer));
        if (step[0] != '~')
            printf(" %s=%s", step, answer);
    }
    putchar('\n');
    fflush(stdout);
    for (int i = 0; i < ACTORS; i++) {
        if (actors[i].pid != 0)
            end_actor(i, SIGKILL);
    }
    close_pairs();
    free(text);
    settle();
}

/* Every PARTS-th scene, with files of its own, since most of a scene is waiting. */
static void play_part(size_t part, bool deadlocks, char *const files[2])
{
    char own[2][4096];
    for (int i = 0; i < 2; i++) {
        snprintf(own[i], sizeof(own[i]), "%s.%zu", files[i], part);
        paths[i] = own[i];
    }
    close(open(paths[0], O_CREAT | O_WRONLY, 0666));
    /* So that an actor's child is ours when the actor is gone. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (size_t i = part; i < sizeof(scenes) / sizeof(scenes[0]); i += PARTS) {
        if (deadlocks || scenes[i][0] != '!')
            play(i, scenes[i]);
    }
}

/* Starts to play a part, whose output goes to the file that is returned. */
static FILE *start_part(size_t part, bool deadlocks, char *const files[2], pid_t *ret_pid)
{
    FILE *output = tmpfile();
    if (output == NULL)
        die("tmpfile");
    *ret_pid = fork();
    if (*ret_pid < 0)
        die("fork");
    if (*ret_pid == 0) {
        if (dup2(fileno(output), STDOUT_FILENO) < 0)
            die("dup2");
        play_part(part, deadlocks, files);
        exit(0);
    }
    return output;
}

/* Prints the output of a part when it has ended; false if it did not end well. */
static bool end_part(FILE *output, pid_t pid)
{
    char line[4096];
    int status = 0;
    bool ended = waitpid(pid, &status, 0) == pid && status == 0;
    rewind(output);
    while (fgets(line, sizeof(line), output) != NULL)
        fputs(line, stdout);
    fclose(output);
    return ended;
}

int main(int argc, char **argv)
{
    bool deadlocks = true;
    bool ended = true;
    FILE *outputs[PARTS];
    pid_t pids[PARTS];
    int option;

    while ((option = getopt(argc, argv, "xn")) != -1) {
        if (option == 'x')
            deadlocks = false;
        else
            show_pids = false;
    }
    if (optind >= argc) {
        fprintf(stderr, "usage: lock_cases [-x] [-n] FILE [FILE2]\n");
        return 2;
    }
    char *const files[] = {argv[optind], argv[optind + 1 < argc ? optind + 1 : optind]};
    for (size_t part = 0; part < PARTS; part++)
        outputs[part] = start_part(part, deadlocks, files, &pids[part]);
    for (size_t part = 0; part < PARTS; part++)
        ended = end_part(outputs[part], pids[part]) && ended;
    return ended ? 0 : 2;
}
