/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One question and one answer at a time. */
#include "fs/errand.h"

#include "base/cleanup.h"

#include <sys/socket.h>

uint32_t errand_run(ErrandRunner *runner, const Errand *errand)
{
    uint32_t answer;
    ssize_t n;
    LOCK_SCOPE(&runner->lock);

    if (send(runner->fd, errand, sizeof(*errand), MSG_NOSIGNAL) != (ssize_t)sizeof(*errand))
        return 0;
    do {
        n = recv(runner->fd, &answer, sizeof(answer), 0);
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof(answer) ? answer : 0;
}
