/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls by HTTP, with a thread for each connection. */
#pragma once

#include "volume-driver/driver.h"

typedef struct HttpServer HttpServer;

/* Serves on the listening socket FD from now on, and closes it in the end. DRIVER outlives it. */
HttpServer *http_server_start(int fd, const Driver *driver, GError **error);

/* Returns when all calls are answered. */
void http_server_stop(HttpServer *server);
