/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from files and options, made fit for a message. */
#include "core/printable.h"

char *printable(const char *text)
{
    char *copy = g_strdup(text);
    for (char *c = copy; *c != '\0'; c++)
        if (g_ascii_iscntrl(*c))
            *c = '?';
    return copy;
}

bool is_printable(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (g_ascii_iscntrl(*c))
            return false;
    return true;
}
