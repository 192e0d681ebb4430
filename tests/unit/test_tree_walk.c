/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking a tree of any depth, without following links. */
#include "check/tree_walk.h"
#include "cmocka_all.h"
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static char base[] = "/tmp/test_tree_walk.XXXXXX";
static char *start; /* the current directory */

static int set_up(void **state)
{
    (void)state;
    start = g_get_current_dir();
    return mkdtemp(base) == NULL || chdir(base) < 0;
}

static int tear_down(void **state)
{
    (void)state;
    char *command = g_strdup_printf("rm -rf %s", base);
    int status = chdir(start) < 0 || system(command) != 0;
    g_free(command);
    g_free(start);
    return status;
}

/* Counts, and checks that the name is one of the current directory. */
static void visit(void *data, const TreeEntry *entry)
{
    GPtrArray *paths = data;
    struct stat attr;
    assert_int_equal(lstat(entry->name, &attr), 0);
    assert_int_equal(attr.st_ino, entry->attr.st_ino);
    g_ptr_array_add(paths, g_build_filename(entry->directory, entry->name, NULL));
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The caller frees. */
static char *walk_text(const char *root, TreeResult *result)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    assert_int_equal(tree_walk(root, visit, paths, result), 0);
    g_ptr_array_sort(paths, compare);
    g_ptr_array_add(paths, NULL);
    char *text = g_strjoinv(" ", (char **)paths->pdata);
    g_ptr_array_unref(paths);
    char *here = g_get_current_dir();
    assert_string_equal(here, base);
    g_free(here);
    return text;
}

static void test_links(void **state)
{
    (void)state;
    TreeResult result;
    assert_int_equal(mkdir("links", 0755), 0);
    assert_int_equal(mkdir("links/d", 0755), 0);
    assert_int_equal(symlink("..", "links/d/up"), 0);
    assert_int_equal(symlink("nowhere", "links/dangling"), 0);
    assert_int_equal(mkfifo("links/d/fifo", 0644), 0);
    char *text = walk_text("links", &result);
    assert_string_equal(text, "links/. links/d links/d/fifo links/d/up links/dangling");
    assert_int_equal(result.seen, 5);
    assert_int_equal(result.failures, 0);
    g_free(text);
    tree_result_clear(&result);

    assert_int_equal(symlink("links", "to-links"), 0);
    text = walk_text("to-links", &result); /* the root may be one, as for a mount */
    assert_int_equal(result.seen, 5);
    g_free(text);
    tree_result_clear(&result);
}

static void test_deep(void **state)
{
    (void)state;
    enum { DEPTH = 3 * PATH_MAX / 50 };
    TreeResult result;
    const char *name = "a-directory-with-a-name-of-exactly-fifty-characters";
    assert_int_equal(mkdir("deep", 0755), 0);
    assert_int_equal(chdir("deep"), 0);
    for (int i = 0; i < DEPTH; i++) {
        assert_int_equal(mkdir(name, 0755), 0);
        assert_int_equal(chdir(name), 0);
    }
    assert_int_equal(chdir(base), 0);
    char *text = walk_text("deep", &result);
    assert_int_equal(result.seen, DEPTH + 1);
    assert_int_equal(result.failures, 0);
    assert_true(strlen(text) > (size_t)DEPTH * PATH_MAX);
    g_free(text);
    tree_result_clear(&result);
}

static void test_failures(void **state)
{
    (void)state;
    TreeResult result;
    assert_int_equal(tree_walk("none", visit, NULL, &result), -ENOENT);
    assert_int_equal(close(open("file", O_CREAT | O_WRONLY, 0644)), 0);
    assert_int_equal(tree_walk("file", visit, NULL, &result), -ENOTDIR);
    if (geteuid() == 0)
        return; /* who may look everywhere */
    assert_int_equal(mkdir("open", 0755), 0);
    assert_int_equal(mkdir("open/closed", 0000), 0);
    char *text = walk_text("open", &result);
    assert_string_equal(text, "open/. open/closed");
    assert_int_equal(result.failures, 1);
    assert_string_equal(result.failed, "open/closed");
    assert_int_equal(result.failed_errno, EACCES);
    g_free(text);
    tree_result_clear(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
