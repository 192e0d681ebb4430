/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of calls share: the words of a step, its open files, its result. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { WORDS_MAX = 8, FILES_MAX = 32, BYTES_MAX = 1 << 20 };

typedef struct {
    const char *name;
    void (*run)(void);
} Step;

typedef struct {
    const char *name;
    int value;
} Name;

/* Each ends with a NULL. */
extern const Step data_steps[];
extern const Step async_steps[];
extern const Name open_flags[];
extern const Name allocate_modes[];

extern char bytes[BYTES_MAX]; /* page-aligned */

/* Ends the program: a wrong step. */
__attribute__((noreturn)) void wrong(const char *why);

/* The I-th word after the step's name. A word that is missing is wrong, and so is a word that is
 * no number where one is needed. */
char *word(int i);
bool has_word(int i);
long long number(int i);
mode_t mode(int i);
size_t byte_count(int i); /* not more than BYTES_MAX */

/* A|B|C by the table, 0 where there is no such word. */
int named(const Name *table, int i);

/* The descriptor of the open file with that name; -1 when there is none. */
int file(int i);
void know_file(const char *name, int fd);

/* Prints what a call returned: "ok" for 0, a number, or the error of errno; true when it worked. */
bool result(long long r);

/* The same for those whose positive results differ from run to run. */
bool done(long long r);

void print_bytes(const char *start, size_t n);

/* Prints the R bytes that a call read to START, or the error of errno when R is negative. */
void print_read(ssize_t r, const char *start);
