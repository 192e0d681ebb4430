/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_run [-n] [-s] FILE COMMAND...: runs the command while FILE is locked exclusively (-s:
 * shared) with fcntl, as flock(1) does with flock. -n: fails instead of waiting. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct flock flock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int command = F_SETLKW;
    int option;

    while ((option = getopt(argc, argv, "+ns")) != -1) {
        if (option == 'n')
            command = F_SETLK;
        else
            flock.l_type = F_RDLCK;
    }
    if (argc - optind < 2)
        return 2;
    int fd = open(argv[optind], (flock.l_type == F_RDLCK ? O_RDONLY : O_RDWR));
    if (fd < 0 || fcntl(fd, command, &flock) < 0) {
        perror(argv[optind]);
        return 1;
    }
    /* The lock is the process's, and stays as long as the descriptor. */
    execvp(argv[optind + 1], argv + optind + 1);
    perror(argv[optind + 1]);
    return 127;
}
