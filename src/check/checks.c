/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything on the way from a map to a mount that works, one thing after the other. */
#include "check/checks.h"

#include <string.h>

static const struct {
    const char *name;
    CheckFunction *run;
} checks[] = {
    {"map",        check_map       },
    {"subids",     check_subids    },
    {"userns",     check_userns    },
    {"engine",     check_engine    },
    {"lower",      check_lower     },
    {"owners",     check_owners    },
    {"mountpoint", check_mountpoint},
    {"fuse",       check_fuse      },
    {"kernel",     check_kernel    },
};

void checks_run(const CheckRequest *request, Findings *findings)
{
    for (size_t i = 0; i < G_N_ELEMENTS(checks); i++) {
        findings->check = checks[i].name;
        checks[i].run(request, findings);
    }
}

char *check_path(const CheckRequest *request, const char *path)
{
    return g_strconcat(request->root, path, NULL);
}

int64_t check_number(const CheckRequest *request, const char *path)
{
    g_autofree char *file = check_path(request, path);
    g_autofree char *text = NULL;
    gint64 number;
    if (!g_file_get_contents(file, &text, NULL, NULL) ||
        !g_ascii_string_to_signed(g_strstrip(text), 10, 0, G_MAXINT64, &number, NULL))
        return -1;
    return number;
}

bool check_has_option(const CheckRequest *request, const char *option)
{
    for (guint i = 0; request->mount_options != NULL && i < request->mount_options->len; i++)
        if (strcmp(request->mount_options->pdata[i], option) == 0)
            return true;
    return false;
}

bool check_is_for_kernel(const CheckRequest *request)
{
    return request->engine == ENGINE_KERNEL ||
           (request->engine == ENGINE_AUTO && request->kernel_refusal == NULL);
}

bool check_is_ordinary_user(const CheckRequest *request)
{
    return request->uid != 0;
}

bool check_has_all_ids(const CheckRequest *request)
{
    return request->own_ids[ID_UID] == NULL && request->own_ids[ID_GID] == NULL;
}
