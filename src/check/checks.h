/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything on the way from a map to a mount that works, one thing after the other. */
#pragma once

#include "check/findings.h"
#include "core/map_request.h"
#include "kernel-mount/engine.h"

#include <sys/types.h>

/* What is to be checked. */
typedef struct {
    const char *root; /* comes before /proc, /sys, /etc, /dev and /boot; "" but in tests */
    const MapRequest *request;
    const MapPaths *paths;
    const OwnerMap *owners;    /* NULL: the map is wrong */
    const char *map_error;     /* why; its second line says what to do */
    const GPtrArray *warnings; /* of the map, in the same form */
    const char *lower;         /* NULL: not given */
    const char *mountpoint;    /* NULL: not given */
    GPtrArray *mount_options;  /* of strings */
    Engine engine;
    const char *kernel_refusal; /* why the kernel cannot mount by itself; NULL: it can */
    bool no_passthrough;
    bool kernel_cache;
    bool noatime;
    uid_t uid; /* effective, of who is to mount */
    /* The IDs of the user namespace where that is, as own_ids_read() reads them. */
    const IdMap *own_ids[ID_KIND_COUNT];
    const char *kernel_release; /* as of uname(2) */
    /* Called now and then in a long walk; NULL: never. */
    void (*progress)(void *data, uint64_t seen);
    void *progress_data;
} CheckRequest;

typedef void CheckFunction(const CheckRequest *request, Findings *findings);

/* Runs all of them. What cannot be checked for want of a map, LOWER or MOUNTPOINT is left out. */
void checks_run(const CheckRequest *request, Findings *findings);

/* The checks, one file each; each adds at least one finding when it has something to look at. */
CheckFunction check_map;        /* the map itself, and where it comes from */
CheckFunction check_subids;     /* the files of subordinate IDs */
CheckFunction check_userns;     /* whether there can be user namespaces */
CheckFunction check_engine;     /* whether the kernel can mount by itself */
CheckFunction check_lower;      /* the lower file systems */
CheckFunction check_owners;     /* the owners in the lower tree */
CheckFunction check_mountpoint; /* the way to the mount point */
CheckFunction check_fuse;       /* the means to mount */
CheckFunction check_kernel;     /* what makes it fast */

/* For the checks. */

/* The path of a file of the host, ROOT and all. The caller frees with g_free(). */
char *check_path(const CheckRequest *request, const char *path);

/* The number in a file of the host such as of /proc/sys; -1: it is not there, or no number. */
int64_t check_number(const CheckRequest *request, const char *path);

/* Whether the kernel would mount by itself, so that there is no daemon. */
bool check_is_for_kernel(const CheckRequest *request);

/* Whether the option is among those for the mount. */
bool check_has_option(const CheckRequest *request, const char *option);

/* Whether the caller is in the initial user namespace, or in one that has as many IDs. */
bool check_has_all_ids(const CheckRequest *request);

/* Whether the caller's mounts go through fusermount3, and are for the caller alone unless allowed
 * otherwise. */
bool check_is_ordinary_user(const CheckRequest *request);
