/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of calls. The letters of arguments are those of arguments.c. */
#include "walk.h"

/* Who may change what is open is decided by the owner that the kernel knows, which it does not ask
 * for again, and on the lower side it may be another one by now. So it is made to ask: what is
 * watched is asked for before the call. */
const OpRow op_rows[] = {
    {"mkdir",           30, FEATURE_NONE,  "pm",    run_mkdir,           WATCH_SOME  },
    {"mknod",           15, FEATURE_NONE,  "pdm",   run_mknod,           WATCH_SOME  },
    {"symlink",         15, FEATURE_NONE,  "tp",    run_symlink,         WATCH_SOME  },
    {"linkat",          15, FEATURE_NONE,  "ppl",   run_link,            WATCH_SOME  },
    {"link_slot",       10, FEATURE_NONE,  "sp",    run_link_slot,       WATCH_SOME  },
    {"unlink",          25, FEATURE_NONE,  "p",     run_unlink,          WATCH_SOME  },
    {"rmdir",           12, FEATURE_NONE,  "p",     run_rmdir,           WATCH_SOME  },
    {"rename",          20, FEATURE_NONE,  "pp",    run_rename,          WATCH_SOME  },
    {"renameat2",       15, FEATURE_NONE,  "ppr",   run_renameat2,       WATCH_SOME  },
    {"prune",           0,  FEATURE_NONE,  "p",     run_prune,           WATCH_NONE  },
    {"readlink",        10, FEATURE_NONE,  "p",     run_readlink,        WATCH_SOME  },
    {"umask",           3,  FEATURE_NONE,  "m",     run_umask,           WATCH_NONE  },

    {"open",            60, FEATURE_NONE,  "Spom",  run_open,            WATCH_FOLLOW},
    {"close",           12, FEATURE_NONE,  "s",     run_close,           WATCH_NONE  },
    {"read",            12, FEATURE_NONE,  "sc",    run_read,            WATCH_SOME  },
    {"pread",           15, FEATURE_NONE,  "scf",   run_pread,           WATCH_SOME  },
    {"write",           20, FEATURE_NONE,  "sc",    run_write,           WATCH_ALL   },
    {"pwrite",          20, FEATURE_NONE,  "scf",   run_pwrite,          WATCH_ALL   },
    {"lseek",           15, FEATURE_NONE,  "szw",   run_lseek,           WATCH_ALL   },
    {"truncate",        10, FEATURE_NONE,  "pf",    run_truncate,        WATCH_FOLLOW},
    {"ftruncate",       10, FEATURE_NONE,  "sf",    run_ftruncate,       WATCH_ALL   },
    {"fallocate",       12, FEATURE_NONE,  "safc",  run_fallocate,       WATCH_ALL   },
    {"copy_file_range", 10, FEATURE_NONE,  "sfTfc", run_copy_file_range, WATCH_ALL   },
    {"fsync",           2,  FEATURE_NONE,  "s",     run_fsync,           WATCH_SOME  },
    {"mmap",            8,  FEATURE_NONE,  "sfc",   run_mmap,            WATCH_ALL   },
    {"readdir",         15, FEATURE_NONE,  "p",     run_readdir,         WATCH_SOME  },
    {"readdir_slot",    6,  FEATURE_NONE,  "s",     run_readdir_slot,    WATCH_SOME  },

    {"chmod",           30, FEATURE_NONE,  "pm",    run_chmod,           WATCH_FOLLOW},
    {"fchmod",          12, FEATURE_NONE,  "sm",    run_fchmod,          WATCH_ALL   },
    {"fchmodat2",       5,  FEATURE_NONE,  "pmk",   run_fchmodat2,       WATCH_SOME  },
    {"chown",           20, FEATURE_NONE,  "puu",   run_chown,           WATCH_FOLLOW},
    {"lchown",          8,  FEATURE_NONE,  "puu",   run_lchown,          WATCH_ALL   },
    {"fchown",          12, FEATURE_NONE,  "suu",   run_fchown,          WATCH_ALL   },
    {"utimensat",       15, FEATURE_NONE,  "phhk",  run_utimensat,       WATCH_SOME  },
    {"futimens",        8,  FEATURE_NONE,  "shh",   run_futimens,        WATCH_ALL   },
    {"access",          8,  FEATURE_NONE,  "pq",    run_access,          WATCH_SOME  },
    {"faccessat2",      8,  FEATURE_NONE,  "pqe",   run_faccessat2,      WATCH_SOME  },
    {"stat",            15, FEATURE_NONE,  "p",     run_stat,            WATCH_NONE  },
    {"lstat",           15, FEATURE_NONE,  "p",     run_lstat,           WATCH_NONE  },
    {"fstat",           10, FEATURE_NONE,  "s",     run_fstat,           WATCH_NONE  },
    {"statfs",          2,  FEATURE_NONE,  "p",     run_statfs,          WATCH_NONE  },

    {"setxattr",        10, FEATURE_NONE,  "pxvX",  run_setxattr,        WATCH_SOME  },
    {"lsetxattr",       5,  FEATURE_NONE,  "pxvX",  run_lsetxattr,       WATCH_SOME  },
    {"fsetxattr",       5,  FEATURE_NONE,  "sxvX",  run_fsetxattr,       WATCH_ALL   },
    {"getxattr",        8,  FEATURE_NONE,  "pxv",   run_getxattr,        WATCH_SOME  },
    {"fgetxattr",       4,  FEATURE_NONE,  "sxv",   run_fgetxattr,       WATCH_SOME  },
    {"listxattr",       8,  FEATURE_NONE,  "pv",    run_listxattr,       WATCH_SOME  },
    {"removexattr",     5,  FEATURE_NONE,  "px",    run_removexattr,     WATCH_SOME  },
    {"fremovexattr",    3,  FEATURE_NONE,  "sx",    run_fremovexattr,    WATCH_ALL   },

    {"set_acl",         25, FEATURE_ACL,   "pAX",   run_set_acl,         WATCH_SOME  },
    {"get_acl",         10, FEATURE_ACL,   "pA",    run_get_acl,         WATCH_SOME  },
    {"remove_acl",      4,  FEATURE_ACL,   "pA",    run_remove_acl,      WATCH_SOME  },
    {"set_caps",        15, FEATURE_CAPS,  "pAX",   run_set_caps,        WATCH_SOME  },
    {"get_caps",        8,  FEATURE_CAPS,  "p",     run_get_caps,        WATCH_SOME  },
    {"remove_caps",     3,  FEATURE_CAPS,  "p",     run_remove_caps,     WATCH_SOME  },
    {"get_flags",       5,  FEATURE_IOCTL, "s",     run_get_flags,       WATCH_SOME  },
    {"set_flags",       5,  FEATURE_IOCTL, "sF",    run_set_flags,       WATCH_ALL   },
    {"get_version",     2,  FEATURE_IOCTL, "s",     run_get_version,     WATCH_NONE  },
    {"flock",           6,  FEATURE_LOCKS, "sK",    run_flock,           WATCH_NONE  },
    {"fcntl",           10, FEATURE_LOCKS, "sCLfc", run_fcntl_lock,      WATCH_NONE  },
};
const unsigned op_rows_count = sizeof(op_rows) / sizeof(op_rows[0]);
