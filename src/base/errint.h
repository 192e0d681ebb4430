/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How functions on the request path fail: by value, never through errno. */
#pragma once

/* 0, or a negative errno value. Nothing is written to ret_* arguments on failure. */
typedef int ErrInt;
