/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks found, in the order in which it was found. */
#pragma once

#include "check/owner_tally.h"

typedef enum {
    FINDING_OK,      /* as it should be */
    FINDING_NOTE,    /* good to know; nothing is wrong */
    FINDING_WARNING, /* the mount works as asked, but somebody may trip over this */
    FINDING_PROBLEM, /* the mount would not work, or not as asked */
} FindingLevel;

/* TEXT and REMEDY are sentences, or halves of one, without a period at the end. */
typedef struct {
    const char *check; /* the name of the check, a constant */
    FindingLevel level;
    char *text;
    char *remedy;   /* the next step, in words; NULL: none */
    char *input;    /* what to type for it, word for word; NULL: nothing */
    OwnerRun owner; /* owners without a mapping; of count 0 in any other finding */
} Finding;

typedef struct {
    GPtrArray *items;  /* of Finding */
    const char *check; /* that runs now */
} Findings;

Findings *findings_new(void);
void findings_free(Findings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Findings, findings_free)

/* Adds one of the running check; what it returns is valid until the findings are freed. */
Finding *findings_add(Findings *findings, FindingLevel level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void finding_remedy(Finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void finding_input(Finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);

size_t findings_count(const Findings *findings, FindingLevel level);

/* "ok", "note", "warning" or "problem". */
const char *finding_level_name(FindingLevel level);
