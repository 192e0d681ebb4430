/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of extents: order, references, inversion. */
#include "cmocka_all.h"
#include "core/extent_list.h"

static void test_add_and_invert(void **state)
{
    (void)state;
    ExtentList *list = extent_list_new();
    GRefString *source = g_ref_string_new("file");
    const IdExtent first = {0, 100000, 65536, 3, source};
    const IdExtent second = {65536, 5, 1, 4, source};
    assert_true(extent_list_add(list, &first, NULL));
    assert_true(extent_list_add(list, &second, NULL));
    g_ref_string_release(source);

    extent_list_invert(list);
    size_t n;
    const IdExtent *items = extent_list_items(list, &n);
    assert_int_equal(n, 2);
    assert_int_equal(items[0].lower, 100000);
    assert_int_equal(items[0].shown, 0);
    assert_int_equal(items[0].count, 65536);
    assert_int_equal(items[0].line, 3);
    assert_string_equal(items[1].source, "file");
    assert_int_equal(items[1].lower, 5);
    extent_list_free(list);
}

static void test_refuses_what_is_no_range(void **state)
{
    (void)state;
    ExtentList *list = extent_list_new();
    GRefString *source = g_ref_string_new("file");
    const IdExtent bad[] = {
        {0,          0,          0, 1, source},
        {4294967295, 0,          1, 1, source},
        {0,          4294967294, 2, 1, source},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        GError *error = NULL;
        assert_false(extent_list_add(list, &bad[i], &error));
        assert_non_null(error);
        g_error_free(error);
    }
    g_ref_string_release(source);
    size_t n;
    extent_list_items(list, &n);
    assert_int_equal(n, 0);
    extent_list_free(list);
    extent_list_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_and_invert),
        cmocka_unit_test(test_refuses_what_is_no_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
