/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages to standard error, from any thread. */
#pragma once

/* FORMAT without prefix and newline. */
void log_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
