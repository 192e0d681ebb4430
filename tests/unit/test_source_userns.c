/* SPDX-License-Identifier: GPL-2.0-or-later */
/* userns:PATH, with the namespace of another process. */
#include "cmocka_all.h"
#include "namespace_child.h"
#include "resolve.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *option;
        const char *message;
    } cases[] = {
        {"map=userns:/nonexistent",       "cannot open /nonexistent: No such file"      },
        {"map=userns:/proc/self/ns/mnt",  "is a namespace, but not a user namespace"    },
        {"map=userns:/proc/self/uid_map", "is not a namespace\n  write userns:/proc/PID"},
        {"map=userns:/dev/zero",          "/dev/zero is not a namespace"                },
        {"map=userns:/",                  "/ is not a namespace"                        },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_fails(cases[i].option, cases[i].message);
}

static void test_fifo(void **state)
{
    (void)state;
    char *directory = g_dir_make_tmp("remapfs-XXXXXX", NULL);
    char *fifo = g_build_filename(directory, "fifo", NULL);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    char *option = g_strconcat("map=userns:", fifo, NULL);
    assert_fails(option, "is not a namespace");
    g_unlink(fifo);
    g_rmdir(directory);
    g_free(option);
    g_free(fifo);
    g_free(directory);
}

/* The same as /proc/self/uid_map. */
static void test_own(void **state)
{
    (void)state;
    Resolved own = resolve_one("map=userns:/proc/self/ns/user");
    Resolved file = resolve_one("map=/proc/self/uid_map");
    char *uids = map_text(file.owners, ID_UID);
    char *gids = map_text(file.owners, ID_GID);
    assert_maps(&own, uids, gids);
    /* The initial namespace has no parent: its own map is right as it is. */
    struct stat st;
    assert_int_equal(stat("/proc/self/ns/user", &st), 0);
    assert_int_equal(own.warnings->len, st.st_ino == 4026531837 ? 0 : 1);
    g_free(gids);
    g_free(uids);
    resolved_clear(&file);
    resolved_clear(&own);
}

/* In a namespace that is not the initial one, its own map is in the numbers of the parent. */
static int warnings_inside(const char *option)
{
    Resolved result = resolve_one(option);
    int n = result.owners != NULL ? (int)result.warnings->len : 100;
    resolved_clear(&result);
    return n;
}

static void test_own_is_warned_of(void **state)
{
    (void)state;
    static const char *const options[] = {"map=userns:/proc/self/ns/user", "map=/proc/self/uid_map",
                                          "map=pid:SELF"};
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        int start[2];
        assert_int_equal(pipe(start), 0);
        pid_t child = fork();
        if (child == 0) {
            close(start[1]);
            char ready;
            if (unshare(CLONE_NEWUSER) < 0)
                _exit(77);
            kill(getpid(), SIGSTOP);
            if (read(start[0], &ready, 1) != 1)
                _exit(77);
            char self[32];
            snprintf(self, sizeof(self), "map=pid:%ld", (long)getpid());
            _exit(warnings_inside(i == 2 ? self : options[i]));
        }
        int status;
        waitpid(child, &status, WUNTRACED);
        if (!WIFSTOPPED(status))
            skip();
        bool mapped = namespace_child_map(child, "uid_map", "0 100000 65536\n") &&
                      namespace_child_map(child, "gid_map", "0 100000 65536\n");
        kill(child, SIGCONT);
        if (mapped)
            assert_int_equal(write(start[1], "x", 1), 1);
        close(start[0]);
        close(start[1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!mapped)
            skip();
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
    }
}

static void test_other(void **state)
{
    (void)state;
    pid_t child = namespace_child_new();
    if (child < 0)
        skip();
    char *option = g_strdup_printf("map=userns:/proc/%ld/ns/user", (long)child);
    Resolved empty = resolve_one(option);
    if (empty.message != NULL && strstr(empty.message, "is empty") == NULL) {
        print_message("%s\n", empty.message);
        resolved_clear(&empty);
        g_free(option);
        namespace_child_end(child);
        skip();
    }
    assert_contains(empty.message, "a user namespace that was given none yet");
    resolved_clear(&empty);
    if (!namespace_child_map(child, "uid_map", "0 100000 65536\n65536 5 1\n") ||
        !namespace_child_map(child, "gid_map", "0 200000 10\n")) {
        g_free(option);
        namespace_child_end(child);
        skip();
    }

    Resolved result = resolve_one(option);
    assert_maps(&result, "0:100000:65536 65536:5:1", "0:200000:10");
    size_t n;
    assert_string_equal(idmap_extents(result.owners->map[ID_UID], &n)->source, option);
    resolved_clear(&result);
    g_free(option);
    namespace_child_end(child);

    /* The reader's own child is gone, too: there is nobody left to wait for. */
    errno = 0;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* From a namespace of its own there is no way back into the one it was made in. */
static void test_not_permitted(void **state)
{
    (void)state;
    int ours = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
    assert_true(ours >= 0);
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWUSER) < 0)
            _exit(77);
        char option[64];
        snprintf(option, sizeof(option), "map=userns:/proc/self/fd/%d", ours);
        Resolved result = resolve_one(option);
        bool right = strstr(result.message, "cannot enter the user namespace: Operation not "
                                            "permitted\n  run as root") != NULL;
        resolved_clear(&result);
        _exit(right ? 0 : 1);
    }
    close(ours);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int lowest_descriptor(void)
{
    int fd = dup(STDERR_FILENO);
    close(fd);
    return fd;
}

/* Whichever is the first descriptor too many, it is said, and nothing stays. */
static void test_no_descriptors(void **state)
{
    (void)state;
    pid_t child = namespace_child_new();
    if (child < 0)
        skip();
    if (!namespace_child_map(child, "uid_map", "0 100000 65536\n") ||
        !namespace_child_map(child, "gid_map", "0 100000 65536\n")) {
        namespace_child_end(child);
        skip();
    }
    char *option = g_strdup_printf("map=userns:/proc/%ld/ns/user", (long)child);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int lowest = lowest_descriptor();
    int failures = 0;
    for (bool done = false; !done;) {
        struct rlimit limit = {(rlim_t)(lowest + failures), before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        Resolved result = resolve_one(option);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(lowest_descriptor(), lowest);
        done = result.owners != NULL;
        if (!done)
            assert_contains(result.message, "Too many open files");
        failures += !done;
        resolved_clear(&result);
    }
    /* That of the path, that of the namespace, and both ends of a pipe. */
    assert_int_equal(failures, 4);
    g_free(option);
    namespace_child_end(child);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_own_is_warned_of),
        cmocka_unit_test(test_other),
        cmocka_unit_test(test_not_permitted),
        cmocka_unit_test(test_no_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
