/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one place that says which libfuse interface we are written for. */
#pragma once

#define FUSE_USE_VERSION FUSE_MAKE_VERSION(3, 17)

#include <fuse_lowlevel.h>
