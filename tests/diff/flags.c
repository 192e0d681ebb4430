/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of arguments whose values have names. */
#include "arguments.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

static const Name open_flags[] = {
    {"O_TMPFILE",   O_TMPFILE  },
    {"O_SYNC",      O_SYNC     },
    {"O_WRONLY",    O_WRONLY   },
    {"O_RDWR",      O_RDWR     },
    {"O_CREAT",     O_CREAT    },
    {"O_EXCL",      O_EXCL     },
    {"O_TRUNC",     O_TRUNC    },
    {"O_APPEND",    O_APPEND   },
    {"O_NOFOLLOW",  O_NOFOLLOW },
    {"O_DIRECTORY", O_DIRECTORY},
    {"O_NOATIME",   O_NOATIME  },
    {"O_PATH",      O_PATH     },
    {"O_DSYNC",     O_DSYNC    },
    {"O_DIRECT",    O_DIRECT   },
    {"O_RDONLY",    0          },
    {NULL,          0          },
};

static int64_t choose_open_flags(Chooser *chooser, Op *op, unsigned text)
{
    static const int bases[] = {O_RDONLY,
                                O_RDONLY,
                                O_WRONLY,
                                O_RDWR,
                                O_RDWR,
                                O_RDWR,
                                O_CREAT | O_RDWR,
                                O_CREAT | O_RDWR,
                                O_CREAT | O_RDWR,
                                O_CREAT | O_WRONLY,
                                O_CREAT | O_WRONLY | O_TRUNC,
                                O_CREAT | O_EXCL | O_RDWR,
                                O_RDWR | O_TRUNC,
                                O_WRONLY | O_TRUNC,
                                O_RDWR | O_APPEND,
                                O_CREAT | O_WRONLY | O_APPEND,
                                O_DIRECTORY | O_RDONLY,
                                O_DIRECTORY | O_RDONLY,
                                O_PATH,
                                O_PATH | O_NOFOLLOW,
                                O_TMPFILE | O_RDWR,
                                O_TMPFILE | O_WRONLY,
                                O_CREAT | O_RDONLY,
                                O_RDONLY | O_TRUNC,
                                3};
    static const int more[] = {O_EXCL,    O_TRUNC, O_APPEND, O_NOFOLLOW, O_DIRECTORY,
                               O_NOATIME, O_SYNC,  O_DSYNC,  O_CREAT,    O_PATH};
    int flags = CHOOSE(chooser, bases);

    (void)op;
    (void)text;
    while (choose_below(chooser, 4) == 0)
        flags |= CHOOSE(chooser, more);
    if ((chooser->features & FEATURE_DIRECT) != 0 && choose_below(chooser, 8) == 0)
        flags = (flags & ~O_APPEND) | O_DIRECT; /* the end of a file is seldom that of a block */
    return flags;
}

static const Name rename_flags[] = {
    {"0",                0               },
    {"RENAME_NOREPLACE", RENAME_NOREPLACE},
    {"RENAME_EXCHANGE",  RENAME_EXCHANGE },
    {"RENAME_WHITEOUT",  RENAME_WHITEOUT },
    {NULL,               0               },
};

/* ext4 makes a whiteout before it knows that the rename can be done, so one that fails changes the
 * time of the directory, which no kernel expects. And the kernel lets a caller without a mapping
 * make one of owner -1, which then nobody can remove; remapfs does not. */
static int64_t choose_rename_flags(Chooser *chooser, Op *op, unsigned text)
{
    int64_t flags = kind_choose_named(chooser, rename_flags, 10);

    (void)op;
    (void)text;
    if (chooser->caller->is_unmapped || (chooser->features & FEATURE_WHITEOUT) == 0)
        flags &= ~(int64_t)RENAME_WHITEOUT;
    return flags;
}

static const Name allocate_modes[] = {
    {"0",                                        0                                         },
    {"FALLOC_FL_KEEP_SIZE",                      FALLOC_FL_KEEP_SIZE                       },
    {"FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
    {"FALLOC_FL_ZERO_RANGE",                     FALLOC_FL_ZERO_RANGE                      },
    {NULL,                                       0                                         },
};

static const Name whences[] = {
    {"SEEK_SET",  0        },
    {"SEEK_CUR",  SEEK_CUR },
    {"SEEK_END",  SEEK_END },
    {"SEEK_DATA", SEEK_DATA},
    {"SEEK_HOLE", SEEK_HOLE},
    {NULL,        0        },
};

static const Name accesses[] = {
    {"F_OK", 0   },
    {"X_OK", X_OK},
    {"W_OK", W_OK},
    {"R_OK", R_OK},
    {NULL,   0   },
};

static const Name at_flags[] = {
    {"0",                   0                  },
    {"0",                   0                  },
    {"AT_SYMLINK_NOFOLLOW", AT_SYMLINK_NOFOLLOW},
    {NULL,                  0                  },
};

static const Name access_flags[] = {
    {"0",                   0                  },
    {"AT_EACCESS",          AT_EACCESS         },
    {"AT_SYMLINK_NOFOLLOW", AT_SYMLINK_NOFOLLOW},
    {NULL,                  0                  },
};

static const Name link_flags[] = {
    {"0",                 0                },
    {"0",                 0                },
    {"AT_SYMLINK_FOLLOW", AT_SYMLINK_FOLLOW},
    {NULL,                0                },
};

static const Name types[] = {
    {"S_IFREG",       S_IFREG               },
    {"S_IFIFO",       S_IFIFO               },
    {"S_IFSOCK",      S_IFSOCK              },
    {"S_IFCHR 1:3",   S_IFCHR | 0x103 << 16 },
    {"S_IFCHR 1:5",   S_IFCHR | 0x105 << 16 },
    {"S_IFBLK 250:9", S_IFBLK | 0xfa09 << 16},
    {"S_IFCHR 0:0",   S_IFCHR               },
    {"S_IFDIR",       S_IFDIR               },
    {"0",             0                     },
    {NULL,            0                     },
};

static const Name xattr_flags[] = {
    {"0",             0            },
    {"0",             0            },
    {"XATTR_CREATE",  XATTR_CREATE },
    {"XATTR_REPLACE", XATTR_REPLACE},
    {NULL,            0            },
};

static const Name inode_flags[] = {
    {"0",             0            },
    {"FS_NODUMP_FL",  FS_NODUMP_FL },
    {"FS_NOATIME_FL", FS_NOATIME_FL},
    {"FS_SYNC_FL",    FS_SYNC_FL   },
    {"FS_DIRSYNC_FL", FS_DIRSYNC_FL},
    {NULL,            0            },
};

static const Name flocks[] = {
    {"LOCK_SH", LOCK_SH},
    {"LOCK_EX", LOCK_EX},
    {"LOCK_UN", LOCK_UN},
    {NULL,      0      },
};

static const Name lock_types[] = {
    {"F_RDLCK", 0      },
    {"F_WRLCK", F_WRLCK},
    {"F_UNLCK", F_UNLCK},
    {NULL,      0      },
};

static const Name lock_commands[] = {
    {"F_GETLK",     F_GETLK    },
    {"F_SETLK",     F_SETLK    },
    {"F_OFD_GETLK", F_OFD_GETLK},
    {"F_OFD_SETLK", F_OFD_SETLK},
    {NULL,          0          },
};

const Kind named_kinds[] = {
    {'o', choose_open_flags,   NULL, open_flags,     0 },
    {'r', choose_rename_flags, NULL, rename_flags,   0 },
    {'a', NULL,                NULL, allocate_modes, 10},
    {'w', NULL,                NULL, whences,        0 },
    {'q', NULL,                NULL, accesses,       3 },
    {'k', NULL,                NULL, at_flags,       0 },
    {'e', NULL,                NULL, access_flags,   5 },
    {'l', NULL,                NULL, link_flags,     0 },
    {'d', NULL,                NULL, types,          0 },
    {'X', NULL,                NULL, xattr_flags,    20},
    {'F', NULL,                NULL, inode_flags,    6 },
    {'K', NULL,                NULL, flocks,         0 },
    {'L', NULL,                NULL, lock_types,     0 },
    {'C', NULL,                NULL, lock_commands,  0 },
    {0,   NULL,                NULL, NULL,           0 },
};
