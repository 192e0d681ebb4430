/* SPDX-License-Identifier: GPL-2.0-or-later */
/* early_signal.so, for LD_PRELOAD: the program gets a SIGTERM as soon as it has a handler for it.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stddef.h>

int sigaction(int signal, const struct sigaction *action, struct sigaction *ret_old)
{
    int (*next)(int, const struct sigaction *, struct sigaction *) = dlsym(RTLD_NEXT, "sigaction");
    int r = next(signal, action, ret_old);

    if (r == 0 && signal == SIGTERM && action != NULL && action->sa_handler != SIG_DFL &&
        action->sa_handler != SIG_IGN)
        raise(SIGTERM);
    return r;
}
