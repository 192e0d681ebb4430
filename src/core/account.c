/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users and groups of the host, by name or by number. */
#include "core/account.h"

#include "base/number.h"
#include "core/id_text.h"
#include "core/map_error.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

/* A group with ten thousand members fits; a look-up that wants more is broken. */
#define MAX_ENTRY_BYTES ((size_t)1024 * 1024)

/* The four functions of the C library with one signature: 0 or an errno value, and whether there is
 * such an account. */
static int look_up_user(Account *account, char *buffer, size_t size, bool *ret_found)
{
    struct passwd entry;
    struct passwd *found = NULL;
    int rc = account->has_id ? getpwuid_r(account->id, &entry, buffer, size, &found)
                             : getpwnam_r(account->given, &entry, buffer, size, &found);
    *ret_found = rc == 0 && found != NULL;
    if (*ret_found) {
        account->name = g_strdup(found->pw_name);
        account->id = found->pw_uid;
        account->primary_group = found->pw_gid;
    }
    return rc;
}

static int look_up_group(Account *account, char *buffer, size_t size, bool *ret_found)
{
    struct group entry;
    struct group *found = NULL;
    int rc = account->has_id ? getgrgid_r(account->id, &entry, buffer, size, &found)
                             : getgrnam_r(account->given, &entry, buffer, size, &found);
    *ret_found = rc == 0 && found != NULL;
    if (*ret_found) {
        account->name = g_strdup(found->gr_name);
        account->id = found->gr_gid;
    }
    return rc;
}

/* How the C library says "no such account", see getpwnam(3): depends on the NSS modules. */
static bool means_absent(int rc)
{
    return rc == 0 || rc == ENOENT || rc == ESRCH || rc == EBADF || rc == EPERM;
}

static bool look_up(Account *account, GError **error)
{
    for (size_t size = 4096;; size *= 2) {
        g_autofree char *buffer = g_malloc(size);
        bool found;
        int rc = account->kind == ID_UID ? look_up_user(account, buffer, size, &found)
                                         : look_up_group(account, buffer, size, &found);
        if (rc == EINTR || (rc == ERANGE && size < MAX_ENTRY_BYTES))
            continue;
        if (!means_absent(rc))
            return map_error_set(error, "cannot look up %s '%s': %s",
                                 account_kind_name(account->kind), account->given, g_strerror(rc));
        account->has_id = account->has_id || found;
        return true;
    }
}

Account *account_find(IdKind kind, const char *given, GError **error)
{
    g_autoptr(Account) account = g_new0(Account, 1);
    account->kind = kind;
    account->given = g_strdup(given);
    const char *what = account_kind_name(kind);
    if (*given == '\0') {
        map_error_set(error, "the name of the %s is empty", what);
        return NULL;
    }
    if (strspn(given, "0123456789") == strlen(given)) {
        if (!id_text_parse(given, what, ID_MAX, &account->id, error))
            return NULL;
        account->has_id = true;
    }
    if (!look_up(account, error))
        return NULL;
    return g_steal_pointer(&account);
}

void account_free(Account *account)
{
    if (account == NULL)
        return;
    g_free(account->given);
    g_free(account->name);
    g_free(account);
}

Account *account_require(IdKind kind, const char *given, GError **error)
{
    g_autoptr(Account) account = account_find(kind, given, error);
    if (account == NULL)
        return NULL;
    if (account->name == NULL) {
        map_error_set(error,
                      "there is no %s '%s' on this host\n"
                      "  see:  getent %s %s",
                      account_kind_name(kind), given, kind == ID_UID ? "passwd" : "group", given);
        return NULL;
    }
    return g_steal_pointer(&account);
}

bool account_is(const Account *account, const char *text)
{
    uint32_t id;
    if (number_parse(text, strlen(text), ID_MAX, &id) == 0)
        return account->has_id && id == account->id;
    return strcmp(text, account->given) == 0 ||
           (account->name != NULL && strcmp(text, account->name) == 0);
}

const char *account_kind_name(IdKind kind)
{
    return kind == ID_UID ? "user" : "group";
}
