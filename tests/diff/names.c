/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of numbers, and names of files: few, so that they collide. */
#include "walk.h"

#include <ctype.h>
#include <string.h>

void names_print(FILE *stream, const Name *names, uint64_t value)
{
    const char *between = "";

    for (const Name *name = names; name->name != NULL; name++) {
        if ((uint64_t)name->value == value) {
            fputs(name->name, stream);
            return;
        }
    }
    for (; names->name != NULL; names++) {
        uint64_t bits = (uint64_t)names->value;
        if (bits != 0 && (value & bits) == bits) {
            fprintf(stream, "%s%s", between, names->name);
            between = "|";
            value &= ~bits;
        }
    }
    if (value != 0 || *between == '\0')
        fprintf(stream, "%s0x%llx", between, (unsigned long long)value);
}

void text_print(FILE *stream, const char *text)
{
    size_t length = strlen(text);

    putc('"', stream);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        size_t run = strspn(text + i, (char[]){text[i], '\0'});
        if (run > 20) {
            fprintf(stream, "%c{%zu}", byte, run);
            i += run - 1;
        } else if (isprint(byte) && byte != '"' && byte != '\\') {
            putc(byte, stream);
        } else {
            fprintf(stream, "\\%03o", byte);
        }
    }
    putc('"', stream);
}

static void add_repeated(char path[TEXT_SIZE], char letter, size_t count)
{
    size_t length = strlen(path);

    memset(path + length, letter, count);
    path[length + count] = '\0';
}

static void add_odd_name(Chooser *chooser, char path[TEXT_SIZE])
{
    static const char *const odd[] = {"x y",      "\xff\xfe", "A",  "-n", "new\nline",
                                      "\xc3\xbc", ".hidden",  "..", ".",  "a\\b"};
    uint64_t which = choose_below(chooser, sizeof(odd) / sizeof(odd[0]) + 2);

    if (which < sizeof(odd) / sizeof(odd[0]))
        strcat(path, odd[which]);
    else if (which == sizeof(odd) / sizeof(odd[0]))
        add_repeated(path, 'l', 255);
    else
        add_repeated(path, 'l', choose_below(chooser, 8) == 0 ? 256 : 254);
}

/* Paths as of the latest comparison */

enum { KNOWN_MAX = 500, KNOWN_SIZE = 100 };

static struct {
    char path[KNOWN_MAX][KNOWN_SIZE];
    unsigned count;
} known, known_dirs;

void paths_forget(void)
{
    known.count = known_dirs.count = 0;
}

void paths_remember(const char *path, bool is_dir)
{
    if (strlen(path) >= KNOWN_SIZE)
        return;
    if (known.count < KNOWN_MAX)
        strcpy(known.path[known.count++], path);
    if (is_dir && known_dirs.count < KNOWN_MAX)
        strcpy(known_dirs.path[known_dirs.count++], path);
}

/* One that is likely to be there, or a name in a directory that is likely to be there. */
static bool choose_known(Chooser *chooser, char path[TEXT_SIZE])
{
    uint64_t how = choose_below(chooser, 8);

    if (how < 4 && known.count > 0) {
        strcpy(path, known.path[choose_below(chooser, known.count)]);
        return true;
    }
    if (how < 6 && known_dirs.count > 0) {
        strcpy(path, known_dirs.path[choose_below(chooser, known_dirs.count)]);
        add_repeated(path, '/', 1);
        add_repeated(path, (char)('a' + choose_below(chooser, 8)), 1);
        return true;
    }
    return false;
}

void path_choose(Chooser *chooser, char path[TEXT_SIZE])
{
    static const char depths[] = {1, 1, 1, 2, 2, 2, 2, 3, 3, 4};
    int depth = depths[choose_below(chooser, sizeof(depths))];

    path[0] = '\0';
    if (choose_below(chooser, 200) == 0) {
        strcpy(path, ((const char *const[]){"", "/", ".", ".."})[choose_below(chooser, 4)]);
        return;
    }
    if (choose_known(chooser, path))
        return;
    if (choose_below(chooser, 30) == 0)
        strcat(path, "/");
    while (depth-- > 0) {
        if (choose_below(chooser, 12) == 0)
            add_odd_name(chooser, path);
        else
            add_repeated(path, (char)('a' + choose_below(chooser, depth > 0 ? 4 : 8)), 1);
        if (depth > 0)
            strcat(path, "/");
    }
    if (choose_below(chooser, 40) == 0)
        strcat(path, "/");
}
