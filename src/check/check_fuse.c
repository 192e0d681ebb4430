/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The means to mount: the device, the program that does it for users, and what that allows. */
#include "base/cleanup.h"
#include "check/checks.h"
#include "core/account.h"
#include "core/printable.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static void check_device(const CheckRequest *request, Findings *findings)
{
    g_autofree char *path = check_path(request, "/dev/fuse");
    int fd AUTO_CLOSE = open(path, O_RDWR | O_CLOEXEC);
    if (fd >= 0)
        return;
    int error = errno;
    Finding *finding =
        findings_add(findings, FINDING_PROBLEM, "cannot open /dev/fuse: %s", g_strerror(error));
    switch (error) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        finding_remedy(finding, "load the module; in a container, give it the device "
                                "(--device /dev/fuse)");
        finding_input(finding, "modprobe fuse");
        break;
    case EACCES:
        finding_remedy(finding, "let all open it, as is usual");
        finding_input(finding, "chmod 666 /dev/fuse");
        break;
    default:
        finding_remedy(finding, "in a container, give it the device (--device /dev/fuse)");
    }
}

/* Whether fuse.conf has this word in a line of its own. */
static bool config_has(const CheckRequest *request, const char *word)
{
    g_autofree char *path = check_path(request, "/etc/fuse.conf");
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (strcmp(g_strstrip(*line), word) == 0)
            return true;
    return false;
}

static void check_allow_other(const CheckRequest *request, Findings *findings)
{
    static const char line[] = "user_allow_other";
    bool allowed = config_has(request, line);
    bool asked = check_has_option(request, "allow_other");
    if (asked && allowed)
        return;
    Finding *finding =
        asked ? findings_add(findings, FINDING_PROBLEM,
                             "/etc/fuse.conf does not let users mount with allow_other")
              : findings_add(findings, FINDING_WARNING,
                             "without allow_other, only uid %" G_GUINT32_FORMAT
                             " can use the mount: no other shown ID can",
                             (uint32_t)request->uid);
    if (allowed) {
        finding_remedy(finding, "add the option");
        finding_input(finding, "-o allow_other");
    } else {
        finding_remedy(finding, "have root add a line to /etc/fuse.conf%s, or mount as root",
                       asked ? "" : ", and add -o allow_other");
        finding_input(finding, "%s", line);
    }
}

/* It takes the name for the option user= (mount(8)). */
static void check_user_name(const CheckRequest *request, Findings *findings)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT32_FORMAT, (uint32_t)request->uid);
    g_autoptr(Account) account = account_find(ID_UID, number, NULL);

    if (account != NULL && account->name != NULL)
        return;
    finding_remedy(findings_add(findings, FINDING_PROBLEM,
                                "uid %s has no name, without which fusermount3 does not mount",
                                number),
                   "give it one in /etc/passwd, or mount as root");
}

static void check_fusermount(const CheckRequest *request, Findings *findings)
{
    struct stat attr;
    g_autofree char *path = g_find_program_in_path("fusermount3");
    if (path == NULL) {
        Finding *finding =
            findings_add(findings, FINDING_PROBLEM,
                         "there is no fusermount3, which mounts for users other than root");
        finding_remedy(finding, "install what has it, on Debian fuse3");
        finding_input(finding, "apt-get install fuse3");
    } else if (stat(path, &attr) == 0 && (attr.st_uid != 0 || (attr.st_mode & S_ISUID) == 0)) {
        g_autofree char *shown = printable(path);
        Finding *finding =
            findings_add(findings, FINDING_PROBLEM,
                         "%s is not setuid root, so it cannot mount for other users", shown);
        finding_remedy(finding, "make it so, or mount as root");
        finding_input(finding, "chmod u+s %s", shown);
    } else {
        check_user_name(request, findings);
    }
}

static void check_powers(const CheckRequest *request, Findings *findings)
{
    finding_remedy(findings_add(findings, FINDING_WARNING,
                                "without privileges, files can be created and chowned as uid "
                                "%" G_GUINT32_FORMAT " only",
                                (uint32_t)request->uid),
                   "mount as root, or in 'podman unshare', where there are more IDs");
}

void check_fuse(const CheckRequest *request, Findings *findings)
{
    size_t before = findings->items->len;
    if (check_is_for_kernel(request))
        return;
    check_device(request, findings);
    if (check_is_ordinary_user(request)) {
        check_fusermount(request, findings);
        check_allow_other(request, findings);
        check_powers(request, findings);
    }
    if (findings->items->len == before)
        findings_add(findings, FINDING_OK, "/dev/fuse can be opened");
}
