/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The class of xattr names, and what a listing keeps. */
#include "cmocka_all.h"
#include "core/xattr_table.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    XattrClass class;
} cases[] = {
    {"user.a",                         XATTR_PASS  },
    {"user.system.nfs4_acl",           XATTR_PASS  },
    {"trusted.a",                      XATTR_PASS  },
    {"trusted.overlay.opaque",         XATTR_PASS  },
    {"trusted.SGI_ACL_FILE",           XATTR_HIDE  },
    {"trusted.SGI_ACL_DEFAULT",        XATTR_HIDE  },
    {"trusted.SGI_ACL_FILE2",          XATTR_PASS  },
    {"trusted.SGI_ACL",                XATTR_PASS  },
    {"user.SGI_ACL_FILE",              XATTR_PASS  },
    {"system.posix_acl_access",        XATTR_ACL   },
    {"system.posix_acl_default",       XATTR_ACL   },
    {"system.posix_acl",               XATTR_PASS  },
    {"system.posix_acl_access.backup", XATTR_PASS  },
    {"system.nfs4_acl",                XATTR_REFUSE},
    {"system.nfs4_acl_xdr",            XATTR_REFUSE},
    {"system.nfs4_dacl",               XATTR_REFUSE},
    {"system.nfs4_sacl",               XATTR_REFUSE},
    {"system.richacl",                 XATTR_REFUSE},
    {"system.cifs_acl",                XATTR_PASS  },
    {"security.capability",            XATTR_FSCAPS},
    {"security.capabilities",          XATTR_PASS  },
    {"security.selinux",               XATTR_PASS  },
    {"security.",                      XATTR_PASS  },
    {"btrfs.compression",              XATTR_PASS  },
    {"unheard-of",                     XATTR_PASS  },
    {"",                               XATTR_PASS  },
};

static void test_class(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        if (xattr_class(cases[i].name) != cases[i].class)
            fail_msg("%s has class %d", cases[i].name, xattr_class(cases[i].name));
}

static void test_check(void **state)
{
    (void)state;
    static const struct {
        XattrClass class;
        ErrInt get;
        ErrInt set;
    } checks[] = {
        {XATTR_PASS,   0,           0          },
        {XATTR_ACL,    0,           0          },
        {XATTR_FSCAPS, 0,           0          },
        {XATTR_HIDE,   -ENODATA,    -EOPNOTSUPP},
        {XATTR_REFUSE, -EOPNOTSUPP, -EOPNOTSUPP},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
        assert_int_equal(xattr_check_get(checks[i].class), checks[i].get);
        assert_int_equal(xattr_check_set(checks[i].class), checks[i].set);
    }
}

#define LIST(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

typedef struct {
    const char *names;
    size_t size;
} List;

static void test_filter(void **state)
{
    (void)state;
    static const struct {
        List all;
        List kept; /* not a name without an end */
    } lists[] = {
        {LIST(""),                                       LIST("")                     },
        {LIST("user.a\0"),                               LIST("user.a\0")             },
        {LIST("trusted.SGI_ACL_FILE\0"),                 LIST("")                     },
        {LIST("user.a\0trusted.SGI_ACL_FILE\0user.b\0"), LIST("user.a\0user.b\0")     },
        {LIST("system.nfs4_acl\0security.capability\0"), LIST("security.capability\0")},
        {LIST("user.a\0\0user.b\0"),                     LIST("user.a\0\0user.b\0")   },
        {LIST("user.a\0user.b"),                         LIST("user.a\0")             },
        {LIST("user.b"),                                 LIST("")                     },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        /* Of the exact size, so that a sanitizer sees a read past the end. */
        char *list = malloc(lists[i].all.size + (lists[i].all.size == 0));
        assert_non_null(list);
        memcpy(list, lists[i].all.names, lists[i].all.size);
        assert_int_equal(xattr_list_filter(list, lists[i].all.size, true), lists[i].kept.size);
        assert_memory_equal(list, lists[i].kept.names, lists[i].kept.size);
        free(list);
    }
}

static void test_trusted_ones_are_not_listed_to_all(void **state)
{
    static const char all[] = "user.a\0trusted.b\0security.c\0trusted.d\0user.trusted.";
    static const char kept[] = "user.a\0security.c\0user.trusted.";
    char list[sizeof(all)];

    (void)state;
    memcpy(list, all, sizeof(all));
    assert_int_equal(xattr_list_filter(list, sizeof(all), true), sizeof(all));
    assert_memory_equal(list, all, sizeof(all));
    assert_int_equal(xattr_list_filter(list, sizeof(all), false), sizeof(kept));
    assert_memory_equal(list, kept, sizeof(kept));
}

static void test_what_takes_admin(void **state)
{
    static const struct {
        const char *name;
        bool get;
        bool set;
    } rows[] = {
        {"trusted.a",               true,  true },
        {"trusted.",                true,  true },
        {"trusted",                 false, false},
        {"user.trusted.a",          false, false},
        {"security.a",              false, true },
        {"security.selinux",        false, true },
        {"security.capability",     false, false},
        {"security.capability2",    false, true },
        {"user.a",                  false, false},
        {"system.posix_acl_access", false, false},
        {"",                        false, false},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(xattr_get_takes_admin(rows[i].name), rows[i].get);
        assert_int_equal(xattr_set_takes_admin(rows[i].name), rows[i].set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_class),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_trusted_ones_are_not_listed_to_all),
        cmocka_unit_test(test_what_takes_admin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
