/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What measure can measure: operations that are done in batches, of which only the batch itself is
 * timed. */
#pragma once

#include <stddef.h>

typedef struct {
    char **arguments;    /* of the operation, ended by NULL */
    int expected_status; /* of a command */
    /* the operation's own */
    unsigned char *buffer;
    size_t block;
    int fd;
} Client;

typedef struct {
    const char *name;
    /* Of the directories 0, 1... each client works in its own; else all stay where they are. */
    _Bool in_own_directory;
    void (*begin)(Client *);  /* once; may be NULL, as before and after */
    void (*before)(Client *); /* each batch */
    long (*batch)(Client *);  /* returns the number of calls */
    void (*after)(Client *);
} Operation;

/* NULL when there is none of that name. */
const Operation *operation_find(const char *name);

/* Prints WHAT and errno, and ends the process. */
_Noreturn void die(const char *what);
