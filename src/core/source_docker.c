/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source docker, the map of this host's Docker daemon. */
#include "core/account.h"
#include "core/docker_config.h"
#include "core/map_error.h"
#include "core/map_source.h"
#include "core/printable.h"
#include "core/source_subid.h"
#include "core/text_file.h"

#include <string.h>

/* The user that Docker makes for "default". */
#define DOCKER_DEFAULT_USER "dockremap"

static char *read_remap(const char *file, GError **error)
{
    if (!g_file_test(file, G_FILE_TEST_EXISTS)) {
        map_error_set(error,
                      "there is no %s: Docker does not remap users here\n"
                      "  if dockerd was started with --userns-remap=USER, use map=subid:USER",
                      file);
        return NULL;
    }
    size_t length;
    g_autofree char *text = text_file_read(file, file, DOCKER_CONFIG_MAX_BYTES, &length, error);
    return text == NULL ? NULL : docker_config_remap(file, text, length, error);
}

/* Docker looks in both files for the user; the group must exist and means nothing more (moby,
 * parseRemappedRoot() and LoadIdentityMapping()). */
static Account *find_user(char *const *fields, GError **error)
{
    const char *name = strcmp(fields[0], "default") == 0 ? DOCKER_DEFAULT_USER : fields[0];
    g_autoptr(Account) user = account_require(ID_UID, name, error);
    if (user == NULL)
        return NULL;
    if (user->id == 0) {
        map_error_set(error, "root: Docker does not remap root to itself");
        return NULL;
    }
    if (fields[1] != NULL) {
        g_autoptr(Account) group = account_require(ID_GID, fields[1], error);
        if (group == NULL)
            return NULL;
    }
    return g_steal_pointer(&user);
}

bool source_docker_read(const MapSource *source, const char *text, GError **error)
{
    (void)text;
    g_autofree char *remap = read_remap(source->paths->docker_config, error);
    if (remap == NULL)
        return false;
    g_auto(GStrv) fields = g_strsplit(remap, ":", -1);
    g_autoptr(Account) user = NULL;
    if (!is_printable(remap))
        map_error_set(error, "a control character (shown as '?')");
    else if (g_strv_length(fields) > 2)
        map_error_set(error, "write USER or USER:GROUP");
    else
        user = find_user(fields, error);
    if (user == NULL) {
        g_autofree char *shown = printable(remap);
        g_prefix_error(error, "%s: \"userns-remap\": \"%s\": ", source->paths->docker_config,
                       shown);
        return false;
    }
    const SubidQuery query = {
        .files = {source->paths->subuid, source->paths->subgid},
        .user = user,
        .layout = MAP_LAYOUT_DOCKER,
    };
    return source_subid_query(source, &query, error);
}
