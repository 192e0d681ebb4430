/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel has that makes a mount fast. */
#include "check/checks.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

/* Of a kernel's configuration, unpacked: a few hundred thousand bytes. */
#define CONFIG_MAX ((gsize)4 * 1024 * 1024)

typedef enum {
    CONFIG_UNKNOWN,
    CONFIG_YES,
    CONFIG_NO,
} ConfigAnswer;

static bool is_at_least(const char *release, int major, int minor)
{
    int have_major = 0;
    int have_minor = 0;
    return sscanf(release, "%d.%d", &have_major, &have_minor) == 2 &&
           (have_major > major || (have_major == major && have_minor >= minor));
}

/* The kernel's own copy of its configuration; NULL: it keeps none. */
static char *read_own_config(const CheckRequest *request)
{
    g_autofree char *path = check_path(request, "/proc/config.gz");
    g_autofree char *packed = NULL;
    gsize length, used, unpacked;
    if (!g_file_get_contents(path, &packed, &length, NULL))
        return NULL;
    g_autoptr(GZlibDecompressor) unzip = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autofree char *text = g_malloc(CONFIG_MAX + 1);
    if (g_converter_convert(G_CONVERTER(unzip), packed, length, text, CONFIG_MAX,
                            G_CONVERTER_INPUT_AT_END, &used, &unpacked,
                            NULL) != G_CONVERTER_FINISHED)
        return NULL;
    text[unpacked] = '\0';
    return g_steal_pointer(&text);
}

/* Whether the kernel was built with OPTION, as far as it or its distribution tells. */
static ConfigAnswer ask_config(const CheckRequest *request, const char *option)
{
    const char *release = request->kernel_release;
    g_autofree char *set = g_strconcat("\n", option, "=y\n", NULL);
    g_autofree char *debian = g_strconcat(request->root, "/boot/config-", release, NULL);
    g_autofree char *fedora = g_strconcat(request->root, "/lib/modules/", release, "/config", NULL);
    g_autofree char *text = read_own_config(request);
    if (text == NULL && !g_file_get_contents(debian, &text, NULL, NULL) &&
        !g_file_get_contents(fedora, &text, NULL, NULL))
        return CONFIG_UNKNOWN;
    return strstr(text, set) != NULL ? CONFIG_YES : CONFIG_NO;
}

/* NULL: it can be used as far as is known. */
static const char *find_refusal(const CheckRequest *request, ConfigAnswer config)
{
    if (request->no_passthrough)
        return "it is turned off by no_passthrough";
    if (request->kernel_cache)
        return "it is turned off by kernel_cache";
    if (request->noatime)
        return "it is left out with noatime";
    if (!is_at_least(request->kernel_release, 6, 9))
        return "it takes Linux 6.9 or later";
    if (config == CONFIG_NO)
        return "it takes a kernel with CONFIG_FUSE_PASSTHROUGH=y";
    if (request->uid != 0 || !check_has_all_ids(request))
        return "it takes a mount by root in the initial user namespace";
    return NULL;
}

static void check_passthrough(const CheckRequest *request, Findings *findings)
{
    ConfigAnswer config = ask_config(request, "CONFIG_FUSE_PASSTHROUGH");
    const char *refusal = find_refusal(request, config);
    if (refusal == NULL)
        findings_add(findings, FINDING_OK,
                     "passthrough: Linux %s reads and writes lower files itself%s",
                     request->kernel_release,
                     config == CONFIG_YES ? "" : ", unless built without CONFIG_FUSE_PASSTHROUGH");
    else
        findings_add(findings, FINDING_NOTE,
                     "no passthrough: %s; reads and writes go through the daemon, and shared "
                     "mappings are not shared with the lower directory",
                     refusal);
}

/* With it, requests are served on the processor of who asks (src/transport). */
static void check_io_uring(const CheckRequest *request, Findings *findings)
{
    g_autofree char *module = check_path(request, "/sys/module/fuse");
    g_autofree char *path = check_path(request, "/sys/module/fuse/parameters/enable_uring");
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        if (g_file_test(module, G_FILE_TEST_IS_DIR))
            findings_add(findings, FINDING_NOTE,
                         "no io_uring: it takes Linux 6.14 or later, with CONFIG_FUSE_IO_URING=y");
        return;
    }
    if (*text == 'Y') {
        findings_add(findings, FINDING_OK, "io_uring: the kernel allows it for FUSE");
        return;
    }
    Finding *finding = findings_add(
        findings, FINDING_NOTE, "no io_uring: the kernel has it for FUSE, but it is turned off");
    finding_remedy(finding, "turn it on before mounting; fuse.enable_uring=1 on the kernel's "
                            "command line makes that last");
    finding_input(finding, "echo Y > /sys/module/fuse/parameters/enable_uring");
}

void check_kernel(const CheckRequest *request, Findings *findings)
{
    if (check_is_for_kernel(request))
        return;
    check_passthrough(request, findings);
    check_io_uring(request, findings);
}
