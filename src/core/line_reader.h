/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text files line by line, with line numbers for messages. Start-up only. */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef struct LineReader LineReader;

/* Reads the regular file PATH; NAME (may be PATH) is what messages call it. Fails with MAP_ERROR
 * for other kinds of file, more than 16 MiB, and for a NUL byte (which names the line). */
LineReader *line_reader_open(const char *path, const char *name, GError **error);

/* The same for the LENGTH bytes at TEXT. */
LineReader *line_reader_new(const char *name, const char *text, size_t length, GError **error);
void line_reader_free(LineReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineReader, line_reader_free)

/* The next line that is neither blank nor a comment (# after blanks), without its newline; NULL at
 * the end. The caller may write to it; it is valid until the reader is freed. */
char *line_reader_next(LineReader *reader, unsigned *ret_number);

/* The name, which the reader owns. */
GRefString *line_reader_name(const LineReader *reader);
