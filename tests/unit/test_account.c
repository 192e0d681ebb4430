/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users and groups of the host. */
#include "cmocka_all.h"
#include "core/account.h"
#include "resolve.h"

#include <pwd.h>

static void test_by_name_and_number(void **state)
{
    (void)state;
    const struct passwd *entry = getpwnam("daemon");
    if (entry == NULL)
        skip();
    uint32_t uid = entry->pw_uid;
    uint32_t gid = entry->pw_gid;
    char *number = g_strdup_printf("%u", uid);
    const char *const given[] = {"daemon", number};
    for (size_t i = 0; i < G_N_ELEMENTS(given); i++) {
        Account *account = account_require(ID_UID, given[i], NULL);
        assert_non_null(account);
        assert_string_equal(account->given, given[i]);
        assert_string_equal(account->name, "daemon");
        assert_true(account->has_id);
        assert_int_equal(account->id, uid);
        assert_int_equal(account->primary_group, gid);
        assert_true(account_is(account, "daemon"));
        assert_true(account_is(account, number));
        assert_false(account_is(account, "daemo"));
        assert_false(account_is(account, "4294967295"));
        assert_false(account_is(account, ""));
        account_free(account);
    }
    g_free(number);
}

static void test_absent(void **state)
{
    (void)state;
    Account *account = account_find(ID_UID, "no-such-user-here", NULL);
    assert_non_null(account);
    assert_null(account->name);
    assert_false(account->has_id);
    assert_true(account_is(account, "no-such-user-here"));
    assert_false(account_is(account, "0"));
    account_free(account);

    account = account_find(ID_GID, "4000000001", NULL);
    assert_non_null(account);
    assert_null(account->name);
    assert_true(account->has_id);
    assert_true(account_is(account, "4000000001"));
    account_free(account);
    account_free(NULL);
}

static void test_errors(void **state)
{
    (void)state;
    static const struct {
        IdKind kind;
        const char *given;
        const char *message;
    } cases[] = {
        {ID_UID, "",                  "the name of the user is empty"              },
        {ID_GID, "",                  "the name of the group is empty"             },
        {ID_UID, "4294967295",        "user 4294967295 is more than 4294967294"    },
        {ID_UID, "no-such-user-here",
         "there is no user 'no-such-user-here' on this host\n  see:  getent passwd "
         "no-such-user-here"                                                       },
        {ID_GID, "4000000001",        "there is no group '4000000001' on this host"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        assert_null(account_require(cases[i].kind, cases[i].given, &error));
        assert_contains(error->message, cases[i].message);
        g_error_free(error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_name_and_number),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
