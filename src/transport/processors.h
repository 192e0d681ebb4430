/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel has a queue of requests for each processor. */
#pragma once

/* That there may ever be, as sysfs says (cputopology, "possible"); 0: not known. */
unsigned processors_count(void);

/* The calling thread stays on this one, if that is allowed. */
void processors_stay_on(unsigned number);
