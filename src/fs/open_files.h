/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open regular files, and what all open files of one inode share.
 *
 * The kernel reads and writes all open files of an inode in the same way: itself, on one backing
 * file that we gave it (passthrough, <fuse_common.h>), or by requests to us. The first one to be
 * opened decides, until the last one is released.
 *
 * Programs open the same files again and again, and of all that an open costs, most is opening the
 * lower file and giving it to the kernel. So one that was only read is kept for a second after its
 * release, backing file and all, for the next who opens it. */
#pragma once

#include "fs/background.h"
#include "fs/fuse_api.h"
#include "fs/hash_index.h"
#include "fs/shares.h"

#include <pthread.h>
#include <sys/queue.h>

typedef struct OpenInode {
    HashLink by_node; /* lock */
    uint64_t node;
    LIST_HEAD(, OpenFile) files; /* lock; at least one, or there is one that is kept */
    struct OpenFile *kept;       /* lock; NULL: none */
    uint64_t kept_since;         /* lock; of counters_now() */
    TAILQ_ENTRY(OpenInode) kept_link;
    int backing_id;          /* the kernel's name for the backing file; 0: requests come to us */
    _Atomic unsigned doubts; /* see open_files_doubt() */
    unsigned n_doubtful;     /* lock; times that were shown in doubt */
    struct timespec settled; /* lock */
} OpenInode;

/* What the file handle of OPEN and CREATE refers to. */
typedef struct OpenFile {
    OpenInode *inode;
    LIST_ENTRY(OpenFile) link; /* lock */
    int fd;                    /* of the lower file */
    Share *share;              /* that this is counted in */
    bool local;                /* lower_mount.h */
    bool is_reusable;          /* may be kept */
} OpenFile;

typedef struct {
    struct fuse_session *session; /* set before there are requests */
    pthread_mutex_t lock;
    HashIndex by_node;
    Shares *shares;
    size_t n_files;               /* lock */
    size_t n_backing;             /* lock */
    TAILQ_HEAD(, OpenInode) kept; /* lock; with a file that is kept, the first one the longest */
    size_t n_kept;                /* lock */
    size_t kept_max;
    Background background; /* closes what was kept long enough */
} OpenFiles;

/* At most KEPT_MAX files are kept. SHARES stay the caller's. -ENOMEM. */
ErrInt open_files_init(OpenFiles *files, Shares *shares, size_t kept_max);

/* Keeps nothing any more; while there is a session. */
void open_files_end(OpenFiles *files);

/* Closes what is still open. There must be no requests any more, and nothing must be kept. */
void open_files_clear(OpenFiles *files);

/* A new open file of NODE; FD and SHARE are taken over, also on failure. PASS: the kernel may read
 * and write the lower file itself, unless it was opened otherwise before; it does so with the file
 * system credentials that the thread has now. When it should and will not, *RET_REFUSAL is the
 * errno, else 0. NULL: out of memory. */
OpenFile *open_files_add(OpenFiles *files, fuse_req_t req, uint64_t node, int fd, Share *share,
                         bool pass, int *ret_refusal);

/* Closes FILE and frees it, or keeps it. LOCKED: it may have an flock(2), which is given up. */
void open_files_remove(OpenFiles *files, OpenFile *file, bool locked);

/* The file that is kept of NODE becomes an open file again, with no share yet. NULL: none is kept.
 */
OpenFile *open_files_take_kept(OpenFiles *files, uint64_t node);

/* Closes the one that is kept for the longest; false: none is kept. */
bool open_files_relieve(OpenFiles *files);

/* What is kept of NODE is closed: it is to be opened otherwise, or gone. */
void open_files_drop_kept(OpenFiles *files, uint64_t node);

/* Under the lock; NULL: there is none. */
OpenInode *open_files_find(const OpenFiles *files, uint64_t node);

/* Whether there is an open file of NODE; one that is kept is none. */
bool open_files_has(OpenFiles *files, uint64_t node);

/* Somebody has locked NODE, and is to see what others, on the lower side, wrote to it before: the
 * pages that the kernel keeps of it may be older, unless they are those of a backing file. The
 * kernel asks for the attributes before it reads pages, and drops these when the time of
 * modification is another one; but two writes may have the same time. So the next answers have a
 * time that is off by some nanoseconds, and are good for once only.
 *
 * Returns whether there was doubt before, so that the kernel has nothing that is good for longer
 * and need not be told. It must not: an answer that is on its way to another who has a lock would
 * be left aside (fs/fuse/inode.c, fuse_change_attributes()), and old pages be read. */
bool open_files_doubt(OpenFiles *files, uint64_t node);

/* Whether there is doubt: no answer about NODE is good for longer. */
bool open_files_in_doubt(OpenFiles *files, uint64_t node);

/* For attributes that are asked for to read through FILE: changes *MTIME if there is doubt, and
 * returns whether it did. Not when the pages were dropped before since MTIME, at a moment so much
 * later that whatever was written afterwards has another time. */
bool open_files_show_doubt(OpenFiles *files, const OpenFile *file, struct timespec *mtime);

typedef struct {
    size_t files;
    size_t backing; /* files that the kernel has for passthrough */
    size_t kept;    /* some of these, which nobody has open */
} OpenFilesSizes;

OpenFilesSizes open_files_sizes(OpenFiles *files);

/* The kernel opened it without us (kernel_cache), and so only to read it, unless the mount was made
 * writable since. There is no OpenFile. */
static inline bool is_unopened(const struct fuse_file_info *fi)
{
    return fi->fh == 0;
}

static inline OpenFile *open_file_of(const struct fuse_file_info *fi)
{
    return (OpenFile *)(uintptr_t)fi->fh;
}

/* The descriptor of the lower file. */
static inline int open_fd_of(const struct fuse_file_info *fi)
{
    return open_file_of(fi)->fd;
}
