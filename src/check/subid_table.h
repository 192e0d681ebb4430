/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All the ranges of a file of subordinate IDs, whoever they belong to. */
#pragma once

#include "core/account.h"

typedef struct {
    char *owner; /* as written */
    uint32_t start;
    uint32_t count;
    unsigned line;
} SubidLine;

/* Of SubidLine; lines that are in no such form are left out (the map's reader complains of them).
 * NULL: the file cannot be read. */
GArray *subid_table_read(const char *file);

/* How many IDs the table has for ACCOUNT, in all. */
uint64_t subid_table_total(const GArray *table, const Account *account);

/* The first ID behind all of the ranges, and not below 100000, where useradd(8) begins. */
uint64_t subid_table_end(const GArray *table);

/* Two lines of different owners that share IDs. */
typedef struct {
    const SubidLine *one; /* starts before the other */
    const SubidLine *other;
} SubidOverlap;

/* Each line that shares IDs with one that starts before it, with the one that reaches furthest; by
 * number. A name and the number of the same user are one owner. The lines belong to TABLE, which
 * gets sorted by start. The caller unrefs. */
GArray *subid_table_overlaps(GArray *table);
