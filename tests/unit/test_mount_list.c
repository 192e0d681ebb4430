/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts of a tree, from the text of mountinfo. */
#include "cmocka_all.h"
#include "core/mount_list.h"
#include "resolve.h"

static const char mountinfo[] = "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                                "21 20 0:5 / /proc rw,nosuid,nodev,noexec - proc proc rw\n"
                                "22 20 8:2 / /srv rw,noexec shared:2 master:1 - xfs /dev/sda2 rw\n"
                                "23 22 0:6 / /srv/with\\040blank ro - tmpfs tmpfs rw\n"
                                "24 22 0:7 / /srv/data rw - ext4 /dev/sda3 rw\n"
                                "25 24 0:8 / /srv/data rw,nodev - fuse.x /srv/x rw\n"
                                "26 22 0:9 / /srvother rw unbindable - tmpfs tmpfs rw\n"
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

static void test_fields(void **state)
{
    (void)state;
    GPtrArray *all = mount_list_all(mountinfo);
    assert_int_equal(all->len, 7);
    const MountLine *line = all->pdata[5];
    assert_int_equal(line->id, 25);
    assert_int_equal(line->parent, 24);
    assert_string_equal(line->root, "/");
    assert_string_equal(line->source, "/srv/x");
    assert_false(line->is_unbindable);
    line = all->pdata[6];
    assert_true(line->is_unbindable);
    g_ptr_array_unref(all);
}

/* A mount and what is mounted on it, wherever its line is. */
static void test_tree(void **state)
{
    (void)state;
    static const char disordered[] = "31 30 0:1 / /a/b/c rw - tmpfs tmpfs rw\n"
                                     "30 29 0:2 / /a/b rw - tmpfs tmpfs rw\n"
                                     "28 1 0:3 / / rw - ext4 /dev/sda1 rw\n"
                                     "29 28 0:4 / /a rw - tmpfs tmpfs rw\n"
                                     "32 28 0:5 / /other rw - tmpfs tmpfs rw\n";
    GPtrArray *tree = mount_list_tree(disordered, 29);
    assert_int_equal(tree->len, 3);
    assert_string_equal(((const MountLine *)tree->pdata[0])->path, "/a");
    g_ptr_array_unref(tree);
    tree = mount_list_tree(disordered, 27);
    assert_int_equal(tree->len, 0);
    g_ptr_array_unref(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
