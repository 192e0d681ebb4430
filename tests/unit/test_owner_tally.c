/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lower IDs that a map does not cover, counted. */
#include "check/owner_tally.h"
#include "cmocka_all.h"
#include "resolve.h"

#include <linux/capability.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

static const char *const options[] = {"map=0:100000:10:20:200000:1", NULL};

/* "FIRST:COUNT:FILES:ACLS:CAPS:EXAMPLE ..." The caller frees. */
static char *runs_text(const OwnerTally *tally, IdKind kind)
{
    GArray *runs = owner_tally_runs(tally, kind);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < runs->len; i++) {
        const OwnerRun *run = &g_array_index(runs, OwnerRun, i);
        assert_int_equal(run->kind, kind);
        g_string_append_printf(text, "%s%u:%u:%u:%u:%u:%s", i > 0 ? " " : "", run->first,
                               run->count, (unsigned)run->uses[USE_OWNER],
                               (unsigned)run->uses[USE_ACL], (unsigned)run->uses[USE_CAPS],
                               run->example);
    }
    g_array_unref(runs);
    return g_string_free(text, FALSE);
}

static void assert_runs(const OwnerTally *tally, IdKind kind, const char *expected)
{
    char *text = runs_text(tally, kind);
    assert_string_equal(text, expected);
    g_free(text);
}

static void test_owners(void **state)
{
    (void)state;
    Resolved map = resolve(options, &no_paths, NULL);
    OwnerTally *tally = owner_tally_new(map.owners);
    static const uint32_t uids[] = {5, 11, 10, 4294967294, 20, 21, 10, ID_NONE, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(uids); i++) {
        char name[16];
        g_snprintf(name, sizeof(name), "f%u", (unsigned)i);
        owner_tally_add(tally, ID_UID, lower_id(uids[i]), USE_OWNER, "/d", name);
    }
    owner_tally_add(tally, ID_GID, lower_id(10), USE_OWNER, "/d", ".");
    assert_runs(tally, ID_UID, "10:2:3:0:0:/d/f2 21:1:1:0:0:/d/f5 4294967294:1:1:0:0:/d/f3");
    assert_runs(tally, ID_GID, "10:1:1:0:0:/d");
    owner_tally_free(tally);
    resolved_clear(&map);
}

static void test_acl(void **state)
{
    (void)state;
    Resolved map = resolve(options, &no_paths, NULL);
    OwnerTally *tally = owner_tally_new(map.owners);
    struct {
        struct posix_acl_xattr_header header;
        struct posix_acl_xattr_entry entries[6];
    } acl = {
        {GUINT32_TO_LE(POSIX_ACL_XATTR_VERSION)               },
        { {GUINT16_TO_LE(ACL_USER_OBJ), 0, GUINT32_TO_LE(ID_NONE)},
         {GUINT16_TO_LE(ACL_USER), 0, GUINT32_TO_LE(5)},
         {GUINT16_TO_LE(ACL_USER), 0, GUINT32_TO_LE(50)},
         {GUINT16_TO_LE(ACL_GROUP), 0, GUINT32_TO_LE(60)},
         {GUINT16_TO_LE(ACL_MASK), 0, GUINT32_TO_LE(ID_NONE)},
         {GUINT16_TO_LE(ACL_OTHER), 0, GUINT32_TO_LE(ID_NONE)}},
    };
    owner_tally_add_acl(tally, &acl, sizeof(acl), "/d", "f");
    assert_runs(tally, ID_UID, "50:1:0:1:0:/d/f");
    assert_runs(tally, ID_GID, "60:1:0:1:0:/d/f");
    /* No ACL that we know. */
    acl.header.a_version = GUINT32_TO_LE(3);
    owner_tally_add_acl(tally, &acl, sizeof(acl), "/d", "f");
    owner_tally_add_acl(tally, &acl, 3, "/d", "f");
    owner_tally_add_acl(tally, &acl, 0, "/d", "f");
    assert_runs(tally, ID_UID, "50:1:0:1:0:/d/f");
    owner_tally_free(tally);
    resolved_clear(&map);
}

static void test_caps(void **state)
{
    (void)state;
    static const char *const no_root[] = {"map=1:100000:10", NULL};
    Resolved map = resolve(no_root, &no_paths, NULL);
    OwnerTally *tally = owner_tally_new(map.owners);
    struct vfs_ns_cap_data data = {.magic_etc = GUINT32_TO_LE(VFS_CAP_REVISION_3),
                                   .rootid = GUINT32_TO_LE(70)};
    owner_tally_add_caps(tally, &data, XATTR_CAPS_SZ_3, "/d", "three");
    owner_tally_add_caps(tally, &data, XATTR_CAPS_SZ_2, "/d", "short");
    owner_tally_add_caps(tally, &data, 0, "/d", "empty");
    data.magic_etc = GUINT32_TO_LE(VFS_CAP_REVISION_2);
    owner_tally_add_caps(tally, &data, XATTR_CAPS_SZ_2, "/d", "two");
    assert_runs(tally, ID_UID, "0:1:0:0:1:/d/two 70:1:0:0:1:/d/three");
    owner_tally_free(tally);
    resolved_clear(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_acl),
        cmocka_unit_test(test_caps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
