/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the process for attributes does for a daemon that has been taken over: no more than for one
 * that has not. */
#include "base/cleanup.h"
#include "cmocka_all.h"
#include "daemon/sandbox.h"
#include "daemon/xattr_process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/xattr.h>

typedef struct {
    XattrServer server;
    int file;
} World;

static World world = {.server.fd = -1, .file = -1};

/* In the directory of the test. */
static bool has_file(void)
{
    char name[] = "xattrs.XXXXXX";

    world.file = mkstemp(name);
    if (world.file >= 0)
        unlink(name);
    return world.file >= 0 && fsetxattr(world.file, "trusted.a", "text", 4, 0) == 0 &&
           fsetxattr(world.file, "user.a", "text", 4, 0) == 0;
}

static int set_up(void **state)
{
    int proc_fd AUTO_CLOSE = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    if (sandbox_obstacle(true) != NULL || !has_file() ||
        xattr_process_start(&world.server, proc_fd) < 0)
        print_message("no such process here\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cleanup_close(&world.server.fd);
    cleanup_close(&world.file);
    return 0;
}

/* Sends SIZE bytes of CALL, and with it FD unless that is -1. */
static int32_t send_call(const XattrCall *call, size_t size, int fd)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } enclosure = {
        .header = {CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS}
    };
    struct iovec part = {(void *)call, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int32_t result;

    memcpy(CMSG_DATA(&enclosure.header), &fd, sizeof(fd));
    if (fd >= 0) {
        message.msg_control = &enclosure;
        message.msg_controllen = sizeof(enclosure);
    }
    assert_int_equal(sendmsg(world.server.fd, &message, 0), size);
    assert_int_equal(recv(world.server.fd, &result, sizeof(result), 0), sizeof(result));
    return result;
}

static XattrCall call_of(XattrCallKind kind, const char *name)
{
    XattrCall call = {.kind = kind, .size = kind == XATTR_CALL_GET ? 100 : 0};

    strcpy(call.name, name);
    return call;
}

static void what_it_is_for(void **state)
{
    const XattrCall get = call_of(XATTR_CALL_GET, "trusted.a");
    char value[100];

    (void)state;
    if (world.server.fd < 0)
        skip();
    assert_int_equal(send_call(&get, sizeof(get), world.file), 4);
    assert_int_equal(recv(world.server.fd, value, sizeof(value), 0), 4);
    assert_memory_equal(value, "text", 4);
}

static void other_attributes(void **state)
{
    static const struct {
        XattrCallKind kind;
        const char *name;
    } refused[] = {
        {XATTR_CALL_GET,    "user.a"                 },
        {XATTR_CALL_GET,    "security.a"             },
        {XATTR_CALL_GET,    "system.posix_acl_access"},
        {XATTR_CALL_SET,    "user.a"                 },
        {XATTR_CALL_SET,    "security.capability"    },
        {XATTR_CALL_REMOVE, "user.a"                 },
        {XATTR_CALL_REMOVE, "security.capability"    },
        {(XattrCallKind)99, "trusted.a"              },
    };

    (void)state;
    if (world.server.fd < 0)
        skip();
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const XattrCall call = call_of(refused[i].kind, refused[i].name);
        assert_int_equal(send_call(&call, sizeof(call), world.file), -EINVAL);
    }
    assert_int_equal(fgetxattr(world.file, "user.a", NULL, 0), 4);
}

static void malformed_messages(void **state)
{
    const XattrCall get = call_of(XATTR_CALL_GET, "trusted.a");
    XattrCall call = get;

    (void)state;
    if (world.server.fd < 0)
        skip();
    assert_int_equal(send_call(&get, sizeof(get), -1), -EINVAL);
    assert_int_equal(send_call(&get, sizeof(get) - 1, world.file), -EINVAL);
    assert_int_equal(send_call(&get, 1, world.file), -EINVAL);
    call.size = XATTR_SIZE_MAX + 1;
    assert_int_equal(send_call(&call, sizeof(call), world.file), -EINVAL);
    call = call_of(XATTR_CALL_SET, "trusted.a");
    call.size = 10; /* there are none */
    assert_int_equal(send_call(&call, sizeof(call), world.file), -EINVAL);
    call = get;
    memset(call.name + strlen("trusted."), 'a', sizeof(call.name) - strlen("trusted."));
    assert_int_equal(send_call(&call, sizeof(call), world.file), -EINVAL);
    what_it_is_for(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_is_for),
        cmocka_unit_test(other_attributes),
        cmocka_unit_test(malformed_messages),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
