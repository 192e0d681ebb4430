/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings in words and as JSON. */
#pragma once

#include "check/findings.h"

/* For people: 80 columns wide, but words and what is to be typed stay whole. With COLOURS the
 * levels are coloured by escape sequences. Of owners, the first ten of a check are printed and the
 * others counted. A last line sums up. The caller frees with g_free(). */
char *findings_text(const Findings *findings, bool colours);

/* For programs, one JSON object, ended by a newline. The caller frees with g_free().
 *
 *   "ok"                     whether there is no problem
 *   "problems", "warnings"   how many
 *   "findings"               an array of {"check", "level", "text", "remedy", "input", "owner"};
 *                            the last three only where there is one
 *   "owner"                  {"kind": "uid" or "gid", "first", "count", "files", "acl_entries",
 *                            "capabilities", "example"}, lower IDs without a mapping
 *
 * Bytes of a path that are not UTF-8 are shown as U+FFFD. */
char *findings_json(const Findings *findings);
