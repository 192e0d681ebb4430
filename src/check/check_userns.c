/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether containers can have user namespaces, see user_namespaces(7). */
#include "check/checks.h"

/* Each keeps somebody from making one, when it has the value FORBIDS. */
static const struct {
    const char *file;
    int64_t forbids;
    const char *who;
    const char *input;
} switches[] = {
    {"/proc/sys/user/max_user_namespaces",                     0, "nobody can make user namespaces",
     "sysctl user.max_user_namespaces=15000"                                                                                                                },
    {"/proc/sys/kernel/unprivileged_userns_clone",             0,
     "only root can make user namespaces, so rootless containers do not work",                       "sysctl kernel.unprivileged_userns_clone=1"            },
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1,
     "only root and programs that AppArmor knows can use user namespaces, so rootless containers "
     "may "
     "not work",                                                                                     "sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
};

void check_userns(const CheckRequest *request, Findings *findings)
{
    size_t before = findings->items->len;
    g_autofree char *ours = check_path(request, "/proc/self/ns/user");

    if (!g_file_test(ours, G_FILE_TEST_EXISTS))
        finding_remedy(
            findings_add(findings, FINDING_WARNING,
                         "the kernel has no user namespaces, so containers have no maps"),
            "use a kernel with CONFIG_USER_NS");
    for (size_t i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (check_number(request, switches[i].file) != switches[i].forbids)
            continue;
        Finding *finding = findings_add(findings, FINDING_WARNING, "%s (%s is %d)", switches[i].who,
                                        switches[i].file, (int)switches[i].forbids);
        finding_remedy(finding, "allow it; a file in /etc/sysctl.d makes that last");
        finding_input(finding, "%s", switches[i].input);
    }
    if (findings->items->len == before)
        findings_add(findings, FINDING_OK, "containers can have user namespaces");
}
