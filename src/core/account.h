/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users and groups of the host, by name or by number. Start-up only. */
#pragma once

#include "core/id.h"

#include <glib.h>

/* What is known about a user or group that was written as a name or as a number. */
typedef struct {
    IdKind kind;
    char *given; /* as written */
    char *name;  /* NULL: the host has no such account */
    bool has_id; /* false only for a name that the host does not have */
    uint32_t id;
    uint32_t primary_group; /* of a user that the host has */
} Account;

/* Looks GIVEN up: digits only are an ID, all else a name. That there is no such account is no
 * error; a data base that cannot be read is, and so is a number past ID_MAX. */
Account *account_find(IdKind kind, const char *given, GError **error);
void account_free(Account *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Account, account_free)

/* The same, and fails with MAP_ERROR when the host has no such account. */
Account *account_require(IdKind kind, const char *given, GError **error);

/* Whether TEXT, a name or a number, means this account. */
bool account_is(const Account *account, const char *text);

/* "user" or "group". */
const char *account_kind_name(IdKind kind);
