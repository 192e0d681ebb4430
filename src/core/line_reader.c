/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text files line by line, with line numbers for messages. */
#include "core/line_reader.h"

#include "core/map_error.h"
#include "core/text_file.h"

#include <string.h>

/* Half a million lines: far more than any map, far less than memory. */
#define MAX_BYTES ((size_t)16 * 1024 * 1024)

struct LineReader {
    GRefString *name;
    char *text;
    char *next;
    char *end;
    unsigned number; /* of the line before NEXT */
};

/* Takes over TEXT, which has a NUL after its LENGTH bytes. */
static LineReader *take_text(const char *name, char *text, size_t length, GError **error)
{
    g_autoptr(LineReader) reader = g_new0(LineReader, 1);
    reader->name = g_ref_string_new(name);
    reader->text = text;
    reader->next = text;
    reader->end = text + length;

    const char *nul = memchr(text, '\0', length);
    if (nul != NULL) {
        unsigned line = 1;
        for (const char *c = text; c < nul; c++)
            line += *c == '\n';
        map_error_set(error, "%s:%u: a NUL byte: this is not a text file", name, line);
        return NULL;
    }
    return g_steal_pointer(&reader);
}

LineReader *line_reader_open(const char *path, const char *name, GError **error)
{
    size_t length;
    char *text = text_file_read(path, name, MAX_BYTES, &length, error);
    if (text == NULL)
        return NULL;
    return take_text(name, text, length, error);
}

LineReader *line_reader_new(const char *name, const char *text, size_t length, GError **error)
{
    char *copy = g_malloc(length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return take_text(name, copy, length, error);
}

void line_reader_free(LineReader *reader)
{
    if (reader == NULL)
        return;
    g_ref_string_release(reader->name);
    g_free(reader->text);
    g_free(reader);
}

char *line_reader_next(LineReader *reader, unsigned *ret_number)
{
    while (reader->next < reader->end) {
        char *line = reader->next;
        char *newline = memchr(line, '\n', (size_t)(reader->end - line));
        char *stop = newline != NULL ? newline : reader->end;
        *stop = '\0';
        reader->next = newline != NULL ? newline + 1 : reader->end;
        reader->number++;

        char first = line[strspn(line, " \t")];
        if (first != '\0' && first != '#') {
            *ret_number = reader->number;
            return line;
        }
    }
    return NULL;
}

GRefString *line_reader_name(const LineReader *reader)
{
    return reader->name;
}
