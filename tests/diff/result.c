/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results: compared and printed. */
#include "walk.h"

#include <string.h>

static const char *const side_names[SIDES] = {"remapfs", "idmapped"};

void result_print(FILE *stream, Side side, const Result *result)
{
    fprintf(stream, "  %-8s  %lld", side_names[side], (long long)result->value);
    if (result->value < 0)
        fprintf(stream, " %s", strerrorname_np(result->error));
    if (result->payload[0] != '\0')
        fprintf(stream, ", %s", result->payload);
    if (result->mode_before != 0)
        fprintf(stream, "\n            mode before %04o, after: %s%s",
                result->mode_before & ALLPERMS, result->after,
                result->ctime_moved ? ", ctime moved" : "");
    fputs("\n", stream);
}

bool results_same_but_ctime(const Result *a, const Result *b)
{
    return a->value == b->value && a->error == b->error && a->length == b->length &&
           strcmp(a->payload, b->payload) == 0 && strcmp(a->after, b->after) == 0;
}

bool results_same(const Result *a, const Result *b)
{
    return results_same_but_ctime(a, b) && a->ctime_moved == b->ctime_moved;
}
