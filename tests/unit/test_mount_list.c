/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts of a tree, from the text of mountinfo. */
#include "core/mount_list.h"
#include "cmocka_all.h"
#include "resolve.h"

static const char mountinfo[] = "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                                "21 20 0:5 / /proc rw,nosuid,nodev,noexec - proc proc rw\n"
                                "22 20 8:2 / /srv rw,noexec shared:2 master:1 - xfs /dev/sda2 rw\n"
                                "23 22 0:6 / /srv/with\\040blank ro - tmpfs tmpfs rw\n"
                                "24 22 0:7 / /srv/data rw - ext4 /dev/sda3 rw\n"
                                "25 24 0:8 / /srv/data rw,nodev - fuse.x /srv/x rw\n"
                                "26 22 0:9 / /srvother rw - tmpfs tmpfs rw\n"
                                "broken\n";

/* "PATH=TYPE ..." The caller frees. */
static char *list_text(const char *directory)
{
    GPtrArray *list = mount_list_below(mountinfo, directory);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        const MountLine *line = list->pdata[i];
        g_string_append_printf(text, "%s%s=%s", i > 0 ? " " : "", line->path, line->type);
    }
    g_ptr_array_unref(list);
    return g_string_free(text, FALSE);
}

static void test_lists(void **state)
{
    (void)state;
    static const struct {
        const char *directory;
        const char *list;
    } cases[] = {
        {"/srv",            "/srv=xfs /srv/with blank=tmpfs /srv/data=fuse.x"},
        {"/srv/data",       "/srv/data=fuse.x"                               },
        {"/srv/data/below", "/srv/data=fuse.x"                               },
        {"/srv/dat",        "/srv=xfs"                                       },
        {"/home",           "/=ext4"                                         },
        {"/",               "/=ext4 /proc=proc /srv=xfs /srv/with blank=tmpfs "
              "/srv/data=fuse.x /srvother=tmpfs"                },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = list_text(cases[i].directory);
        assert_string_equal(text, cases[i].list);
        g_free(text);
    }
}

static void test_options(void **state)
{
    (void)state;
    GPtrArray *list = mount_list_below(mountinfo, "/srv");
    assert_true(mount_line_has(list->pdata[0], "noexec"));
    assert_false(mount_line_has(list->pdata[0], "exec"));
    assert_false(mount_line_has(list->pdata[0], "ro"));
    assert_true(mount_line_has(list->pdata[1], "ro"));
    g_ptr_array_unref(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
