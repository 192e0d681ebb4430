/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of the host, below a root of the test's own, and of maps and their files. */
#include "check/checks.h"
#include "cmocka_all.h"
#include "resolve.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/test_checks.XXXXXX";

/* Makes the file, and the directories that it is in; an empty TEXT removes it. */
static void put(const char *path, const char *text)
{
    char *name = g_strconcat(root, path, NULL);
    char *directory = g_path_get_dirname(name);
    assert_int_equal(g_mkdir_with_parents(directory, 0755), 0);
    if (*text == '\0')
        unlink(name);
    else if (!g_file_set_contents(name, text, -1, NULL))
        fail_msg("cannot write %s", name);
    g_free(directory);
    g_free(name);
}

/* All is well there. */
static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(root) == NULL)
        return 1;
    put("/proc/self/ns/user", "x");
    put("/proc/sys/user/max_user_namespaces", "1000\n");
    put("/dev/fuse", "x");
    put("/sys/module/fuse/parameters/enable_uring", "Y\n");
    put("/boot/config-6.9.1", "CONFIG_FUSE_FS=y\nCONFIG_FUSE_PASSTHROUGH=y\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    char *command = g_strdup_printf("rm -rf %s", root);
    int status = system(command);
    g_free(command);
    return status;
}

typedef struct {
    MapRequest maps;
    Resolved map;
    GPtrArray *mount_options;
    CheckRequest request;
    Findings *findings;
} Case;

static void case_init(Case *c, const char *option, const char *value)
{
    memset(c, 0, sizeof(*c));
    map_request_init(&c->maps);
    assert_true(map_request_set(&c->maps, option, value));
    GError *error = NULL;
    c->map.warnings = g_ptr_array_new_with_free_func(g_free);
    c->map.owners = map_request_resolve(&c->maps, &no_paths, NULL, c->map.warnings, &error);
    if (error != NULL)
        c->map.message = g_strdup(error->message);
    g_clear_error(&error);
    c->mount_options = g_ptr_array_new();
    c->findings = findings_new();
    c->request = (CheckRequest){
        .root = root,
        .request = &c->maps,
        .paths = &no_paths,
        .owners = c->map.owners,
        .map_error = c->map.message,
        .warnings = c->map.warnings,
        .mount_options = c->mount_options,
        .kernel_release = "6.9.1",
    };
}

static void case_clear(Case *c)
{
    findings_free(c->findings);
    g_ptr_array_unref(c->mount_options);
    resolved_clear(&c->map);
    map_request_clear(&c->maps);
}

/* The first finding whose text contains PART must be there, of this level. */
static const Finding *find(const Case *c, const char *part, FindingLevel level)
{
    for (guint i = 0; i < c->findings->items->len; i++) {
        const Finding *finding = c->findings->items->pdata[i];
        if (strstr(finding->text, part) == NULL)
            continue;
        assert_string_equal(finding_level_name(finding->level), finding_level_name(level));
        return finding;
    }
    fail_msg("no finding says '%s'", part);
    return NULL;
}

static void test_all_is_well(void **state)
{
    (void)state;
    Case c;
    case_init(&c, "map", "0:100000:65536");
    checks_run(&c.request, c.findings);
    for (guint i = 0; i < c.findings->items->len; i++) {
        const Finding *finding = c.findings->items->pdata[i];
        if (finding->level != FINDING_OK)
            fail_msg("%s: %s", finding->check, finding->text);
    }
    find(&c, "65536 uids and 65536 gids", FINDING_OK);
    find(&c, "reads and writes lower files itself", FINDING_OK);
    case_clear(&c);
}

/* FILE with TEXT in it makes one finding. */
static const struct {
    const char *file;
    const char *text;
    const char *as_before;
    FindingLevel level;
    const char *says;
    const char *input; /* NULL: none */
} host_cases[] = {
    {"/proc/sys/user/max_user_namespaces",                     "0\n",                "1000\n",                        FINDING_WARNING,
     "nobody can make user namespaces",                                                                                                                                       "sysctl user.max_user_namespaces=15000"                },
    {"/proc/sys/kernel/unprivileged_userns_clone",             "0\n",                "1\n",                           FINDING_WARNING,
     "only root can make user namespaces",                                                                                                                                    "sysctl kernel.unprivileged_userns_clone=1"            },
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n",                "0\n",                           FINDING_WARNING,
     "AppArmor",                                                                                                                                                              "sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
    {"/proc/self/ns/user",                                     "",                   "x",                             FINDING_WARNING, "has no user namespaces",              NULL                                                   },
    {"/dev/fuse",                                              "",                   "x",                             FINDING_PROBLEM, "cannot open /dev/fuse: No such file", "modprobe fuse"                                        },
    {"/sys/module/fuse/parameters/enable_uring",               "N\n",                "Y\n",                           FINDING_NOTE,    "turned off",
     "echo Y > /sys/module/fuse/parameters/enable_uring"                                                                                                                                                                             },
    {"/sys/module/fuse/parameters/enable_uring",               "",                   "Y\n",                           FINDING_NOTE,
     "no io_uring: it takes Linux 6.14",                                                                                                                                      NULL                                                   },
    {"/boot/config-6.9.1",                                     "CONFIG_FUSE_FS=y\n", "\nCONFIG_FUSE_PASSTHROUGH=y\n", FINDING_NOTE,
     "CONFIG_FUSE_PASSTHROUGH=y",                                                                                                                                             NULL                                                   },
};

static void test_host(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(host_cases); i++) {
        Case c;
        case_init(&c, "map", "0:100000:65536");
        put(host_cases[i].file, host_cases[i].text);
        checks_run(&c.request, c.findings);
        put(host_cases[i].file, host_cases[i].as_before);
        const Finding *finding = find(&c, host_cases[i].says, host_cases[i].level);
        if (host_cases[i].input != NULL)
            assert_string_equal(finding->input, host_cases[i].input);
        else
            assert_null(finding->input);
        case_clear(&c);
    }
}

static void test_kernel(void **state)
{
    (void)state;
    static const struct {
        const char *release;
        bool no_passthrough;
        bool noatime;
        bool kernel_cache;
        uid_t uid;
        const char *says;
        FindingLevel level;
    } cases[] = {
        {"6.8.12-x", false, false, false, 0,    "it takes Linux 6.9",                                   FINDING_NOTE},
        {"5.15.0",   false, false, false, 0,    "it takes Linux 6.9",                                   FINDING_NOTE},
        {"6.10.0",   false, false, false, 0,    "itself, unless built without CONFIG_FUSE_PASSTHROUGH",
         FINDING_OK                                                                                                 },
        {"7.0.0",    false, false, false, 0,    "lower files itself",                                   FINDING_OK  },
        {"6.9.1",    true,  false, false, 0,    "turned off by no_passthrough",                         FINDING_NOTE},
        {"6.9.1",    false, true,  false, 0,    "left out with noatime",                                FINDING_NOTE},
        {"6.9.1",    false, false, true,  0,    "turned off by kernel_cache",                           FINDING_NOTE},
        {"6.9.1",    false, false, false, 1000, "a mount by root in the initial user namespace",
         FINDING_NOTE                                                                                               },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Case c;
        case_init(&c, "map", "0:100000:65536");
        c.request.kernel_release = cases[i].release;
        c.request.no_passthrough = cases[i].no_passthrough;
        c.request.noatime = cases[i].noatime;
        c.request.kernel_cache = cases[i].kernel_cache;
        c.request.uid = cases[i].uid;
        checks_run(&c.request, c.findings);
        find(&c, cases[i].says, cases[i].level);
        case_clear(&c);
    }
}

/* The kernel's own copy counts more than the one of the same version in /boot. */
static void test_own_config(void **state)
{
    (void)state;
    static const char config[] = "CONFIG_FUSE_FS=y\n# CONFIG_FUSE_PASSTHROUGH is not set\n";
    char packed[1024];
    gsize used, length;
    GConverter *zip =
        G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, /* level = */ 9));
    assert_int_equal(g_converter_convert(zip, config, strlen(config), packed, sizeof(packed),
                                         G_CONVERTER_INPUT_AT_END, &used, &length, NULL),
                     G_CONVERTER_FINISHED);
    g_object_unref(zip);
    char *file = g_strconcat(root, "/proc/config.gz", NULL);
    assert_true(g_file_set_contents(file, packed, (gssize)length, NULL));
    Case c;
    case_init(&c, "map", "0:100000:65536");
    checks_run(&c.request, c.findings);
    find(&c, "it takes a kernel with CONFIG_FUSE_PASSTHROUGH=y", FINDING_NOTE);
    case_clear(&c);
    /* What is no such file is passed over. */
    put("/proc/config.gz", "text");
    case_init(&c, "map", "0:100000:65536");
    checks_run(&c.request, c.findings);
    find(&c, "reads and writes lower files itself", FINDING_OK);
    case_clear(&c);
    put("/proc/config.gz", "");
    g_free(file);
}

static void test_allow_other(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        bool asked;
        const char *says; /* NULL: nothing */
        FindingLevel level;
        const char *input;
    } cases[] = {
        {"",                           true,  "does not let users mount with allow_other", FINDING_PROBLEM,
         "user_allow_other"                                                                                                   },
        {"#user_allow_other\n",        true,  "does not let users mount with allow_other", FINDING_PROBLEM,
         "user_allow_other"                                                                                                   },
        {"",                           false, "only uid 1000 can use the mount",           FINDING_WARNING, "user_allow_other"},
        {"a\n user_allow_other \nb\n", false, "only uid 1000 can use the mount",           FINDING_WARNING,
         "-o allow_other"                                                                                                     },
        {"a\n user_allow_other \nb\n", true,  NULL,                                        FINDING_OK,      NULL              },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Case c;
        case_init(&c, "map", "0:1000");
        put("/etc/fuse.conf", cases[i].config);
        c.request.uid = 1000;
        if (cases[i].asked)
            g_ptr_array_add(c.mount_options, (void *)"allow_other");
        checks_run(&c.request, c.findings);
        if (cases[i].says != NULL)
            assert_string_equal(find(&c, cases[i].says, cases[i].level)->input, cases[i].input);
        for (guint j = 0; cases[i].says == NULL && j < c.findings->items->len; j++)
            assert_null(
                strstr(((const Finding *)c.findings->items->pdata[j])->text, "allow_other"));
        case_clear(&c);
    }
    put("/etc/fuse.conf", "");
}

/* Shown IDs that the namespace does not have. */
static void test_namespace(void **state)
{
    (void)state;
    GRefString *source = g_ref_string_new("x");
    const IdExtent own[] = {
        {.lower = 0,   .shown = 1000,   .count = 100, .source = source},
        {.lower = 100, .shown = 100000, .count = 100, .source = source},
        {.lower = 300, .shown = 300000, .count = 100, .source = source},
    };
    static const struct {
        const char *map;
        bool fits;
    } cases[] = {
        {"0:0:200",   true },
        {"0:0:201",   false},
        {"0:150:250", false},
        {"0:300:100", true },
        {"0:200:1",   false},
        {"0:299:2",   false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Case c;
        IdMap *uids = idmap_new(ID_UID, own, G_N_ELEMENTS(own), NULL);
        case_init(&c, "map", cases[i].map);
        c.request.own_ids[ID_UID] = uids;
        checks_run(&c.request, c.findings);
        assert_int_equal(findings_count(c.findings, FINDING_PROBLEM), cases[i].fits ? 0 : 1);
        if (!cases[i].fits)
            find(&c, "this user namespace does not have all shown uids", FINDING_PROBLEM);
        case_clear(&c);
        idmap_free(uids);
    }
    g_ref_string_release(source);
}

/* What TEXT as the subuid file makes of the user root. */
/* The case of a file of subordinate IDs that has TEXT. The caller clears it. */
static void case_of_subids(Case *c, const char *text)
{
    char *value = g_strconcat(root, "/subuid:root", NULL);
    put("/subuid", text);
    case_init(c, "uidmap", value);
    checks_run(&c->request, c->findings);
    g_free(value);
}

static void test_subids(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        FindingLevel level;
        const char *says;
        const char *input;
    } cases[] = {
        {"root:100000:65536\n",                 FINDING_OK,      "user 'root' has 65536 uids in", NULL               },
        {"0:100000:65000\nroot:300000:536\n",   FINDING_OK,      "user 'root' has 65536 uids in", NULL               },
        {"root:100000:65535\n",                 FINDING_WARNING, "has 65535 uids",                "root:165535:1"    },
        {"root:100000:10\n",                    FINDING_WARNING, "has 10 uids",                   "root:100010:65526"},
        {"root:100000:65536\n1:165000:65536\n", FINDING_WARNING, "share the IDs 165000-165535",
         "1:230536:65536"                                                                                            },
        {"1:100000:1\n",                        FINDING_PROBLEM, "no range for user 'root'",      "root:100001:65536"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Case c;
        case_of_subids(&c, cases[i].text);
        const Finding *finding = find(&c, cases[i].says, cases[i].level);
        if (cases[i].input != NULL)
            assert_string_equal(finding->input, cases[i].input);
        case_clear(&c);
    }
}

/* No range is proposed that would be beyond the last ID. */
static void test_no_room(void **state)
{
    (void)state;
    Case c;
    case_of_subids(&c, "root:100000:10\n1:100005:100\n2:4294900000:67295\n");
    const Finding *few = find(&c, "has 10 uids", FINDING_WARNING);
    assert_null(few->input);
    assert_contains(few->remedy, "add a range that no other line of ");
    const Finding *shared = find(&c, "share the IDs 100005-100009", FINDING_WARNING);
    assert_null(shared->input);
    assert_string_equal(shared->remedy, "give one of them a range of its own");
    case_clear(&c);
}

static void test_many_overlaps(void **state)
{
    (void)state;
    Case c;
    case_of_subids(&c, "root:100000:65536\n1:100010:2\n2:100020:2\n3:100030:2\n4:100040:2\n"
                       "5:100050:2\n6:100060:2\n7:100070:2\n");
    unsigned said = 0;
    for (guint i = 0; i < c.findings->items->len; i++) {
        const Finding *finding = c.findings->items->pdata[i];
        said += strstr(finding->text, "share the IDs") != NULL;
    }
    assert_int_equal(said, 5);
    find(&c, "2 more lines of ", FINDING_WARNING);
    case_clear(&c);
}

/* The map's message is about the first file, and said once; the second is looked at as well. */
static void test_both_files(void **state)
{
    (void)state;
    Case c;
    char *value = g_strconcat(root, "/subuid:root", NULL);
    put("/subuid", "1:100000:1\n");
    put("/subgid", "1:200000:1\n");
    case_init(&c, "map", value);
    checks_run(&c.request, c.findings);
    assert_int_equal(findings_count(c.findings, FINDING_PROBLEM), 2);
    assert_string_equal(find(&c, "/subuid", FINDING_PROBLEM)->input, "root:100001:65536");
    assert_string_equal(find(&c, "/subgid", FINDING_PROBLEM)->input, "root:200001:65536");
    case_clear(&c);
    g_free(value);
}

static void test_engine(void **state)
{
    (void)state;
    Case c;
    case_init(&c, "map", "0:100000:65536");
    c.request.engine = ENGINE_AUTO;
    checks_run(&c.request, c.findings);
    find(&c, "engine=auto: the kernel can mount this by itself, as far as", FINDING_OK);
    for (guint i = 0; i < c.findings->items->len; i++)
        assert_string_not_equal(((Finding *)c.findings->items->pdata[i])->check, "fuse");
    case_clear(&c);

    case_init(&c, "map", "0:100000:65536");
    c.request.engine = ENGINE_AUTO;
    c.request.kernel_refusal = "some reason\n  some remedy";
    checks_run(&c.request, c.findings);
    assert_null(find(&c, "engine=auto: it will be fuse, since some reason", FINDING_NOTE)->remedy);
    find(&c, "/dev/fuse can be opened", FINDING_OK);
    case_clear(&c);

    case_init(&c, "map", "0:100000:65536");
    c.request.engine = ENGINE_KERNEL;
    c.request.kernel_refusal = "some reason\n  some remedy";
    checks_run(&c.request, c.findings);
    assert_string_equal(find(&c, "engine=kernel: some reason", FINDING_PROBLEM)->remedy,
                        "some remedy");
    case_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_is_well),   cmocka_unit_test(test_host),
        cmocka_unit_test(test_kernel),        cmocka_unit_test(test_own_config),
        cmocka_unit_test(test_allow_other),   cmocka_unit_test(test_namespace),
        cmocka_unit_test(test_subids),        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_many_overlaps), cmocka_unit_test(test_both_files),
        cmocka_unit_test(test_engine),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
