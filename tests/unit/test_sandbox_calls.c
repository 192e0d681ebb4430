/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the filter of system calls says, on each architecture, whichever this machine is of: the
 * filter is made, and run here as the kernel would. Every number that a call may have is tried, so
 * that a row of its tables cannot be lost, nor one come in, unless it is said here too. */
#include "base/cleanup.h"
#include "cmocka_all.h"
#include "daemon/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/fsverity.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum {
    NUMBERS = 1024,       /* more than there are */
    X32_BIT = 0x40000000, /* of a number: the call by the ABI x32 of amd64 */
    REFUSED = SECCOMP_RET_ERRNO | ENOSYS,
};

typedef struct {
    uint32_t architecture;
    const char *name;
    struct sock_filter code[BPF_MAXINSNS];
    size_t n;
} Filter;

/* Whatever the arguments, on both architectures: names, with blanks between. */
static const char *const always[] = {
    /* requests and answers */
    "read write writev io_uring_enter ppoll dup3",
    /* files; there is no open(2) and the like without "at" on arm64 */
    "openat close pread64 pwrite64 pwritev2 lseek fsync fdatasync syncfs ftruncate",
    "fallocate copy_file_range flock open_by_handle_at name_to_handle_at",
    /* names */
    "getdents64 readlinkat mkdirat mknodat symlinkat linkat unlinkat renameat renameat2",
    /* attributes */
    "newfstatat fstat statx fstatfs fchownat fchmodat utimensat truncate getxattr setxattr",
    "listxattr removexattr",
    /* what others change */
    "fanotify_mark inotify_init1 inotify_add_watch inotify_rm_watch",
    /* credentials */
    "capset umask geteuid getpid gettid getrusage",
    /* threads and memory, as the C library makes them */
    "futex set_robust_list rseq sched_getaffinity sched_yield exit exit_group munmap mremap",
    "brk getrandom",
    /* signals and time */
    "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigtimedwait restart_syscall timer_create",
    "timer_settime timer_delete nanosleep clock_nanosleep clock_gettime gettimeofday",
    /* sockets that are open, and the process at the other end of one */
    "sendto recvfrom shutdown wait4",
#ifdef SYS_fchmodat2
    "fchmodat2",
#endif
};

/* The same, but there is no such call on arm64: ppoll(2) and clock_gettime(2) do. */
static const char *const only_amd64[] = {
    "poll",
    "time",
};

/* Of Linux 6.9, <linux/fuse.h>. */
#define BACKING_OPEN 0x4010e501
#define BACKING_CLOSE 0x4004e502
#define ATTRIBUTE_IOCTLS                                                                           \
    FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR, FS_IOC_GETVERSION
#define VERITY_IOCTLS FS_IOC_MEASURE_VERITY, FS_IOC_ENABLE_VERITY

/* With one of these values in one argument, an int. */
typedef struct {
    const char *call;
    unsigned argument;
    uint64_t values[12];
} WithValue;

static const WithValue with_value[] = {
    {"unshare",           0, {CLONE_FS}                                                                 },
    {"setresuid",         0, {UINT32_MAX}                                                               },
    {"setresgid",         0, {UINT32_MAX}                                                               },
    {"prctl",             0, {PR_SET_NAME}                                                              },
    {"io_uring_register", 1, {IORING_REGISTER_ENABLE_RINGS}                                             },
    {"sched_setaffinity", 0, {0}                                                                        },
    {"fcntl",             1, {F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_OFD_SETLK, F_OFD_SETLKW, F_OFD_GETLK}},
    {"ioctl",             1, {BACKING_OPEN, BACKING_CLOSE, ATTRIBUTE_IOCTLS, VERITY_IOCTLS}             },
};

#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define PTHREAD (THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* With flags in one argument. */
static const struct {
    const char *call;
    unsigned argument;
    uint64_t flags;
    bool allowed;
} with_flags[] = {
    {"clone",    0, THREAD,                             true },
    {"clone",    0, PTHREAD,                            true },
    {"clone",    0, SIGCHLD,                            false},
    {"clone",    0, CLONE_VM | CLONE_VFORK | SIGCHLD,   false},
    {"clone",    0, THREAD ^ CLONE_THREAD,              false},
    {"clone",    0, (THREAD ^ CLONE_FS) | CLONE_NEWNS,  false},
    {"clone",    0, THREAD | CLONE_NEWCGROUP,           false},
    {"clone",    0, THREAD | CLONE_NEWUTS,              false},
    {"clone",    0, THREAD | CLONE_NEWIPC,              false},
    {"clone",    0, THREAD | CLONE_NEWUSER,             false},
    {"clone",    0, THREAD | CLONE_NEWPID,              false},
    {"clone",    0, THREAD | CLONE_NEWNET,              false},
    {"mmap",     2, PROT_NONE,                          true },
    {"mmap",     2, PROT_READ | PROT_WRITE,             true },
    {"mmap",     2, PROT_EXEC,                          false},
    {"mmap",     2, PROT_READ | PROT_WRITE | PROT_EXEC, false},
    {"mprotect", 2, PROT_NONE,                          true },
    {"mprotect", 2, PROT_READ | PROT_WRITE,             true },
    {"mprotect", 2, PROT_EXEC,                          false},
    {"mprotect", 2, PROT_READ | PROT_EXEC,              false},
    {"madvise",  2, MADV_DONTNEED,                      true },
    {"madvise",  2, MADV_HUGEPAGE,                      true },
    {"madvise",  2, 102 /* MADV_GUARD_INSTALL */,       true },
    {"madvise",  2, 103 /* MADV_GUARD_REMOVE */,        true },
    {"madvise",  2, MADV_HWPOISON,                      false},
    {"madvise",  2, 101 /* MADV_SOFT_OFFLINE */,        false},
    {"madvise",  2, 104,                                false},
};

/* What an intruder would begin with. All are refused as anything that is not above; this is for who
 * adds one of them there. */
static const char *const never[] = {
    /* programs, processes, code */
    "execve execveat clone3 memfd_create memfd_secret pkey_mprotect personality",
    /* other processes */
    "ptrace process_vm_readv process_vm_writev process_madvise kill tkill rt_sigqueueinfo",
    "rt_tgsigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal kcmp",
    /* mounts, namespaces, roots */
    "mount umount2 pivot_root chroot chdir fchdir open_tree move_mount fsopen fsconfig",
    "fsmount fspick mount_setattr setns openat2",
    /* sockets, also those that pass descriptors */
    "socket socketpair bind connect listen accept accept4 sendmsg recvmsg sendmmsg recvmmsg",
    /* the kernel */
    "bpf init_module finit_module delete_module kexec_load kexec_file_load reboot",
    "perf_event_open userfaultfd io_uring_setup io_setup fanotify_init keyctl add_key",
    "request_key syslog swapon swapoff acct quotactl quotactl_fd sethostname setdomainname",
    "settimeofday clock_settime clock_adjtime adjtimex lookup_dcookie nfsservctl vhangup",
    "mlockall shmget shmat msgget semget mq_open move_pages migrate_pages mbind",
    "set_mempolicy splice vmsplice tee",
    /* ourselves */
    "setuid setgid setreuid setregid setgroups setrlimit prlimit64",
    "seccomp sched_setscheduler sched_setattr setpriority ioprio_set",
    "landlock_create_ruleset",
};

static void clear_filter(scmp_filter_ctx *filter)
{
    if (*filter != NULL)
        seccomp_release(*filter);
}

static void make(Filter *filter)
{
    scmp_filter_ctx made CLEANUP(clear_filter) = NULL;
    int fd AUTO_CLOSE = memfd_create("filter", MFD_CLOEXEC);
    ErrInt r = sandbox_make_filter(filter->architecture, -1, &made);
    ssize_t size;

    if (r == -EFAULT && filter->architecture != seccomp_arch_native()) {
        print_message("libseccomp is older than a call of the table\n");
        skip();
    }
    assert_int_equal(r, 0);
    assert_int_equal(seccomp_export_bpf(made, fd), 0);
    size = pread(fd, filter->code, sizeof(filter->code), 0);
    assert_true(size > 0);
    filter->n = (size_t)size / sizeof(filter->code[0]);
}

static bool holds(const struct sock_filter *instruction, uint32_t accumulator)
{
    switch (BPF_OP(instruction->code)) {
    case BPF_JEQ:
        return accumulator == instruction->k;
    case BPF_JGT:
        return accumulator > instruction->k;
    case BPF_JGE:
        return accumulator >= instruction->k;
    case BPF_JSET:
        return (accumulator & instruction->k) != 0;
    default:
        fail_msg("a jump %#x", instruction->code);
        return false;
    }
}

/* What the filter returns, by as much of BPF as libseccomp uses: see seccomp(2). */
static uint32_t run(const Filter *filter, const struct seccomp_data *data)
{
    uint32_t accumulator = 0;

    for (size_t at = 0; at < filter->n; at++) {
        const struct sock_filter *instruction = &filter->code[at];
        switch (instruction->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            assert_true(instruction->k <= sizeof(*data) - sizeof(accumulator));
            memcpy(&accumulator, (const char *)data + instruction->k, sizeof(accumulator));
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            accumulator &= instruction->k;
            break;
        case BPF_JMP | BPF_JA:
            at += instruction->k;
            break;
        case BPF_RET | BPF_K:
            return instruction->k;
        default:
            at += holds(instruction, accumulator) ? instruction->jt : instruction->jf;
        }
    }
    fail_msg("no end");
    return 0;
}

/* Whether a call is allowed with VALUE in ARGUMENT, whatever the others are. */
static bool allows(const Filter *filter, int number, unsigned argument, uint64_t value)
{
    struct seccomp_data data = {.nr = number, .arch = filter->architecture};
    uint32_t with_zeros;
    uint32_t with_ones;

    data.args[argument] = value;
    with_zeros = run(filter, &data);
    memset(data.args, 0xff, sizeof(data.args));
    data.args[argument] = value;
    with_ones = run(filter, &data);
    assert_int_equal(with_zeros, with_ones);
    assert_true(with_zeros == SECCOMP_RET_ALLOW || with_zeros == REFUSED);
    return with_zeros == SECCOMP_RET_ALLOW;
}

static int number_of(const Filter *filter, const char *call)
{
    const int number = seccomp_syscall_resolve_name_arch(filter->architecture, call);

    if (number < 0)
        fail_msg("there is no %s on %s", call, filter->name);
    return number;
}

/* The next of the names in *WORDS; NULL after the last. */
static const char *next_word(const char **words)
{
    static char word[64];
    const size_t length = strcspn(*words, " ");

    if (length == 0)
        return NULL;
    snprintf(word, sizeof(word), "%.*s", (int)length, *words);
    *words += length + strspn(*words + length, " ");
    return word;
}

static void mark(const Filter *filter, const char *words, bool *marked)
{
    const char *call;

    while ((call = next_word(&words)) != NULL)
        marked[number_of(filter, call)] = true;
}

static void test_always(void **state)
{
    const Filter *filter = *state;
    bool expected[NUMBERS] = {false};
    bool conditional[NUMBERS] = {false};

    for (size_t i = 0; i < N_ELEMENTS(always); i++)
        mark(filter, always[i], expected);
    for (size_t i = 0; i < N_ELEMENTS(only_amd64); i++)
        if (filter->architecture == SCMP_ARCH_X86_64)
            mark(filter, only_amd64[i], expected);
        else
            assert_true(seccomp_syscall_resolve_name_arch(filter->architecture, only_amd64[i]) < 0);
    for (size_t i = 0; i < N_ELEMENTS(with_value); i++)
        mark(filter, with_value[i].call, conditional);
    for (size_t i = 0; i < N_ELEMENTS(with_flags); i++)
        mark(filter, with_flags[i].call, conditional);
    mark(filter, "tgkill", conditional);
    for (int number = 0; number < NUMBERS; number++)
        if (!conditional[number] && allows(filter, number, 0, 0) != expected[number])
            fail_msg("%s: call %d, %s, is %s", filter->name, number,
                     seccomp_syscall_resolve_num_arch(filter->architecture, number),
                     expected[number] ? "refused" : "allowed");
}

static bool is_value(const WithValue *with, uint64_t value)
{
    for (size_t i = 0; i < N_ELEMENTS(with->values); i++)
        if (with->values[i] == value && (i == 0 || value != 0))
            return true;
    return false;
}

static void check_value(const Filter *filter, const WithValue *with, uint64_t value)
{
    const int number = number_of(filter, with->call);

    if (allows(filter, number, with->argument, value) != is_value(with, value))
        fail_msg("%s: %s with %#lx", filter->name, with->call, (unsigned long)value);
}

/* Small numbers, as those of a terminal are, and those that differ from an allowed one by one bit.
 */
static void check_values(const Filter *filter, const WithValue *with)
{
    for (uint64_t value = 0; value < 65536; value++)
        check_value(filter, with, value);
    for (size_t i = 0; i < N_ELEMENTS(with->values) && is_value(with, with->values[i]); i++) {
        check_value(filter, with, with->values[i]);
        for (unsigned bit = 0; bit < 32; bit++)
            check_value(filter, with, with->values[i] ^ (UINT64_C(1) << bit));
    }
}

static void test_arguments(void **state)
{
    const Filter *filter = *state;
    const WithValue own_threads = {"tgkill", 0, {(uint64_t)getpid()}};

    for (size_t i = 0; i < N_ELEMENTS(with_value); i++)
        check_values(filter, &with_value[i]);
    check_values(filter, &own_threads);
    for (size_t i = 0; i < N_ELEMENTS(with_flags); i++)
        if (allows(filter, number_of(filter, with_flags[i].call), with_flags[i].argument,
                   with_flags[i].flags) != with_flags[i].allowed)
            fail_msg("%s: %s with %#lx", filter->name, with_flags[i].call,
                     (unsigned long)with_flags[i].flags);
}

static void test_never(void **state)
{
    const Filter *filter = *state;

    for (size_t i = 0; i < N_ELEMENTS(never); i++) {
        const char *words = never[i];
        const char *call;
        while ((call = next_word(&words)) != NULL)
            if (allows(filter, number_of(filter, call), 0, 0))
                fail_msg("%s: %s is allowed", filter->name, call);
    }
}

/* By another instruction a process makes calls of another architecture, with numbers of its own. */
static void test_foreign(void **state)
{
    const Filter *filter = *state;
    static const uint32_t architectures[] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86, SCMP_ARCH_AARCH64,
                                             SCMP_ARCH_ARM, SCMP_ARCH_MIPS64};

    for (size_t i = 0; i < N_ELEMENTS(architectures); i++)
        for (int number = 0; number < NUMBERS; number++) {
            const struct seccomp_data data = {.nr = number, .arch = architectures[i]};
            if (data.arch != filter->architecture)
                assert_int_equal(run(filter, &data), REFUSED);
        }
    for (int number = 0; number < NUMBERS; number++) {
        assert_false(allows(filter, X32_BIT | number, 0, 0));
        assert_false(allows(filter, -1 - number, 0, 0));
    }
}

static Filter amd64 = {.architecture = SCMP_ARCH_X86_64, .name = "amd64"};
static Filter arm64 = {.architecture = SCMP_ARCH_AARCH64, .name = "arm64"};

static int set_up(void **state)
{
    make(*state);
    return 0;
}

/* clang-format off */
#define TEST_OF(function, filter) {#function " of " #filter, function, set_up, NULL, &(filter)}
/* clang-format on */

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_OF(test_always, amd64), TEST_OF(test_arguments, amd64),
        TEST_OF(test_never, amd64),  TEST_OF(test_foreign, amd64),
        TEST_OF(test_always, arm64), TEST_OF(test_arguments, arm64),
        TEST_OF(test_never, arm64),  TEST_OF(test_foreign, arm64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
