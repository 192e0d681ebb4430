/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for answers, one piece a thread, kept from request to request. */
#pragma once

#include <stddef.h>

/* At least SIZE bytes of this thread, until its next call; freed when the thread ends.
 * NULL: out of memory. */
char *thread_buffer(size_t size);
