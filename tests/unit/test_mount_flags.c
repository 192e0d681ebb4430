/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mount(8)'s options as flags of a mount. */
#include "cmocka_all.h"
#include "kernel-mount/kernel_error.h"
#include "kernel-mount/mount_flags.h"

#include <string.h>
#include <sys/mount.h>

#define STRICT (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

/* OPTIONS are separated by commas. The caller unrefs. */
static GPtrArray *split(const char *options)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    char **words = g_strsplit(options, ",", -1);
    for (char **word = words; *word != NULL; word++)
        g_ptr_array_add(list, g_strdup(*word));
    g_strfreev(words);
    return list;
}

static const struct {
    const char *options;
    uint64_t set;
    uint64_t clear;
} cases[] = {
    {"",                           STRICT,                          0                    },
    {"rw",                         STRICT,                          0                    },
    {"ro",                         STRICT | MOUNT_ATTR_RDONLY,      0                    },
    {"ro,rw",                      STRICT,                          0                    },
    {"suid",                       MOUNT_ATTR_NODEV,                MOUNT_ATTR_NOSUID    },
    {"suid,dev",                   0,                               STRICT               },
    {"suid,nosuid",                STRICT,                          MOUNT_ATTR_NOSUID    },
    {"noexec",                     STRICT | MOUNT_ATTR_NOEXEC,      0                    },
    {"noexec,exec",                STRICT,                          MOUNT_ATTR_NOEXEC    },
    {"noatime",                    STRICT | MOUNT_ATTR_NOATIME,     MOUNT_ATTR__ATIME    },
    {"relatime",                   STRICT,                          MOUNT_ATTR__ATIME    },
    {"noatime,strictatime",        STRICT | MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME    },
    {"strictatime,atime",          STRICT,                          MOUNT_ATTR__ATIME    },
    {"nodiratime",                 STRICT | MOUNT_ATTR_NODIRATIME,  0                    },
    {"nodiratime,diratime",        STRICT,                          MOUNT_ATTR_NODIRATIME},
    {"allow_other,norelatime,x-y", STRICT,                          0                    },
    {"sync,async",                 STRICT,                          0                    },
};

static void test_flags(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GPtrArray *options = split(cases[i].options);
        MountFlags flags;
        GError *error = NULL;
        if (!mount_flags_read(options, &flags, &error))
            fail_msg("%s: %s", cases[i].options, error->message);
        if (flags.set != cases[i].set || flags.clear != cases[i].clear)
            fail_msg("%s: sets %#lx, clears %#lx", cases[i].options, (unsigned long)flags.set,
                     (unsigned long)flags.clear);
        g_ptr_array_unref(options);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "sync",      "async,sync",    "dirsync",      "async,dirsync",
        "context=x", "fscontext=x:y", "defcontext=x", "rootcontext=x",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        GPtrArray *options = split(refused[i]);
        MountFlags flags;
        GError *error = NULL;
        assert_false(mount_flags_read(options, &flags, &error));
        assert_true(g_error_matches(error, KERNEL_MOUNT_ERROR, KERNEL_MOUNT_REFUSED));
        assert_true(g_str_has_prefix(error->message, options->pdata[options->len - 1]));
        g_error_free(error);
        g_ptr_array_unref(options);
    }
}

static void test_none(void **state)
{
    (void)state;
    MountFlags flags;
    assert_true(mount_flags_read(NULL, &flags, NULL));
    assert_true(flags.set == STRICT && flags.clear == 0);
}

static void test_fit(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        const char *line;
        bool fits;
    } fits[] = {
        {"",            "rw,nosuid,nodev,relatime,idmapped", true },
        {"",            "rw,nosuid,relatime",                false},
        {"",            "ro,nosuid,nodev,noexec,noatime",    true },
        {"ro",          "rw,nosuid,nodev",                   false},
        {"suid",        "rw,nosuid,nodev",                   false},
        {"suid",        "rw,nodev",                          true },
        {"exec",        "rw,nosuid,nodev,noexec",            false},
        {"noatime",     "rw,nosuid,nodev,noatime",           true },
        {"noatime",     "rw,nosuid,nodev,relatime",          false},
        {"relatime",    "rw,nosuid,nodev,relatime",          true },
        {"strictatime", "rw,nosuid,nodev",                   true },
        {"strictatime", "rw,nosuid,nodev,relatime",          false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(fits); i++) {
        GPtrArray *options = split(fits[i].options);
        const MountLine line = {.options = (char *)fits[i].line};
        MountFlags flags;
        assert_true(mount_flags_read(options, &flags, NULL));
        if (mount_flags_fit(&flags, &line) != fits[i].fits)
            fail_msg("%s, and %s", fits[i].options, fits[i].line);
        g_ptr_array_unref(options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
