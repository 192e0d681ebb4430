/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an event on the lower side to what the kernel has to ask for again. */
#pragma once

#include "fs/watch.h"

/* Tells what is in LENGTH bytes read from the group; AGAIN: names only, they were told before.
 * Returns whether there were any by others. */
bool watch_tell(Watch *watch, const char *bytes, size_t length, bool again);

/* Something was missed: whatever is kept may be wrong. */
void watch_tell_doubt(Watch *watch);

/* The same of names only, and what they lead to. */
void watch_tell_doubt_of_names(Watch *watch);
