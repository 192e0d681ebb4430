/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the random walk, see walk.c. A call is an Op, chosen by the driver from the table of
 * ops.c and sent to two workers, which run it as the same caller, one below each mount. What they
 * send back is a Result each. */
#ifndef DIFF_WALK_H
#define DIFF_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

enum { NUMBERS_MAX = 6, TEXTS_MAX = 2, TEXT_SIZE = 1300, PAYLOAD_SIZE = 6000, ATTR_SIZE = 160 };
enum { SLOTS = 6, CALLERS_MAX = 9, DATA_MAX = 128 * 1024 };

typedef enum { REMAPFS, IDMAPPED, SIDES } Side;

/* What is walked only when asked for with -x. */
typedef enum {
    FEATURE_NONE = 0,
    FEATURE_ACL = 1 << 0,
    FEATURE_CAPS = 1 << 1,
    FEATURE_IOCTL = 1 << 2,
    FEATURE_LOCKS = 1 << 3,
    FEATURE_TRUSTED = 1 << 4,
    FEATURE_LOWER = 1 << 5, /* the same */
    FEATURE_DIRECT = 1 << 6,
    FEATURE_WHITEOUT = 1 << 7, /* for mounts with attr_timeout=0, see flags.c */
    FEATURE_CTIME = 1 << 8,    /* the same: a page that is written to tells FUSE nothing */
} Feature;

typedef struct {
    unsigned row;    /* of op_rows */
    unsigned caller; /* of callers */
    int base;        /* the slot of the directory in which paths begin, -1 for the root */
    bool watched;
    bool ctime;             /* is watched, too */
    uint64_t seed;          /* of data that it writes */
    int64_t n[NUMBERS_MAX]; /* its arguments; of one that is text, the index in `text` */
    char text[TEXTS_MAX][TEXT_SIZE];
} Op;

/* What a caller can see of one call. All of it is compared but what is marked. */
typedef struct {
    int64_t value;
    int error;
    mode_t mode_before; /* of the file that is watched, 0 for none; not compared */
    mode_t mode_after;  /* not compared */
    int watched_fd;     /* in the worker, until its next call; not compared */
    bool ctime_moved;   /* of the file that is watched */
    char after[ATTR_SIZE];
    uint32_t length; /* of payload, with the NUL */
    char payload[PAYLOAD_SIZE];
} Result;

/* result.c */
bool results_same(const Result *a, const Result *b);
bool results_same_but_ctime(const Result *a, const Result *b);
void result_print(FILE *stream, Side side, const Result *result);

/* callers.c: who calls */

typedef struct {
    const char *name;
    bool in_namespace;
    bool on_lower;  /* not below the mounts but below what they show */
    unsigned id;    /* uid and gid, as in the namespace */
    unsigned group; /* one more, 0 for none */
    uint64_t lacks; /* capabilities, if root */
    unsigned weight;
    bool is_unmapped; /* has no lower ID, and so can create nothing */
} Caller;

extern const Caller callers[];
extern const unsigned callers_count;

/* Becomes CALLER below ROOT. NAMESPACE: a descriptor of the user namespace. */
void caller_become(const Caller *caller, const char *root, int user_namespace);

/* worker.c: runs calls, in processes of their own */

typedef struct {
    pid_t pid;
    int socket;
} WorkerProcess;

typedef struct {
    int root;
    int slot[SLOTS]; /* -1 for none */
    int path_fd;     /* of the file that is watched, if named by a path */
    unsigned char *data;
} Worker;

void worker_start(WorkerProcess *process, const Caller *caller, const char *root,
                  int user_namespace);
void worker_stop(const WorkerProcess *process);
void worker_send(const WorkerProcess *process, const Op *op);
void worker_receive(const WorkerProcess *process, Result *ret_result);

/* ops.c: the table of calls */

/* Returns the call's own result, with errno if it is negative. */
typedef int64_t OpRun(Worker *worker, const Op *op, Result *result);

typedef enum {
    WATCH_SOME,   /* whether its first file is as before on both sides, now and then */
    WATCH_ALL,    /* always: it may clear setuid and setgid */
    WATCH_FOLLOW, /* as that, and where a symbolic link leads to */
    WATCH_NONE,
} Watch;

typedef struct {
    const char *name;
    unsigned weight;
    Feature feature;
    const char *arguments; /* a letter of arguments.c each */
    OpRun *run;
    Watch watch;
} OpRow;

extern const OpRow op_rows[];
extern const unsigned op_rows_count;

static inline const char *op_text(const Op *op, unsigned argument)
{
    return op->text[op->n[argument]];
}

struct timespec op_time(const Op *op, unsigned argument);
int op_slot(const Worker *worker, const Op *op, unsigned argument);

/* arguments.c: kinds of arguments, chosen at random and printed */

typedef struct {
    uint64_t state;
    const Caller *caller;
    unsigned open_slots; /* of this caller, a bit each */
    unsigned features;
} Chooser;

uint64_t random_next(uint64_t *state);
uint64_t choose_below(Chooser *chooser, uint64_t limit);
void op_choose_arguments(Chooser *chooser, Op *op);
void op_print(FILE *stream, const Op *op);

/* names.c: of numbers, and paths */

typedef struct {
    const char *name;
    int64_t value;
} Name;

/* Prints the names that make VALUE, with | between; what is left of it as a number. */
void names_print(FILE *stream, const Name *names, uint64_t value);
void path_choose(Chooser *chooser, char path[TEXT_SIZE]);
/* What is there, for path_choose(). */
void paths_forget(void);
void paths_remember(const char *path, bool is_dir);
void text_print(FILE *stream, const char *text);

/* lower.c: what differences may depend on */

typedef struct {
    unsigned long type; /* as of statfs(2) */
    off_t largest_file; /* in bytes */
} Lower;

/* Once, before anything is compared. */
void lower_learn(const char *directory);
const Lower *lower_get(void);

/* As llistxattr(2), but for what remapfs does not show, and some file systems do: the ACLs that xfs
 * shows to root a second time, as they are on disk, and trusted attributes, which btrfs lists for
 * those who may not read them. ROOT: the caller is root of the host. */
ssize_t lower_list_xattrs(const char *path, char *list, size_t size, bool root);

/* payload.c: what is compared, as text */

__attribute__((format(printf, 2, 3))) void payload_add(Result *result, const char *format, ...);
void payload_add_bytes(Result *result, const void *bytes, size_t size);
uint64_t bytes_hash(uint64_t hash, const void *bytes, size_t size);
void bytes_fill(uint64_t seed, unsigned char *bytes, size_t size);
/* Times are exact, or "now" for those of this walk. */
void attr_print(char text[ATTR_SIZE], const struct stat *attr);
/* The names of directory FD, sorted, with their types. Returns how many, or -1. */
int payload_add_listing(Result *result, int fd);
void payload_add_names(Result *result, char *list, size_t size);

/* run_*.c */

OpRun run_mkdir, run_mknod, run_symlink, run_link, run_link_slot, run_unlink, run_rmdir, run_rename,
    run_renameat2, run_prune, run_readlink, run_umask;
OpRun run_open, run_close, run_read, run_pread, run_write, run_pwrite, run_lseek, run_truncate,
    run_ftruncate, run_fallocate, run_copy_file_range, run_fsync, run_mmap, run_readdir,
    run_readdir_slot;
OpRun run_chmod, run_fchmod, run_fchmodat2, run_chown, run_lchown, run_fchown, run_utimensat,
    run_futimens, run_access, run_faccessat2, run_stat, run_lstat, run_fstat, run_statfs;
OpRun run_setxattr, run_lsetxattr, run_fsetxattr, run_getxattr, run_fgetxattr, run_listxattr,
    run_removexattr, run_fremovexattr, run_set_acl, run_get_acl, run_remove_acl, run_set_caps,
    run_get_caps, run_remove_caps, run_get_flags, run_set_flags, run_get_version, run_flock,
    run_fcntl_lock;

/* Gives the entries of the SIZE bytes of an ACL that stand for IDs without a mapping the ID that
 * they have on an idmapped mount, (uid_t)-1: remapfs has others (acl.h). No IDs of the walk are as
 * high. */
void acl_forget_stand_ins(void *bytes, ssize_t size);

/* allowed.c: differences that are no bugs */

typedef struct {
    const Op *op;
    const Result *results[SIDES];
    WorkerProcess workers[SIDES];
} Step;

/* The reason why the results of STEP, or what comes of it if they are the same, may differ, made
 * good where that is needed; NULL for none. */
const char *allowed_difference(const Step *step);

/* tree.c: the trees compared as they are */

typedef struct {
    const char *mounts[SIDES];
    const char *lowers[SIDES];
} Roots;

/* False, with a message, when something differs. Sets the number of files. */
bool trees_compare(const Roots *roots, unsigned *ret_files);
/* Makes the same tree on both lower sides, to begin with. */
void trees_seed(const Roots *roots);

/* plant.c: differences to be found, to try the walk itself */

typedef struct {
    const char *name;
    /* Makes the difference, behind the mount's back or in RESULT; returns whether it could. */
    bool (*make)(const Roots *roots, Result *result);
} Plant;

const Plant *plant_find(const char *name);

__attribute__((noreturn, format(printf, 1, 2))) void walk_fail(const char *format, ...);

#endif
