/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps in the form of /proc/PID/uid_map, see user_namespaces(7). Start-up only. */
#pragma once

#include "core/extent_list.h"
#include "core/line_reader.h"

/* Adds the lines of READER to LIST; an empty file is an error. */
bool uidmap_file_parse(LineReader *reader, ExtentList *list, GError **error);

/* The same for the file PATH, which messages and extents call NAME. */
bool uidmap_file_read(const char *path, const char *name, ExtentList *list, GError **error);
