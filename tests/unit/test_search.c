/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may go through a directory. */
#include "check/search.h"
#include "cmocka_all.h"
#include "resolve.h"

#include <errno.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <unistd.h>

/* Directories are of uid 10, gid 20. */
static bool allowed(mode_t mode, uint32_t uid, uint32_t gid)
{
    const struct stat attr = {.st_mode = S_IFDIR | mode, .st_uid = 10, .st_gid = 20};
    const Walker walker = {
        .ids = {uid, gid}
    };
    return search_allowed(&attr, NULL, 0, &walker);
}

static void test_mode(void **state)
{
    (void)state;
    assert_true(allowed(0100, 10, 20));
    assert_false(allowed(0011, 10, 20));
    assert_true(allowed(0010, 11, 20));
    assert_false(allowed(0101, 11, 20));
    assert_true(allowed(0001, 11, 21));
    assert_false(allowed(0110, 11, 21));
    assert_false(allowed(0110, 11, ID_NONE));
    assert_false(allowed(0666, 10, 20));
}

typedef struct {
    struct posix_acl_xattr_header header;
    struct posix_acl_xattr_entry entries[8];
} Acl;

/* ACL has the entries of the mode, user 11, group 21 and group 22, each with or without x. */
static bool acl_allows(bool user, bool group, bool other_group, bool mask, const Walker *walker,
                       mode_t mode)
{
    const struct stat attr = {.st_mode = S_IFDIR | mode, .st_uid = 10, .st_gid = 20};
    const Acl acl = {
        {GUINT32_TO_LE(POSIX_ACL_XATTR_VERSION)           },
        {
         {GUINT16_TO_LE(ACL_USER_OBJ), GUINT16_TO_LE((mode >> 6) & 7), 0},
         {GUINT16_TO_LE(ACL_USER), GUINT16_TO_LE(user), GUINT32_TO_LE(11)},
         {GUINT16_TO_LE(ACL_GROUP_OBJ), 0, 0},
         {GUINT16_TO_LE(ACL_GROUP), GUINT16_TO_LE(group), GUINT32_TO_LE(21)},
         {GUINT16_TO_LE(ACL_GROUP), GUINT16_TO_LE(other_group), GUINT32_TO_LE(20)},
         {GUINT16_TO_LE(ACL_MASK), GUINT16_TO_LE(mask), 0},
         {GUINT16_TO_LE(ACL_OTHER), GUINT16_TO_LE(mode & 7), 0},
         },
    };
    return search_allowed(&attr, &acl, offsetof(Acl, entries) + 7 * sizeof(acl.entries[0]), walker);
}

static void test_acl(void **state)
{
    (void)state;
    const Walker owner = {
        .ids = {10, 20}
    };
    const Walker user = {
        .ids = {11, 20}
    };
    const Walker group = {
        .ids = {12, 21}
    };
    const Walker owning_group = {
        .ids = {12, 20}
    };
    const Walker other = {
        .ids = {12, 25}
    };

    assert_true(acl_allows(false, false, false, false, &owner, 0700));
    assert_true(acl_allows(true, false, false, true, &user, 0700));
    assert_false(acl_allows(true, false, false, false, &user, 0711)); /* masked */
    assert_false(acl_allows(false, true, true, true, &user, 0711));
    assert_true(acl_allows(false, true, false, true, &group, 0700));
    assert_false(acl_allows(false, true, false, false, &group, 0701)); /* masked */
    assert_false(acl_allows(true, false, true, true, &group, 0701));
    /* The owning group has no x, but an entry of the same group has: any will do. */
    assert_true(acl_allows(false, false, true, true, &owning_group, 0700));
    assert_true(acl_allows(false, false, false, true, &other, 0701));
    assert_false(acl_allows(true, true, true, true, &other, 0710));
}

static void test_obstacle(void **state)
{
    (void)state;
    char base[] = "/tmp/test_search.XXXXXX";
    assert_non_null(mkdtemp(base));
    char *closed = g_build_filename(base, "closed", NULL);
    char *target = g_build_filename(closed, "target", NULL);
    assert_int_equal(chmod(base, 0755), 0);
    assert_int_equal(mkdir(closed, 0700), 0);
    assert_int_equal(mkdir(target, 0700), 0);
    const Walker stranger = {
        .ids = {4000000000, 4000000000}
    };
    const Walker self = {
        .ids = {geteuid(), getegid()}
    };
    int error;

    char *found = search_obstacle(target, &stranger, &error);
    assert_int_equal(error, 0);
    assert_string_equal(found, closed);
    g_free(found);
    assert_null(search_obstacle(target, &self, &error));
    /* The last directory is what the mount covers. */
    assert_null(search_obstacle(closed, &stranger, &error));
    assert_null(search_obstacle("/", &stranger, &error));

    found = search_obstacle("/nonexistent/directory/target", &self, &error);
    assert_int_equal(error, -ENOENT);
    assert_string_equal(found, "/nonexistent");
    g_free(found);
    rmdir(target);
    rmdir(closed);
    rmdir(base);
    g_free(target);
    g_free(closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mode),
        cmocka_unit_test(test_acl),
        cmocka_unit_test(test_obstacle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
