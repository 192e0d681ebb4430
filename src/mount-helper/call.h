/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How mount(8) calls a helper: SPEC DIR [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    CALL_MOUNT,
    CALL_HELP,
    CALL_VERSION,
} CallKind;

typedef struct {
    CallKind kind;
    const char *lower; /* not owned, as all strings here */
    const char *mountpoint;
    const char *options; /* an option string of libmount, "" when there was none */
    bool suid_dev;       /* the type is fuse.remapfs */
    bool sloppy;
    bool fake;
    bool verbose;
} Call;

#define CALL_ERROR (call_error_quark())
GQuark call_error_quark(void);

/* Fails with CALL_ERROR for a wrong call. */
bool call_parse(Call *call, int argc, char **argv, GError **error);
