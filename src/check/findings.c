/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks found, in the order in which it was found. */
#include "check/findings.h"

static void finding_free(void *data)
{
    Finding *finding = data;
    g_free(finding->text);
    g_free(finding->remedy);
    g_free(finding->input);
    g_free(finding->owner.example);
    g_free(finding);
}

Findings *findings_new(void)
{
    Findings *findings = g_new0(Findings, 1);
    findings->items = g_ptr_array_new_with_free_func(finding_free);
    findings->check = "";
    return findings;
}

void findings_free(Findings *findings)
{
    if (findings == NULL)
        return;
    g_ptr_array_unref(findings->items);
    g_free(findings);
}

Finding *findings_add(Findings *findings, FindingLevel level, const char *format, ...)
{
    va_list arguments;
    Finding *finding = g_new0(Finding, 1);
    finding->check = findings->check;
    finding->level = level;
    va_start(arguments, format);
    finding->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(findings->items, finding);
    return finding;
}

static void set_text(char **text, const char *format, va_list arguments)
{
    g_free(*text);
    *text = g_strdup_vprintf(format, arguments);
}

void finding_remedy(Finding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_text(&finding->remedy, format, arguments);
    va_end(arguments);
}

void finding_input(Finding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_text(&finding->input, format, arguments);
    va_end(arguments);
}

size_t findings_count(const Findings *findings, FindingLevel level)
{
    size_t n = 0;
    for (guint i = 0; i < findings->items->len; i++)
        n += ((const Finding *)findings->items->pdata[i])->level == level;
    return n;
}

const char *finding_level_name(FindingLevel level)
{
    static const char *const names[] = {
        [FINDING_OK] = "ok",
        [FINDING_NOTE] = "note",
        [FINDING_WARNING] = "warning",
        [FINDING_PROBLEM] = "problem",
    };
    return names[level];
}
