/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/errint.h"

#include <pthread.h>

/* As pthread_create(3), with all signals blocked: they are for others. -errno. */
ErrInt thread_start(pthread_t *ret_thread, void *(*run)(void *), void *data);
