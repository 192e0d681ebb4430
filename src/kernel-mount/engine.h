/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who makes the mount: our own file system, or the kernel with an idmapped mount. */
#pragma once

typedef enum {
    ENGINE_FUSE,
    ENGINE_KERNEL,
    ENGINE_AUTO, /* the kernel where it can do all that is asked, else FUSE */
} Engine;
