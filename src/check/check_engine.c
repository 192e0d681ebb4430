/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is to mount, and whether the kernel can. */
#include "check/checks.h"

#include <string.h>

/* The second line of the refusal, what to do. */
static void add_remedy(Finding *finding, const char *refusal)
{
    const char *line = strchr(refusal, '\n');

    if (line != NULL)
        finding_remedy(finding, "%s", line + strspn(line, "\n "));
}

static void check_host_root(const CheckRequest *request, Findings *findings)
{
    ShownId shown;
    LowerId lower;
    const IdMap *uids = request->owners->map[ID_UID];

    if (request->owners->adopt_host_root || !idmap_to_shown(uids, lower_id(0), &shown) ||
        idmap_to_lower(uids, shown_id(0), &lower))
        return;
    Finding *finding =
        findings_add(findings, FINDING_NOTE,
                     "root of the host, and so a container engine that fills an empty volume, can "
                     "create nothing on the mount (hostroot=deny)");
    finding_remedy(finding, "if it is to, use FUSE");
    finding_input(finding, "-o engine=fuse,hostroot=adopt");
}

void check_engine(const CheckRequest *request, Findings *findings)
{
    const char *refusal = request->kernel_refusal;

    if (request->engine == ENGINE_FUSE || request->owners == NULL)
        return;
    if (refusal == NULL) {
        findings_add(findings, FINDING_OK, "engine=%s: the kernel can mount this by itself%s",
                     request->engine == ENGINE_AUTO ? "auto" : "kernel",
                     request->lower == NULL ? ", as far as can be said without LOWER" : "");
    } else {
        int reason = (int)strcspn(refusal, "\n");
        Finding *finding =
            request->engine == ENGINE_AUTO
                ? findings_add(findings, FINDING_NOTE, "engine=auto: it will be fuse, since %.*s",
                               reason, refusal)
                : findings_add(findings, FINDING_PROBLEM, "engine=kernel: %.*s", reason, refusal);
        if (request->engine == ENGINE_KERNEL)
            add_remedy(finding, refusal);
    }
    check_host_root(request, findings);
}
