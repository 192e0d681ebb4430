/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_herd FILE N: holds FILE with flock(2) while N threads wait for it, each with an open file of
 * its own. Prints "waiting" once all of them wait or were refused; then reads a line, lets go, and
 * prints how many got the lock in the end and how many were refused with ENOLCK. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static const char *path;
static atomic_int started;
static atomic_int got;
static atomic_int refused;
static atomic_int failed;

static void *wait_for_lock(void *data)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    (void)data;
    started++;
    if (fd >= 0 && flock(fd, LOCK_EX) == 0)
        got++;
    else if (errno == ENOLCK)
        refused++;
    else
        failed++;
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    int n = argc == 3 ? atoi(argv[2]) : 0;
    pthread_t *threads = calloc((size_t)n + 1, sizeof(*threads));
    pthread_attr_t attr;

    path = argv[1];
    int fd = n > 0 && threads != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        perror("lock_herd");
        return 2;
    }
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 64 * 1024);
    for (int i = 0; i < n; i++) {
        if (pthread_create(&threads[i], &attr, wait_for_lock, NULL) != 0)
            return 2;
    }
    while (started < n)
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    sleep(1);
    puts("waiting");
    fflush(stdout);
    getchar();
    flock(fd, LOCK_UN);
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    printf("got %d, refused %d, failed %d\n", got, refused, failed);
    free(threads);
    return 0;
}
