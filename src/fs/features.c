/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From configure's findings to names that people know. */
#include "fs/features.h"

#include "fs/fuse_api.h"

static const Feature table[] = {
#ifdef HAVE_STRUCT_FUSE_LOWLEVEL_OPS_STATX
    {"statx",       true},
#else
    {"statx", false},
#endif
#ifdef HAVE_STRUCT_FUSE_LOWLEVEL_OPS_SYNCFS
    {"syncfs",      true},
#else
    {"syncfs", false},
#endif
#ifdef FUSE_CAP_ALLOW_IDMAP
    {"allow_idmap", true},
#else
    {"allow_idmap", false},
#endif
};

const Feature *features(size_t *ret_n)
{
    *ret_n = sizeof(table) / sizeof(table[0]);
    return table;
}
