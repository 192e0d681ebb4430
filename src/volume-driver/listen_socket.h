/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket that engines connect to. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    int fd;
    bool is_inherited; /* from a service manager, see sd_listen_fds(3); else it is at the path */
} ListenSocket;

/* Takes the inherited socket, or makes one at PATH that its owner alone can use, and the directory
 * for it. One that nobody listens at any more is replaced. */
bool listen_socket_open(ListenSocket *listener, const char *path, GError **error);
