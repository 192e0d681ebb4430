/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk [OPTION...] PID MOUNT LOWER REFERENCE REFERENCE-LOWER: makes random calls on a mount of
 * remapfs and on a kernel idmapped mount, whose lower directories are empty at first, as several
 * users of the host and of the user namespace of process PID; what one does the other must do.
 *
 *   -s SEED    where the random numbers begin
 *   -n CALLS   how many
 *   -c CALLS   after how many the trees are compared as a whole
 *   -x NAME    also calls of this feature, see below
 *   -e NAME    without this call, or without this caller
 *   -k         the trees are there already: they are not made first
 *   -i         both mounts are of one lower directory (or are one), and others are at work in it:
 * nothing is compared, and only errors that no call may ever give are differences; with -k -p NAME
 * makes a difference now and then, which is to be found, see plant.c -v         says how it went,
 * -vv also prints each call
 *
 * Exit status: 0 all the same; 1 a difference, printed with the call that showed it; 2 trouble. */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROWS_MAX = 100, FILES_FEW = 100, FILES_MANY = 300 };

typedef struct {
    unsigned long calls;
    unsigned long failed;
} Count;

typedef struct {
    uint64_t seed;
    unsigned long calls;
    unsigned long compare_after;
    unsigned features;
    const Plant *plant;
    int verbose;
    bool keep;
    bool invariants;
    Roots roots;

    unsigned row_weight[ROWS_MAX];
    unsigned caller_weight[CALLERS_MAX];
    WorkerProcess workers[CALLERS_MAX][SIDES];
    unsigned open_slots[CALLERS_MAX];
    uint64_t random;
    unsigned long step;
    Count count[ROWS_MAX];
    unsigned long allowed;
} Walk;

static const Name features[] = {
    {"acl",      FEATURE_ACL     },
    {"caps",     FEATURE_CAPS    },
    {"ioctl",    FEATURE_IOCTL   },
    {"locks",    FEATURE_LOCKS   },
    {"trusted",  FEATURE_TRUSTED },
    {"lower",    FEATURE_LOWER   },
    {"direct",   FEATURE_DIRECT  },
    {"whiteout", FEATURE_WHITEOUT},
    {"ctime",    FEATURE_CTIME   },
    {NULL,       0               },
};

void walk_fail(const char *format, ...)
{
    va_list arguments;

    fputs("walk: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputs("\n", stderr);
    exit(2);
}

/* Choosing */

static unsigned choose_weighted(uint64_t *random, const unsigned *weights, unsigned count)
{
    unsigned sum = 0;
    unsigned chosen = 0;

    for (unsigned i = 0; i < count; i++)
        sum += weights[i];
    if (sum == 0)
        walk_fail("nothing is left to do");
    for (uint64_t at = random_next(random) % sum; at >= weights[chosen]; chosen++)
        at -= weights[chosen];
    return chosen;
}

static void choose(Walk *walk, Op *op)
{
    Chooser chooser;

    memset(op, 0, offsetof(Op, text));
    op->text[0][0] = op->text[1][0] = '\0';
    op->caller = choose_weighted(&walk->random, walk->caller_weight, callers_count);
    op->row = choose_weighted(&walk->random, walk->row_weight, op_rows_count);
    op->seed = random_next(&walk->random);
    op->ctime = (walk->features & FEATURE_CTIME) != 0;
    op->watched = op_rows[op->row].watch == WATCH_ALL || op_rows[op->row].watch == WATCH_FOLLOW ||
                  (op_rows[op->row].watch == WATCH_SOME && op->seed % 4 == 0);
    chooser = (Chooser){.state = random_next(&walk->random),
                        .caller = &callers[op->caller],
                        .open_slots = walk->open_slots[op->caller],
                        .features = walk->features};
    op->base = -1;
    if (chooser.open_slots != 0 && choose_below(&chooser, 12) == 0) {
        op->base = (int)choose_below(&chooser, SLOTS);
        if ((chooser.open_slots >> op->base & 1) == 0)
            op->base = -1;
    }
    op_choose_arguments(&chooser, op);
}

/* Running */

static void print_step(const Walk *walk, const Op *op)
{
    fprintf(stderr, "walk: seed %llu, call %lu: ", (unsigned long long)walk->seed, walk->step);
    op_print(stderr, op);
    fputs("\n", stderr);
}

static void run(Walk *walk, const Op *op, Result results[SIDES])
{
    const WorkerProcess *workers = walk->workers[op->caller];
    Side first = walk->step % 2 == 0 ? REMAPFS : IDMAPPED;

    worker_send(&workers[first], op);
    worker_send(&workers[!first], op);
    for (int side = 0; side < SIDES; side++)
        worker_receive(&workers[side], &results[side]);
}

/* What is wrong whoever else is at work. ESTALE is what a file gives that others, on the lower
 * side, removed just now: the kernel looks the name up once more, but only once. */
static bool check_invariants(const Walk *walk, const Op *op, const Result results[SIDES])
{
    static const int never[] = {EIO, ENOTCONN, ENOSYS, ENOMEM, ENFILE, EMFILE, EPROTO, ESTALE};
    const bool one_mount = strcmp(walk->roots.mounts[0], walk->roots.mounts[1]) == 0;

    for (int side = 0; side < SIDES; side++) {
        for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
            if (results[side].value < 0 && results[side].error == never[i] &&
                (one_mount || never[i] != ESTALE)) {
                print_step(walk, op);
                result_print(stderr, (Side)side, &results[side]);
                return false;
            }
        }
    }
    return true;
}

/* False for a difference that is not allowed. */
static bool check(Walk *walk, const Op *op, const Result results[SIDES])
{
    const Step step = {
        .op = op,
        .results = {&results[REMAPFS],                  &results[IDMAPPED]                 },
        .workers = {walk->workers[op->caller][REMAPFS], walk->workers[op->caller][IDMAPPED]}
    };
    bool is_same = results_same(&results[REMAPFS], &results[IDMAPPED]);
    const char *reason = allowed_difference(&step);

    walk->allowed += reason != NULL;
    if (walk->verbose > 1 || (!is_same && reason == NULL)) {
        print_step(walk, op);
        for (int side = 0; side < SIDES; side++)
            result_print(stderr, (Side)side, &results[side]);
        if (reason != NULL)
            fprintf(stderr, "  allowed: %s\n", reason);
    }
    return is_same || reason != NULL;
}

static void note(Walk *walk, const Op *op, const Result *result)
{
    const char *name = op_rows[op->row].name;

    walk->count[op->row].calls++;
    walk->count[op->row].failed += result->value < 0;
    if (strcmp(name, "open") == 0 && result->value >= 0)
        walk->open_slots[op->caller] |= 1U << op->n[0];
    if (strcmp(name, "close") == 0)
        walk->open_slots[op->caller] &= ~(1U << op->n[0]);
}

/* Nobody may shut the others out for good. */
static void open_roots(const Walk *walk)
{
    for (int side = 0; side < SIDES; side++) {
        if (chmod(walk->roots.mounts[side], 0777) < 0)
            walk_fail("%s: %s", walk->roots.mounts[side], strerror(errno));
    }
}

static bool compare(Walk *walk, unsigned *ret_files)
{
    if (walk->invariants) {
        open_roots(walk);
        return true;
    }
    if (!trees_compare(&walk->roots, ret_files)) {
        fprintf(stderr, "walk: seed %llu, at most %lu calls before call %lu\n",
                (unsigned long long)walk->seed, walk->compare_after, walk->step + 1);
        return false;
    }
    open_roots(walk);
    for (unsigned i = 0; i < op_rows_count; i++) {
        if (op_rows[i].run == run_prune)
            walk->row_weight[i] = *ret_files > FILES_MANY ? 20 : *ret_files > FILES_FEW;
    }
    return true;
}

static bool take_step(Walk *walk)
{
    static Op op;
    static Result results[SIDES];
    static bool plant_due;

    choose(walk, &op);
    run(walk, &op, results);
    plant_due |= walk->plant != NULL && walk->step % 1000 == 999;
    if (plant_due && walk->plant->make(&walk->roots, &results[REMAPFS]))
        plant_due = false;
    note(walk, &op, &results[IDMAPPED]);
    return walk->invariants ? check_invariants(walk, &op, results) : check(walk, &op, results);
}

static void print_summary(const Walk *walk, unsigned files, double seconds)
{
    printf("seed %llu: %lu calls, %lu allowed differences, %u files at the end, %.0f calls/s\n",
           (unsigned long long)walk->seed, walk->step, walk->allowed, files,
           (double)walk->step / seconds);
    for (unsigned i = 0; walk->verbose > 1 && i < op_rows_count; i++) {
        if (walk->count[i].calls > 0)
            printf("  %-16s %7lu calls, %3lu %% succeed\n", op_rows[i].name, walk->count[i].calls,
                   100 - walk->count[i].failed * 100 / walk->count[i].calls);
    }
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool go(Walk *walk)
{
    double began = now();
    unsigned files = 0;

    if (!compare(walk, &files))
        return false;
    for (walk->step = 1; walk->step <= walk->calls; walk->step++) {
        if (!take_step(walk))
            return false;
        if (walk->step % walk->compare_after == 0 && !compare(walk, &files))
            return false;
    }
    walk->step--;
    if (!compare(walk, &files))
        return false;
    if (walk->verbose > 0)
        print_summary(walk, files, now() - began);
    return true;
}

/* Beginning */

static void exclude(Walk *walk, const char *name)
{
    bool found = false;

    for (unsigned i = 0; i < op_rows_count; i++) {
        if (strcmp(op_rows[i].name, name) == 0) {
            walk->row_weight[i] = 0;
            found = true;
        }
    }
    for (unsigned i = 0; i < callers_count; i++) {
        if (strcmp(callers[i].name, name) == 0) {
            walk->caller_weight[i] = 0;
            found = true;
        }
    }
    if (!found)
        walk_fail("-e %s: there is no such call and no such caller", name);
}

static unsigned feature(const char *name)
{
    for (const Name *row = features; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0)
            return (unsigned)row->value;
    }
    walk_fail("-x %s: there is no such feature", name);
}

static unsigned long number(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (end == text || *end != '\0')
        walk_fail("%s: no number", text);
    return n;
}

static void weigh(Walk *walk)
{
    for (unsigned i = 0; i < op_rows_count; i++) {
        Feature needs = op_rows[i].feature;
        if (needs == FEATURE_NONE || (walk->features & needs) != 0)
            walk->row_weight[i] = op_rows[i].weight;
    }
    for (unsigned i = 0; i < callers_count; i++) {
        if (!callers[i].on_lower || (walk->features & FEATURE_LOWER) != 0)
            walk->caller_weight[i] = callers[i].weight;
    }
}

static void read_options(Walk *walk, int argc, char **argv)
{
    int option;

    for (int pass = 0; pass < 2; pass++) {
        optind = 1;
        while ((option = getopt(argc, argv, "s:n:c:x:e:p:kiv")) != -1) {
            if (option == 's')
                walk->seed = number(optarg);
            else if (option == 'n')
                walk->calls = number(optarg);
            else if (option == 'c')
                walk->compare_after = number(optarg);
            else if (option == 'x')
                walk->features |= feature(optarg);
            else if (option == 'p')
                walk->plant = plant_find(optarg);
            else if (option == 'k')
                walk->keep = true;
            else if (option == 'i')
                walk->invariants = true;
            else if (option == 'v')
                walk->verbose += pass;
            else if (option != 'e')
                exit(2);
            else if (pass == 1) /* after the features are known */
                exclude(walk, optarg);
        }
        if (pass == 0)
            weigh(walk);
    }
    if (argc - optind != 5 || walk->compare_after == 0)
        walk_fail("wrong arguments, see the head of walk.c");
}

static void start_workers(Walk *walk, const char *pid)
{
    char path[64];
    int user_namespace;

    snprintf(path, sizeof(path), "/proc/%s/ns/user", pid);
    user_namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (user_namespace < 0)
        walk_fail("%s: %s", path, strerror(errno));
    for (unsigned i = 0; i < callers_count; i++) {
        for (int side = 0; side < SIDES; side++) {
            const char *root =
                callers[i].on_lower ? walk->roots.lowers[side] : walk->roots.mounts[side];
            worker_start(&walk->workers[i][side], &callers[i], root, user_namespace);
        }
    }
    close(user_namespace);
}

/* So that they no longer use the mounts. */
static void stop_workers(const Walk *walk)
{
    for (unsigned i = 0; i < callers_count; i++) {
        for (int side = 0; side < SIDES; side++)
            worker_stop(&walk->workers[i][side]);
    }
}

int main(int argc, char **argv)
{
    static Walk walk = {.calls = 10000, .compare_after = 500};

    walk.seed = (uint64_t)time(NULL);
    read_options(&walk, argc, argv);
    argv += optind;
    walk.roots = (Roots){
        .mounts = {argv[1], argv[3]},
          .lowers = {argv[2], argv[4]}
    };
    walk.random = walk.seed;
    lower_learn(walk.roots.lowers[IDMAPPED]);
    if (!walk.keep)
        trees_seed(&walk.roots);
    start_workers(&walk, argv[0]);
    bool is_same = go(&walk);
    stop_workers(&walk);
    return is_same ? 0 : 1;
}
