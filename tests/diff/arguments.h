/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What arguments.c and flags.c have in common. */
#ifndef DIFF_ARGUMENTS_H
#define DIFF_ARGUMENTS_H

#include "walk.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CHOOSE(chooser, array) ((array)[choose_below(chooser, COUNT(array))])

typedef struct {
    char letter; /* 0 ends a list */
    /* TEXT: which text of OP to use for one. NULL: one of `names`. */
    int64_t (*choose)(Chooser *chooser, Op *op, unsigned text);
    void (*print)(FILE *stream, const Op *op, int64_t number); /* NULL: by `names` */
    const Name *names;
    unsigned more; /* one in so many has one name more; 0 for none */
} Kind;

extern const Kind named_kinds[];

int64_t kind_choose_named(Chooser *chooser, const Name *names, unsigned more);

#endif
