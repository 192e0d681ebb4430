/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an event on the lower side to what the kernel has to ask for again. */
#pragma once

#include "fs/watch.h"

/* Tells what is in LENGTH bytes read from the group. */
void watch_tell(Watch *watch, const char *bytes, size_t length);

/* When a name is looked up that the kernel has known before, no lock keeps it from learning what
 * was there a moment ago after it was told of the change (fs/fuse/dir.c, fuse_dentry_revalidate()):
 * so names that it knows are told twice, the second time when all such answers are in. */
bool watch_tells_again(const Watch *watch); /* there will be something */
void watch_tell_again(Watch *watch);        /* what it is time for */
void watch_tell_clear(Watch *watch);        /* nothing any more */

/* Something was missed: whatever is kept may be wrong. */
void watch_tell_doubt(Watch *watch);

/* The same of names only, and what they lead to. */
void watch_tell_doubt_of_names(Watch *watch);
