/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading, replacing, and making the kernel forget what it has learned through the old map. */
#include "daemon/reload.h"

#include "base/notify.h"
#include "base/thread.h"
#include "core/map_table.h"
#include "daemon/log.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>

/* The kernel forgets at once. But a process that waits for the answer to a request may take it in
 * later than we write it, and the attributes of an inode that it had not heard of before with it:
 * so once more soon after the last answer that the old map was used for, and once much later. */
static const struct timespec again_after[] = {
    {.tv_nsec = 50 * 1000 * 1000},
    {.tv_sec = 1},
};

static sigset_t hangup(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    return set;
}

void reload_block_signal(void)
{
    const sigset_t set = hangup();

    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* LIMIT NULL: for ever. False: the time is up. */
static bool wait_for_signal(const struct timespec *limit)
{
    const sigset_t set = hangup();
    int r;

    do {
        r = limit != NULL ? sigtimedwait(&set, NULL, limit) : sigwaitinfo(&set, NULL);
    } while (r < 0 && errno == EINTR);
    return r >= 0;
}

static void tell_manager(const Reload *reload, bool begins)
{
    struct timespec now;

    if (!reload->in_service)
        return;
    if (begins) {
        char text[80];
        clock_gettime(CLOCK_MONOTONIC, &now);
        g_snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
                   (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000);
        notify_send(text);
    } else {
        notify_send("READY=1");
    }
}

/* As a JSON string. */
static char *quote(const char *message)
{
    g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), message);

    return json_to_string(node, FALSE);
}

static bool replace_map(Reload *reload, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    OwnerMap *owners = outside_read_map(reload->outside, warnings, error);
    char *json;

    for (guint i = 0; i < warnings->len; i++)
        log_message(LOG_WARNING, "warning: %s", (const char *)warnings->pdata[i]);
    if (owners == NULL)
        return false;
    json = map_table_json(owners, NULL, NULL);
    if (live_map_set(reload->fs->map, owners, json) == 0)
        return true;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM, g_strerror(ENOMEM));
    return false;
}

/* Whether there is a new map. */
static bool read_again(Reload *reload)
{
    g_autoptr(GError) error = NULL;

    if (replace_map(reload, &error)) {
        filesystem_distrust_owners(reload->fs);
        live_map_sweep(reload->fs->map);
        live_map_tell(reload->fs->map, NULL);
        log_message(LOG_NOTICE, "the map was read again and is in force");
        return true;
    }
    live_map_tell(reload->fs->map, quote(error->message));
    log_message(LOG_ERR, "the old map stays in force: %s", error->message);
    return false;
}

static void *run(void *data)
{
    Reload *reload = data;
    size_t times = G_N_ELEMENTS(again_after);

    for (;;) {
        bool settled = times == G_N_ELEMENTS(again_after);
        bool signalled = wait_for_signal(settled ? NULL : &again_after[times]);
        if (reload->ended)
            return NULL;
        if (signalled) {
            tell_manager(reload, /* begins = */ true);
            if (read_again(reload))
                times = 0;
            tell_manager(reload, /* begins = */ false);
        } else if (!live_map_sweep(reload->fs->map)) {
            filesystem_distrust_owners(reload->fs);
            times++;
        }
    }
}

int reload_start(Reload *reload)
{
    reload->ended = false;
    return thread_start(&reload->thread, run, reload);
}

void reload_end(Reload *reload)
{
    reload->ended = true;
    shutdown(reload->outside->maps, SHUT_RDWR);
    pthread_kill(reload->thread, SIGHUP);
    pthread_join(reload->thread, NULL);
}
