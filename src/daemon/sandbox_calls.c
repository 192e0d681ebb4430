/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls that remain, see seccomp(2). All others fail with ENOSYS, so that the C library
 * falls back to what it did on older kernels. */
#include "daemon/sandbox_calls.h"

#include "base/cleanup.h"
#include "core/id.h"
#include "daemon/sandbox.h"
#include "fs/fuse_api.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Of Linux 6.13, <linux/mman.h>. */
#define GUARD_INSTALL 102
#define GUARD_REMOVE 103

typedef struct {
    /* SYS_*: of the kernel's headers, which libseccomp may be older than; SCMP_SYS() for what only
     * some architectures have, and others leave out. */
    int number;
    const char *reason;
} Call;

/* Whatever the arguments. */
static const Call calls[] = {
    {SYS_read,              "requests; lower files"                                          },
    {SYS_write,             "answers to the kernel; messages"                                },
    {SYS_writev,            "answers"                                                        },
    {SYS_pread64,           "read"                                                           },
    {SYS_pwrite64,          "write"                                                          },
    {SYS_pwritev2,          "write with O_APPEND"                                            },
    {SYS_io_uring_enter,    "requests and answers, by rings that were made before (ring.h)"  },
    {SYS_openat,            "lower files, from a directory or /proc/self/fd"                 },
    {SYS_open_by_handle_at, "lower inodes without a descriptor"                              },
    {SYS_name_to_handle_at, "the same, to know them again"                                   },
    {SYS_close,             "descriptors"                                                    },
    {SYS_dup3,              "ends the connection"                                            },
    {SYS_newfstatat,        "fstat(3) of the C library"                                      },
    {SYS_fstat,             "the same"                                                       },
    {SYS_statx,             "getattr"                                                        },
    {SYS_fstatfs,           "statfs"                                                         },
    {SYS_getdents64,        "readdir"                                                        },
    {SYS_lseek,             "readdir; lseek"                                                 },
    {SYS_readlinkat,        "readlink"                                                       },
    {SYS_mkdirat,           "mkdir"                                                          },
    {SYS_mknodat,           "mknod"                                                          },
    {SYS_symlinkat,         "symlink"                                                        },
    {SYS_linkat,            "link"                                                           },
    {SYS_unlinkat,          "unlink, rmdir"                                                  },
    {SYS_renameat2,         "rename"                                                         },
    {SCMP_SYS(renameat),    "the same, for the C library"                                    },
    {SYS_fchownat,          "setattr"                                                        },
    {SYS_fchmodat,          "setattr"                                                        },
#ifdef SYS_fchmodat2
    {SYS_fchmodat2,         "fchmodat(3) of newer C libraries"                               },
#endif
    {SYS_utimensat,         "setattr"                                                        },
    {SYS_truncate,          "setattr"                                                        },
    {SYS_ftruncate,         "setattr"                                                        },
    {SYS_getxattr,          "getxattr"                                                       },
    {SYS_setxattr,          "setxattr"                                                       },
    {SYS_listxattr,         "listxattr"                                                      },
    {SYS_removexattr,       "removexattr"                                                    },
    {SYS_fsync,             "fsync"                                                          },
    {SYS_fdatasync,         "fsync"                                                          },
    {SYS_syncfs,            "syncfs"                                                         },
    {SYS_fallocate,         "fallocate"                                                      },
    {SYS_copy_file_range,   "copy_file_range"                                                },
    {SYS_flock,             "flock"                                                          },
    {SYS_fanotify_mark,     "what others change (watch.h)"                                   },
    {SYS_inotify_init1,     "tells hard links on overlayfs (inode_judge.c)"                  },
    {SYS_inotify_add_watch, "the same"                                                       },
    {SYS_inotify_rm_watch,  "the same"                                                       },
    {SYS_capset,            "CAP_FSETID on and off"                                          },
    {SYS_umask,             "the caller's, for what is created"                              },
    {SYS_geteuid,           "who may ask for --status"                                       },
    {SYS_getpid,            "--status"                                                       },
    {SYS_gettid,            "threads"                                                        },
    {SYS_futex,             "threads"                                                        },
    {SYS_set_robust_list,   "threads"                                                        },
    {SYS_rseq,              "threads"                                                        },
    {SYS_sched_getaffinity, "how many arenas malloc(3) makes"                                },
    {SYS_sched_yield,       "threads"                                                        },
    {SYS_exit,              "threads"                                                        },
    {SYS_exit_group,        "the end"                                                        },
    {SYS_munmap,            "memory"                                                         },
    {SYS_mremap,            "memory"                                                         },
    {SYS_brk,               "memory"                                                         },
    {SYS_getrandom,         "malloc(3)"                                                      },
    {SYS_rt_sigaction,      "signals"                                                        },
    {SYS_rt_sigprocmask,    "signals"                                                        },
    {SYS_rt_sigreturn,      "signals"                                                        },
    {SYS_rt_sigtimedwait,   "SIGHUP (reload.c)"                                              },
    {SYS_restart_syscall,   "signals"                                                        },
    {SYS_timer_create,      "interrupts waits for locks (lock_wait.c)"                       },
    {SYS_timer_settime,     "the same"                                                       },
    {SYS_timer_delete,      "the same"                                                       },
    {SYS_nanosleep,         "afterwards.c, turns.c"                                          },
    {SYS_clock_nanosleep,   "the same"                                                       },
    {SYS_clock_gettime,     "times, where the vDSO has none"                                 },
    {SYS_gettimeofday,      "syslog(3), the same"                                            },
    {SYS_sendto,            "syslog(3), sd_notify(3), errands: sockets that were open before"},
    {SYS_recvfrom,          "answers to errands, maps"                                       },
    {SYS_shutdown,          "ends a wait for a map"                                          },
    {SYS_wait4,             "the end of the process outside"                                 },
    {SYS_ppoll,             "whether the mount is still there, and whether requests wait"    },
    {SCMP_SYS(poll),        "the same"                                                       },
    {SYS_getrusage,         "whether a request had to wait below (turns.c)"                  },
    {SCMP_SYS(time),        "syslog(3)"                                                      },
};

/* Where ARGUMENT, as far as MASK goes, is VALUE. */
typedef struct {
    int number;
    unsigned argument;
    uint64_t mask;
    uint64_t value;
    const char *reason;
} CallWith;

#define WHOLE UINT64_MAX
#define WORD UINT32_MAX /* what the kernel looks at of an int */

/* Of clone(2): what it makes, and in which namespaces. */
#define CLONE_RESULT                                                                               \
    (CLONE_THREAD | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |  \
     CLONE_NEWPID | CLONE_NEWNET)

/* Of madvise(2): with MADV_HWPOISON and the like, from 100 up, CAP_SYS_ADMIN can take memory away
 * that others use, too. */
#define ADVICE_KIND (WORD ^ 31)

static const CallWith calls_with[] = {
    {SYS_clone,             0, CLONE_RESULT, CLONE_THREAD,                 "threads, no processes"          },
    {SYS_unshare,           0, WHOLE,        CLONE_FS,                     "a thread's own umask (cred.c)"  },
    {SYS_setresuid,         0, WORD,         ID_NONE,                      "the owner of what is created"   },
    {SYS_setresgid,         0, WORD,         ID_NONE,                      "the same; our real IDs stay"    },
    {SYS_mmap,              2, PROT_EXEC,    0,                            "memory that is no code"         },
    {SYS_mprotect,          2, PROT_EXEC,    0,                            "the same"                       },
    {SYS_madvise,           2, ADVICE_KIND,  0,                            "memory that is our own"         },
    {SYS_madvise,           2, WORD,         GUARD_INSTALL,                "stacks of newer C libraries"    },
    {SYS_madvise,           2, WORD,         GUARD_REMOVE,                 "the same"                       },
    {SYS_prctl,             0, WORD,         PR_SET_NAME,                  "libfuse names its threads"      },
    {SYS_io_uring_register, 1, WORD,         IORING_REGISTER_ENABLE_RINGS,
     "makes a thread the owner of its ring"                                                                 },
    {SYS_sched_setaffinity, 0, WORD,         0,                            "a thread stays with its queue"  },
    {SYS_fcntl,             1, WORD,         F_GETFL,                      "how a file was opened"          },
    {SYS_fcntl,             1, WORD,         F_SETFL,                      "no O_DIRECT for our own buffers"},
    {SYS_fcntl,             1, WORD,         F_DUPFD_CLOEXEC,              "descriptors"                    },
    {SYS_fcntl,             1, WORD,         F_OFD_SETLK,                  "locks"                          },
    {SYS_fcntl,             1, WORD,         F_OFD_SETLKW,                 "locks"                          },
    {SYS_fcntl,             1, WORD,         F_OFD_GETLK,                  "locks"                          },
    {SYS_ioctl,             1, WORD,         FUSE_IOCTL_BACKING_OPEN,      "passthrough"                    },
    {SYS_ioctl,             1, WORD,         FUSE_IOCTL_BACKING_CLOSE,     "passthrough"                    },
    {SYS_ioctl,             1, WORD,         FS_IOC_GETFLAGS,              "op_ioctl.c"                     },
    {SYS_ioctl,             1, WORD,         FS_IOC_SETFLAGS,              "the same"                       },
    {SYS_ioctl,             1, WORD,         FS_IOC_FSGETXATTR,            "the same"                       },
    {SYS_ioctl,             1, WORD,         FS_IOC_FSSETXATTR,            "the same"                       },
    {SYS_ioctl,             1, WORD,         FS_IOC_GETVERSION,            "the same"                       },
    {SYS_ioctl,             1, WORD,         FS_IOC_MEASURE_VERITY,        "the same"                       },
    {SYS_ioctl,             1, WORD,         FS_IOC_ENABLE_VERITY,         "the same"                       },
};

/* Of the process for attributes (xattr_process.h), whatever the arguments. */
static const Call calls_for_xattrs[] = {
    {SYS_recvmsg,         "what to do, and with which file"},
    {SYS_getxattr,        "does it"                        },
    {SYS_setxattr,        "does it"                        },
    {SYS_listxattr,       "does it"                        },
    {SYS_removexattr,     "does it"                        },
    {SYS_sendto,          "what came of it"                },
    {SYS_close,           "the file"                       },
    {SYS_rt_sigreturn,    "signals"                        },
    {SYS_restart_syscall, "signals"                        },
    {SYS_exit_group,      "the end"                        },
};

static ErrInt allow_with(scmp_filter_ctx filter, const CallWith *call)
{
    const struct scmp_arg_cmp condition = {.arg = call->argument,
                                           .op = SCMP_CMP_MASKED_EQ,
                                           .datum_a = call->mask,
                                           .datum_b = call->value};

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call->number, 1, &condition);
}

static ErrInt allow(scmp_filter_ctx filter, const Call *rows, size_t n)
{
    ErrInt r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, rows[i].number, 0);
    return r;
}

static ErrInt allow_for_daemon(scmp_filter_ctx filter, int xattrs_fd)
{
    /* For abort(3), pthread_cancel(3) and pthread_kill(3). */
    const CallWith own_threads = {SYS_tgkill, 0, WORD, (uint32_t)getpid(), "to our own threads"};
    const CallWith xattrs = {SYS_sendmsg, 0, WORD, (uint32_t)xattrs_fd, "xattr_process.h"};
    ErrInt r = allow(filter, calls, sizeof(calls) / sizeof(calls[0]));

    for (size_t i = 0; r == 0 && i < sizeof(calls_with) / sizeof(calls_with[0]); i++)
        r = allow_with(filter, &calls_with[i]);
    if (r == 0)
        r = allow_with(filter, &own_threads);
    return r == 0 && xattrs_fd >= 0 ? allow_with(filter, &xattrs) : r;
}

static void clear_filter(scmp_filter_ctx *filter)
{
    if (*filter != NULL)
        seccomp_release(*filter);
}

/* libseccomp begins with that of this machine. */
static ErrInt set_architecture(scmp_filter_ctx filter, uint32_t architecture)
{
    ErrInt r;

    if (architecture == seccomp_arch_native())
        return 0;
    r = seccomp_arch_add(filter, architecture);
    return r < 0 ? r : seccomp_arch_remove(filter, seccomp_arch_native());
}

static ErrInt set_attributes(scmp_filter_ctx filter)
{
    ErrInt r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));

    /* A tree instead of a list. */
    if (r == 0)
        r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    /* No code of anybody else runs here, that could spy on us by way of the processor; without
     * this, older kernels make every thread slower. */
    return r == 0 ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1) : r;
}

/* One that allows nothing yet. The caller releases it. */
static ErrInt new_filter(uint32_t architecture, scmp_filter_ctx *ret_filter)
{
    scmp_filter_ctx filter CLEANUP(clear_filter) = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    ErrInt r = filter != NULL ? set_architecture(filter, architecture) : -ENOMEM;

    if (r == 0)
        r = set_attributes(filter);
    if (r == 0)
        *ret_filter = STEAL(filter);
    return r;
}

ErrInt sandbox_make_filter(uint32_t architecture, int xattrs_fd, scmp_filter_ctx *ret_filter)
{
    scmp_filter_ctx filter CLEANUP(clear_filter) = NULL;
    ErrInt r = new_filter(architecture, &filter);

    if (r == 0)
        r = allow_for_daemon(filter, xattrs_fd);
    if (r == 0)
        *ret_filter = STEAL(filter);
    return r;
}

ErrInt sandbox_filter_calls(const Filesystem *fs)
{
    scmp_filter_ctx filter CLEANUP(clear_filter) = NULL;
    ErrInt r = sandbox_make_filter(seccomp_arch_native(), fs->xattrs.fd, &filter);

    return r < 0 ? r : seccomp_load(filter);
}

ErrInt sandbox_filter_calls_xattrs(void)
{
    scmp_filter_ctx filter CLEANUP(clear_filter) = NULL;
    ErrInt r = new_filter(seccomp_arch_native(), &filter);

    if (r == 0)
        r = allow(filter, calls_for_xattrs, sizeof(calls_for_xattrs) / sizeof(calls_for_xattrs[0]));
    return r < 0 ? r : seccomp_load(filter);
}
