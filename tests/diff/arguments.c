/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of arguments, a letter each: how one is chosen, and how it is printed. */
#include "arguments.h"

#include <fcntl.h>
#include <string.h>

/* splitmix64 */
uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

uint64_t choose_below(Chooser *chooser, uint64_t limit)
{
    return random_next(&chooser->state) % limit;
}

/* Text */

static int64_t choose_path(Chooser *chooser, Op *op, unsigned text)
{
    path_choose(chooser, op->text[text]);
    return text;
}

static int64_t choose_target(Chooser *chooser, Op *op, unsigned text)
{
    char *target = op->text[text];

    path_choose(chooser, target);
    if (choose_below(chooser, 30) == 0)
        memset(target, 'x', TEXT_SIZE - 1);
    return text;
}

static int64_t choose_xattr(Chooser *chooser, Op *op, unsigned text)
{
    static const char *const names[] = {"user.a",   "user.a",    "user.b", "user.c",
                                        "user.a.b", "user.\xff", "user.",  "trusted.a"};
    uint64_t which = choose_below(chooser, COUNT(names) * 4);
    char *name = op->text[text];

    strcpy(name, names[which % 4]);
    if (which >= 3 * COUNT(names))
        strcpy(name, names[which % COUNT(names)]);
    if ((chooser->features & FEATURE_TRUSTED) == 0 && name[0] == 't')
        strcpy(name, "user.d");
    if (choose_below(chooser, 60) == 0) {
        size_t length = choose_below(chooser, 3) == 0 ? 251 : 250;
        memset(name + 5, 'n', length);
        name[5 + length] = '\0';
    }
    return text;
}

static void print_text(FILE *stream, const Op *op, int64_t number)
{
    text_print(stream, op->text[number]);
}

/* Numbers */

static int64_t choose_slot(Chooser *chooser, Op *op, unsigned text)
{
    int64_t slot = (int64_t)choose_below(chooser, SLOTS);

    (void)op;
    (void)text;
    for (int i = 0; i < SLOTS && (chooser->open_slots >> slot & 1) == 0; i++)
        slot = (slot + 1) % SLOTS;
    return slot;
}

static int64_t choose_any_slot(Chooser *chooser, Op *op, unsigned text)
{
    (void)op;
    (void)text;
    return (int64_t)choose_below(chooser, SLOTS);
}

static int64_t choose_mode(Chooser *chooser, Op *op, unsigned text)
{
    static const mode_t modes[] = {0777,  0777,  0755,  0700,  0644,  0666,  0600,  0660,  0444,
                                   0770,  0750,  0,     0711,  0555,  01777, 02775, 02770, 02755,
                                   02664, 04755, 04711, 06755, 06775, 06777, 06644, 02444};

    (void)op;
    (void)text;
    return choose_below(chooser, 20) == 0 ? (int64_t)choose_below(chooser, 07777 + 1)
                                          : (int64_t)CHOOSE(chooser, modes);
}

static void print_mode(FILE *stream, const Op *op, int64_t number)
{
    (void)op;
    fprintf(stream, "0%llo", (long long)number);
}

static int64_t choose_size(Chooser *chooser, Op *op, unsigned text)
{
    static const int64_t sizes[] = {0,    1,    7,    100,   512,   1000,  4095,
                                    4096, 4097, 5000, 12288, 40000, 65536, 131072};

    (void)op;
    (void)text;
    return CHOOSE(chooser, sizes);
}

static int64_t choose_offset(Chooser *chooser, Op *op, unsigned text)
{
    static const int64_t near[] = {0,    0,    0,     1,     10,    100,    4095,
                                   4096, 8192, 10000, 12288, 65536, 100000, 131072};
    static const int64_t far[] = {
        -1,       INT64_C(1) << 31, (INT64_C(1) << 32) + 4096, INT64_C(1) << 40, INT64_C(1) << 44,
        INT64_MAX};

    (void)op;
    (void)text;
    return choose_below(chooser, 25) == 0 ? CHOOSE(chooser, far) : CHOOSE(chooser, near);
}

/* The limit of a file's size is the file system's own. */
static int64_t choose_position(Chooser *chooser, Op *op, unsigned text)
{
    int64_t offset = choose_offset(chooser, op, text);

    return offset > INT64_C(1) << 40 ? 5 : offset;
}

static void print_decimal(FILE *stream, const Op *op, int64_t number)
{
    (void)op;
    fprintf(stream, "%lld", (long long)number);
}

static int64_t choose_id(Chooser *chooser, Op *op, unsigned text)
{
    static const uint32_t ids[] = {0, 1000, 1000, 1001, 2000, 60, 65535};
    static const uint32_t odd[] = {65536, 5000, 70000, 165536};

    (void)op;
    (void)text;
    if (choose_below(chooser, 4) == 0)
        return -1;
    if (choose_below(chooser, 12) == 0)
        return CHOOSE(chooser, odd);
    return CHOOSE(chooser, ids) +
           (chooser->caller->in_namespace || chooser->caller->on_lower ? 0 : 100000);
}

static int64_t choose_value_size(Chooser *chooser, Op *op, unsigned text)
{
    static const int64_t sizes[] = {0,   0,   1,    2,    10,   10,    30,   30,
                                    100, 100, 1000, 3000, 5000, 65536, 65537};

    (void)op;
    (void)text;
    return CHOOSE(chooser, sizes);
}

static int64_t choose_seed(Chooser *chooser, Op *op, unsigned text)
{
    (void)op;
    (void)text;
    return (int64_t)choose_below(chooser, INT64_C(1) << 40);
}

/* None is near the time of the walk, see attr_print(). */
static const struct timespec times[] = {
    {0,                UTIME_NOW },
    {0,                UTIME_NOW },
    {0,                UTIME_OMIT},
    {0,                UTIME_OMIT},
    {1000000000,       0         },
    {1234567890,       123456789 },
    {0,                1         },
    {-1,               999999999 },
    {-2000000000,      5         },
    {4000000000,       7         },
    {10000000000,      0         },
    {INT64_C(1) << 36, 0         },
    {-3000000000,      0         },
    {5,                1000000000},
};

struct timespec op_time(const Op *op, unsigned argument)
{
    return times[op->n[argument]];
}

static int64_t choose_time(Chooser *chooser, Op *op, unsigned text)
{
    (void)op;
    (void)text;
    return (int64_t)choose_below(chooser, choose_below(chooser, 5) == 0 ? COUNT(times) : 7);
}

static void print_time(FILE *stream, const Op *op, int64_t number)
{
    const struct timespec *time = &times[number];

    (void)op;
    if (time->tv_nsec == UTIME_NOW || time->tv_nsec == UTIME_OMIT)
        fputs(time->tv_nsec == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT", stream);
    else
        fprintf(stream, "%lld.%09ld", (long long)time->tv_sec, time->tv_nsec);
}

static const Kind plain_kinds[] = {
    {'p', choose_path,       print_text,    NULL, 0},
    {'t', choose_target,     print_text,    NULL, 0},
    {'x', choose_xattr,      print_text,    NULL, 0},
    {'s', choose_slot,       print_decimal, NULL, 0},
    {'T', choose_slot,       print_decimal, NULL, 0},
    {'S', choose_any_slot,   print_decimal, NULL, 0},
    {'m', choose_mode,       print_mode,    NULL, 0},
    {'c', choose_size,       print_decimal, NULL, 0},
    {'f', choose_offset,     print_decimal, NULL, 0},
    {'z', choose_position,   print_decimal, NULL, 0},
    {'u', choose_id,         print_decimal, NULL, 0},
    {'h', choose_time,       print_time,    NULL, 0},
    {'v', choose_value_size, print_decimal, NULL, 0},
    {'A', choose_seed,       print_decimal, NULL, 0},
    {0,   NULL,              NULL,          NULL, 0},
};

int64_t kind_choose_named(Chooser *chooser, const Name *names, unsigned more)
{
    unsigned count = 0;
    int64_t value;

    while (names[count].name != NULL)
        count++;
    value = names[choose_below(chooser, count)].value;
    while (more > 0 && choose_below(chooser, more) == 0)
        value |= names[choose_below(chooser, count)].value;
    return value;
}

static const Kind *find_kind(const Kind *kinds, char letter)
{
    while (kinds->letter != 0 && kinds->letter != letter)
        kinds++;
    return kinds->letter != 0 ? kinds : NULL;
}

static const Kind *kind_of(char letter)
{
    const Kind *kind = find_kind(plain_kinds, letter);

    if (kind == NULL)
        kind = find_kind(named_kinds, letter);
    if (kind == NULL)
        walk_fail("no kind of arguments has the letter %c", letter);
    return kind;
}

void op_choose_arguments(Chooser *chooser, Op *op)
{
    const char *letters = op_rows[op->row].arguments;
    unsigned texts = 0;

    for (unsigned i = 0; letters[i] != '\0'; i++) {
        const Kind *kind = kind_of(letters[i]);
        op->n[i] = kind->choose != NULL ? kind->choose(chooser, op, texts)
                                        : kind_choose_named(chooser, kind->names, kind->more);
        if (strchr("ptx", letters[i]) != NULL)
            texts++;
    }
}

void op_print(FILE *stream, const Op *op)
{
    const OpRow *row = &op_rows[op->row];

    fprintf(stream, "%s: ", callers[op->caller].name);
    if (op->base >= 0 && strchr(row->arguments, 'p') != NULL)
        fprintf(stream, "in slot %d: ", op->base);
    fprintf(stream, "%s(", row->name);
    for (unsigned i = 0; row->arguments[i] != '\0'; i++) {
        const Kind *kind = kind_of(row->arguments[i]);
        fputs(i > 0 ? ", " : "", stream);
        if (kind->print != NULL)
            kind->print(stream, op, op->n[i]);
        else
            names_print(stream, kind->names, (uint64_t)op->n[i]);
    }
    putc(')', stream);
}
