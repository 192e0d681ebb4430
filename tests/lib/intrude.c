/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intrude PID FD: what somebody could do who has taken over the process PID. Its first thread is
 * made to call, one by one, what has no place in there, and files outside of the directory that its
 * descriptor FD is of. For each a line "NAME: ERROR", with "ok" for none.
 *
 * No call does harm where it works: what the kernel does is to find fault with the arguments. */
#include <asm/ioctls.h>
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOWHERE 1 /* a pointer to what nobody may read */
#define NO_FD UINT64_MAX

typedef struct {
    const char *name;
    long number;
    uint64_t arguments[6];
} Attempt;

#define ATTEMPT(name, ...)                                                                         \
    {                                                                                              \
#name, SYS_##name,                                                                         \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const Attempt attempts[] = {
  /* programs and processes */
    ATTEMPT(execve, NOWHERE),
    ATTEMPT(execveat, NO_FD, NOWHERE),
    ATTEMPT(clone3, NOWHERE),
    {"clone of a process",     SYS_clone,    {CLONE_FS | CLONE_NEWNS}                            },
    {"clone to a namespace",   SYS_clone,    {CLONE_THREAD | CLONE_NEWNET}                       },
    {"mmap of code",           SYS_mmap,     {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, NO_FD}},
    {"mprotect to code",       SYS_mprotect, {NOWHERE, 4096, PROT_READ | PROT_EXEC}              },
    ATTEMPT(memfd_create, NOWHERE),
 /* other processes */
    ATTEMPT(ptrace, 9999),
    ATTEMPT(process_vm_readv, 0x7fffffff),
    ATTEMPT(process_vm_writev, 0x7fffffff),
    ATTEMPT(kill, 0x7fffffff),
    {"tgkill to others",       SYS_tgkill,   {0x7fffffff, 0x7fffffff}                            },
    ATTEMPT(pidfd_open, 0x7fffffff),
    ATTEMPT(pidfd_getfd, NO_FD),
    ATTEMPT(kcmp, 0x7fffffff, 0x7fffffff),
 /* mounts and namespaces */
    ATTEMPT(mount, NOWHERE, NOWHERE, NOWHERE),
    ATTEMPT(umount2, NOWHERE),
    ATTEMPT(pivot_root, NOWHERE, NOWHERE),
    ATTEMPT(chroot, NOWHERE),
    ATTEMPT(open_tree, NO_FD, NOWHERE),
    ATTEMPT(move_mount, NO_FD, NOWHERE, NO_FD, NOWHERE, 0x10000),
    ATTEMPT(fsopen, NOWHERE),
    ATTEMPT(mount_setattr, NO_FD, NOWHERE, 0, NOWHERE, 1),
    ATTEMPT(setns, NO_FD),
    {"unshare of a namespace", SYS_unshare,  {CLONE_NEWUTS}                                      },
 /* the network, and others by way of sockets */
    ATTEMPT(socket, AF_INET, SOCK_STREAM),
    ATTEMPT(socketpair, AF_UNIX, SOCK_STREAM, 0, NOWHERE),
    ATTEMPT(connect, NO_FD),
    ATTEMPT(bind, NO_FD),
    ATTEMPT(accept4, NO_FD),
    ATTEMPT(sendmsg, NO_FD),
 /* the kernel */
    ATTEMPT(init_module, NOWHERE, 1, NOWHERE),
    ATTEMPT(finit_module, NO_FD, NOWHERE),
    ATTEMPT(delete_module, NOWHERE),
    ATTEMPT(kexec_load, 0, 1000),
    ATTEMPT(reboot, 1),
    ATTEMPT(bpf, 9999),
    ATTEMPT(perf_event_open, NOWHERE),
    ATTEMPT(userfaultfd, 0xffff),
    ATTEMPT(io_uring_setup, 1, NOWHERE),
    ATTEMPT(fanotify_init, 0xffffffff),
    ATTEMPT(keyctl, 9999),
    ATTEMPT(add_key, NOWHERE),
    ATTEMPT(request_key, NOWHERE),
    ATTEMPT(syslog, 99),
    ATTEMPT(swapon, NOWHERE),
    ATTEMPT(swapoff, NOWHERE),
    ATTEMPT(acct, NOWHERE),
    ATTEMPT(quotactl, NOWHERE),
    ATTEMPT(sethostname, NOWHERE, 9999),
    ATTEMPT(settimeofday, NOWHERE),
    ATTEMPT(clock_settime, 0, NOWHERE),
    ATTEMPT(adjtimex, NOWHERE),
    ATTEMPT(mlockall, 9999),
    {"madvise to poison",      SYS_madvise,  {0, 0, MADV_HWPOISON}                               },
    ATTEMPT(shmget, 0, 0, 0),
    ATTEMPT(personality, 0xffffffff),
#ifdef SYS_iopl
    ATTEMPT(iopl, 99),
    ATTEMPT(ioperm, 0xffffff),
#endif
    {"ioctl of a terminal",    SYS_ioctl,    {NO_FD, TIOCSTI}                                    },
    {"fcntl for signals",      SYS_fcntl,    {NO_FD, F_SETOWN}                                   },
 /* itself */
    ATTEMPT(setresuid, 0, 0, 0),
    ATTEMPT(setresgid, 0, 0, 0),
    ATTEMPT(setgroups, 0x7fffffff),
    ATTEMPT(prlimit64, 0, 99),
    ATTEMPT(seccomp, 99),
    ATTEMPT(sched_setscheduler, 0, 99),
    {"prctl of securebits",    SYS_prctl,    {PR_GET_SECUREBITS}                                 },
};

/* Outside of the lower directory. */
static const char *const files[] = {"/etc/passwd",       "../../../../../../../../etc/passwd",
                                    "/proc/self/status", "/proc/1/root",
                                    "/proc/self/fd/0",   "/dev/null"};

static pid_t target;
static int memory;

#ifdef __x86_64__
typedef struct user_regs_struct Registers;
#define STACK(registers) (registers).rsp
#define RESULT(registers) (registers).rax

static void set_call(Registers *registers, long number, const uint64_t a[6])
{
    registers->orig_rax = UINT64_MAX; /* nothing to be restarted */
    registers->rax = (uint64_t)number;
    registers->rdi = a[0];
    registers->rsi = a[1];
    registers->rdx = a[2];
    registers->r10 = a[3];
    registers->r8 = a[4];
    registers->r9 = a[5];
    registers->rip -= 2; /* it has stopped behind the instruction */
}
#elif defined(__aarch64__)
typedef struct user_regs_struct Registers;
#define STACK(registers) (registers).sp
#define RESULT(registers) (registers).regs[0]

static void set_call(Registers *registers, long number, const uint64_t a[6])
{
    memcpy(registers->regs, a, 6 * sizeof(a[0]));
    registers->regs[8] = (uint64_t)number;
    registers->pc -= 4;
}
#else
#error "not for this architecture"
#endif

static void registers_do(int request, Registers *registers)
{
    struct iovec part = {registers, sizeof(*registers)};

    if (ptrace(request, target, NT_PRSTATUS, &part) < 0)
        err(1, "registers");
}

static void wait_for_stop(void)
{
    int status;

    if (waitpid(target, &status, __WALL) != target || !WIFSTOPPED(status))
        errx(1, "the process does not stop, but ends: %x", status);
}

static int64_t call(long number, const uint64_t arguments[6])
{
    Registers before;
    Registers registers;

    registers_do(PTRACE_GETREGSET, &before);
    registers = before;
    set_call(&registers, number, arguments);
    registers_do(PTRACE_SETREGSET, &registers);
    /* Into the call, and out of it. */
    for (int i = 0; i < 2; i++) {
        if (ptrace(PTRACE_SYSCALL, target, 0, 0) < 0)
            err(1, "PTRACE_SYSCALL");
        wait_for_stop();
    }
    registers_do(PTRACE_GETREGSET, &registers);
    registers_do(PTRACE_SETREGSET, &before);
    return (int64_t)RESULT(registers);
}

static void print(const char *name, int64_t result)
{
    printf("%s: %s\n", name, result < 0 && result > -4096 ? strerrorname_np((int)-result) : "ok");
}

static int64_t open_file(uint64_t dir, const char *name)
{
    Registers registers;

    registers_do(PTRACE_GETREGSET, &registers);
    const uint64_t place = (STACK(registers) - 4096) & ~UINT64_C(15);
    const uint64_t arguments[6] = {dir, place, O_PATH};
    if (pwrite(memory, name, strlen(name) + 1, (off_t)place) < 0)
        err(1, "its memory");
    return call(SYS_openat, arguments);
}

static void stop_target(const char *pid)
{
    char name[64];

    target = (pid_t)strtol(pid, NULL, 10);
    snprintf(name, sizeof(name), "/proc/%d/mem", (int)target);
    memory = open(name, O_RDWR | O_CLOEXEC);
    if (memory < 0 || ptrace(PTRACE_SEIZE, target, 0, 0) < 0 ||
        ptrace(PTRACE_INTERRUPT, target, 0, 0) < 0)
        err(1, "process %d", (int)target);
    wait_for_stop();
}

int main(int argc, char **argv)
{
    if (argc != 3)
        errx(2, "usage: intrude PID FD");
    stop_target(argv[1]);
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
        print(attempts[i].name, call(attempts[i].number, attempts[i].arguments));
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        print(files[i], open_file((uint64_t)(int64_t)AT_FDCWD, files[i]));
    print("..", open_file(strtoul(argv[2], NULL, 10), "../../../../../../../../etc/passwd"));
    ptrace(PTRACE_DETACH, target, 0, 0);
    return 0;
}
