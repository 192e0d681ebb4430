/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where messages go: to standard error, and to syslog(3) once the daemon is on its own. */
#pragma once

/* Also receives libfuse's messages from now on. */
void log_init(void);

/* Connects to syslog, facility daemon, while that can be found. */
void log_open_syslog(void);

/* From now on to syslog. */
void log_to_syslog(void);

/* PRIORITY as in syslog(3); FORMAT without prefix and newline. */
void log_message(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Points to --check, after the message about a failure that it knows more of. */
void log_hint_check(void);
