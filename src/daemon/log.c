/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One prefix, one line each, one place that decides where to. */
#include "daemon/log.h"

#include "fs/fuse_api.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

static atomic_bool use_syslog;

static void write_message(int priority, const char *format, va_list args)
{
    char text[2048];
    size_t length;

    vsnprintf(text, sizeof(text), format, args);
    /* libfuse ends its messages with a newline, we do not. */
    length = strlen(text);
    if (length > 0 && text[length - 1] == '\n')
        text[length - 1] = '\0';
    if (atomic_load(&use_syslog))
        syslog(priority, "%s", text);
    else
        fprintf(stderr, "remapfs: %s\n", text);
}

/* libfuse's levels are those of syslog(3), <fuse_log.h>. */
static void write_fuse_message(enum fuse_log_level level, const char *format, va_list args)
{
    write_message((int)level, format, args);
}

void log_init(void)
{
    fuse_set_log_func(write_fuse_message);
}

void log_open_syslog(void)
{
    openlog("remapfs", LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void log_to_syslog(void)
{
    atomic_store(&use_syslog, true);
}

void log_message(int priority, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_message(priority, format, args);
    va_end(args);
}

void log_hint_check(void)
{
    log_message(LOG_ERR, "'remapfs --check' with the same options and directories says more");
}
