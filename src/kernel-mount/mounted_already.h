/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a mount by the kernel is there already. */
#pragma once

#include "kernel-mount/kernel_mount.h"

/* Whether the mount at MOUNTPOINT is what REQUEST would make of LOWER: of the same directory, by
 * the same map, with the flags that are asked for. mount -a would make it a second time, since what
 * it compares is the source. False, too, where the kernel does not tell the map (before
 * Linux 6.15). */
bool mounted_already(const KernelMountRequest *request, const char *lower, const char *mountpoint);
