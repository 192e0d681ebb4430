/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who mounts, who reads the requests, and who says that it works. */
#include "daemon/session.h"

#include "base/cleanup.h"
#include "base/notify.h"
#include "core/map_table.h"
#include "core/mount_list.h"
#include "core/own_ids.h"
#include "daemon/guard.h"
#include "daemon/log.h"
#include "daemon/manager.h"
#include "daemon/mount_probe.h"
#include "daemon/named_dir.h"
#include "daemon/outside.h"
#include "daemon/own_limits.h"
#include "daemon/ready.h"
#include "daemon/reload.h"
#include "daemon/requests.h"
#include "daemon/sandbox.h"
#include "daemon/xattr_process.h"
#include "fs/cred.h"

#include <errno.h>
#include <json-glib/json-glib.h>
#include <limits.h>
#include <linux/magic.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <syslog.h>

typedef struct {
    const Options *options;
    LiveMap map;
    IdMap *own_ids[ID_KIND_COUNT]; /* own_ids.h */
    char lower[PATH_MAX];          /* without symbolic links: our working directory changes */
    char mountpoint[PATH_MAX];
    char *engine_json; /* NULL: engine=fuse was asked for */
    Filesystem fs;
    Outside outside;
    Reload reload;
    struct fuse_session *fuse;
    Guard guard;          /* for what tells the kernel of changes */
    pid_t probe;          /* mount_probe.h */
    bool in_service;      /* in the foreground, of a service manager */
    int lower_fd;         /* O_PATH, for the sandbox; -1: there is none, or it was entered */
    _Atomic int ready_fd; /* -1: nobody waits (any more) */
} Session;

static void report(Session *session, ExitStatus status)
{
    int fd = atomic_exchange(&session->ready_fd, -1);

    if (fd >= 0)
        ready_report(fd, status);
}

static bool read_own_ids(Session *session)
{
    g_autoptr(GError) error = NULL;

    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++) {
        if (!own_ids_read(kind, &session->own_ids[kind], &error)) {
            log_message(LOG_ERR, "%s", error->message);
            return false;
        }
    }
    return true;
}

/* Takes over OWNERS, also on failure. */
static bool make_map(Session *session, OwnerMap *owners)
{
    char *json = map_table_json(owners, NULL, NULL);

    if (!read_own_ids(session)) {
        owner_map_free(owners);
        g_free(json);
        return false;
    }
    if (live_map_init(&session->map, owners, json, session->own_ids) == 0)
        return true;
    log_message(LOG_ERR, "%s", strerror(ENOMEM));
    return false;
}

static ExitStatus start_filesystem(Session *session)
{
    const FilesystemLimits limits = own_limits_raise_descriptors();
    bool privileged;
    int lower_fd AUTO_CLOSE = named_dir_open(session->options->lower, session->lower);
    if (lower_fd < 0)
        return STATUS_MOUNT;
    int covered_fd AUTO_CLOSE = named_dir_open(session->options->mountpoint, session->mountpoint);
    if (covered_fd < 0)
        return STATUS_MOUNT;
    own_limits_lift_file_size();
    sandbox_prepare();
    ErrInt r = cred_init_process(&privileged);
    if (r == 0)
        r = outside_start(&session->outside, &session->options->maps, lower_fd,
                          sandbox_obstacle(!session->options->no_sandbox) == NULL);
    if (r == 0 && (session->lower_fd = fcntl(lower_fd, F_DUPFD_CLOEXEC, 0)) < 0)
        r = -errno;
    if (r == 0)
        r = filesystem_init(&session->fs, &session->options->filesystem, &session->map,
                            steal_fd(&lower_fd), steal_fd(&covered_fd), &limits);
    if (r < 0) {
        log_message(LOG_ERR, "%s: %s", session->lower, strerror(-r));
        return STATUS_SYSTEM;
    }
    session->fs.engine_json = session->engine_json;
    if (!privileged) {
        session->fs.agreement.refusal[AGREED_ALL_OWNERS] =
            "without privileges, only those of who mounted";
        log_message(LOG_WARNING,
                    "without privileges: files can be created and chowned as uid %u only",
                    (unsigned)geteuid());
    }
    return STATUS_SUCCESS;
}

/* default_permissions, so that the kernel decides on shown owners, and allow_other for root. */
static bool add_fuse_options(const Session *session, struct fuse_args *args)
{
    const GPtrArray *given = session->options->mount_options;
    g_autofree char *fsname = g_strconcat("fsname=", session->lower, NULL);
    char *list = NULL;
    bool added = fuse_opt_add_opt(&list, "default_permissions,subtype=remapfs") == 0 &&
                 fuse_opt_add_opt_escaped(&list, fsname) == 0;

    if (geteuid() == 0)
        added = added && fuse_opt_add_opt(&list, "allow_other") == 0;
    if (session->options->debug)
        added = added && fuse_opt_add_opt(&list, "debug") == 0;
    for (guint i = 0; added && i < given->len; i++)
        added = fuse_opt_add_opt_escaped(&list, given->pdata[i]) == 0;
    added = added && fuse_opt_add_arg(args, "remapfs") == 0 && fuse_opt_add_arg(args, "-o") == 0 &&
            fuse_opt_add_arg(args, list) == 0;
    free(list);
    return added;
}

static struct fuse_session *new_fuse_session(Session *session)
{
    struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
    struct fuse_session *fuse = NULL;

    if (add_fuse_options(session, &args))
        fuse = fuse_session_new(&args, &filesystem_ops, sizeof(filesystem_ops), &session->fs);
    fuse_opt_free_args(&args);
    return fuse;
}

static void tell_that_it_works(Session *session)
{
    if (session->in_service) {
        manager_tell("READY=1");
        return;
    }
    log_to_syslog();
    report(session, STATUS_SUCCESS);
}

/* Returns NULL unless the mount does not work. */
static void *confirm_mount(void *data)
{
    Session *session = data;
    int r = mount_probe_end(session->probe);
    /* When a signal or an unmount came before the answer, that is no fault. */
    bool is_fault = r < 0 && !fuse_session_exited(session->fuse);

    if (r == 0) {
        tell_that_it_works(session);
        return NULL;
    }
    if (is_fault)
        log_message(LOG_ERR, "%s: %s", session->mountpoint, strerror(-r));
    report(session, STATUS_MOUNT);
    fuse_session_exit(session->fuse);
    return is_fault ? session : NULL;
}

/* Attributes that take CAP_SYS_ADMIN: where we do not keep it (sandbox_caps.c), by a process that
 * has it. */
static void provide_xattrs(Filesystem *fs, bool confined)
{
    const char *refusal = fs->is_host_root ? NULL : "only root of the host has them";
    ErrInt r = 0;

    if (confined && geteuid() == 0 && filesystem_passthrough_obstacle(fs) != NULL)
        r = xattr_process_start(&fs->xattrs, fs->proc_fd);
    if (r < 0) {
        refusal = strerrordesc_np(-r);
        log_message(LOG_NOTICE, "%s: not in use: %s", agreed_name(AGREED_TRUSTED_XATTRS), refusal);
    }
    fs->agreement.refusal[AGREED_TRUSTED_XATTRS] = refusal;
}

/* From here on there is no way back to the host, but for the process outside. */
static int enter_sandbox(Session *session)
{
    const char *obstacle = sandbox_obstacle(!session->options->no_sandbox);
    int lower_fd AUTO_CLOSE = steal_fd(&session->lower_fd);
    int r;

    provide_xattrs(&session->fs, obstacle == NULL);
    if (obstacle != NULL) {
        sandbox_leave_out(&session->fs, obstacle);
        return 0;
    }
    r = outside_know_mount(&session->outside, session->mountpoint);
    if (r < 0)
        return r;
    session->fs.errands.fd = session->outside.errands;
    if (!mount_path_is_below(session->mountpoint, session->lower))
        filesystem_drop_covered(&session->fs);
    sandbox_enter(&session->fs, lower_fd);
    return 0;
}

/* As fuse_session_unmount(), with help from outside: not what was unmounted already, as there may
 * be another mount by now; and first the connection ends, as others may wait for answers. False: it
 * stays, and nobody answers there. */
static bool unmount(Session *session)
{
    const Errand errand = {.kind = ERRAND_UNMOUNT};
    struct pollfd device = {.fd = fuse_session_fd(session->fuse)};

    if (session->fs.errands.fd < 0) {
        fuse_session_unmount(session->fuse);
        return true;
    }
    if (poll(&device, 1, 0) == 1 && (device.revents & POLLERR) != 0)
        return true;
    dup3(session->fs.proc_fd, device.fd, O_CLOEXEC);
    if (errand_run(&session->fs.errands, &errand) != 0)
        return true;
    log_message(LOG_ERR, "%s: cannot unmount, since remapfs-outside was killed; call umount(8)",
                session->mountpoint);
    return false;
}

/* Serves until unmounted, or until a signal ends it (a positive result). */
static ExitStatus serve(Session *session)
{
    pthread_t confirmer;
    void *fault = NULL;
    session->reload = (Reload){
        .fs = &session->fs, .outside = &session->outside, .in_service = session->in_service};
    int r = filesystem_know_mount(&session->fs, session->fuse, session->mountpoint);

    if (r == 0 && session->options->filesystem.coherence == COHERENCE_WATCH)
        filesystem_open_watch(&session->fs,
                              guard_start(&session->guard, session->fs.own_device) == 0);
    /* Asked only for somebody who waits for the answer, and before there are other threads. */
    bool asks = session->ready_fd >= 0 || session->in_service;
    if (r == 0 && asks && (session->probe = mount_probe_start(session->mountpoint)) < 0)
        r = -errno;
    if (r == 0) {
        requests_prepare(session->fuse, session->options,
                         &session->fs.agreement.refusal[AGREED_IO_URING]);
        r = enter_sandbox(session);
    }
    if (r == 0 && asks)
        r = -pthread_create(&confirmer, NULL, confirm_mount, session);
    asks = asks && r == 0;
    if (r == 0)
        r = reload_start(&session->reload);
    if (r == 0) {
        r = requests_loop(session->fuse, session->options);
        reload_end(&session->reload);
    }
    if (session->in_service)
        manager_tell("STOPPING=1");
    filesystem_end_waits(&session->fs);
    requests_stop();
    bool is_unmounted = unmount(session);
    guard_abort(&session->guard);
    filesystem_end_watch(&session->fs);
    guard_end(&session->guard);
    if (asks)
        pthread_join(confirmer, &fault);
    if (fault != NULL)
        return STATUS_MOUNT;
    if (r >= 0)
        return is_unmounted ? STATUS_SUCCESS : STATUS_SYSTEM;
    log_message(LOG_ERR, "%s: %s", session->mountpoint, strerror(-r));
    return STATUS_SYSTEM;
}

/* libfuse has handlers before it knows whose (fuse_set_signal_handlers(), 3.18): a signal at that
 * moment would be lost. */
static int set_signal_handlers(Session *session)
{
    sigset_t all, before;
    int r;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    r = fuse_set_signal_handlers(session->fuse);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r;
}

static ExitStatus mount_and_serve(Session *session)
{
    ExitStatus status = STATUS_MOUNT;

    session->fuse = new_fuse_session(session);
    if (session->fuse == NULL)
        return STATUS_MOUNT;
    if (set_signal_handlers(session) == 0) {
        if (fuse_session_mount(session->fuse, session->mountpoint) == 0)
            status = serve(session);
        else
            log_hint_check();
        fuse_remove_signal_handlers(session->fuse);
    }
    fuse_session_destroy(session->fuse);
    requests_clear();
    return status;
}

/* As one JSON string; bytes that are not UTF-8 become U+FFFD. */
static char *quote_json(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), valid);

    return json_to_string(node, /* pretty = */ FALSE);
}

static ExitStatus run(Session *session)
{
    ExitStatus status = start_filesystem(session);

    if (status == STATUS_SUCCESS) {
        status = mount_and_serve(session);
        filesystem_clear(&session->fs);
    }
    outside_end(&session->outside);
    return status;
}

ExitStatus session_run(const Options *options, OwnerMap *owners, const char *engine_reason,
                       int ready_fd)
{
    Session session = {
        .options = options,
        .outside = OUTSIDE_INIT,
        .lower_fd = -1,
        .ready_fd = ready_fd,
        .guard.abort_fd = -1,
        .engine_json = engine_reason != NULL ? quote_json(engine_reason) : NULL,
        /* From the background it would be no word of the process that the manager started. */
        .in_service = options->foreground && notify_is_wanted(),
    };
    ExitStatus status = STATUS_SYSTEM;

    /* With more arenas, what one thread frees is not used again by the others: a third more memory
     * for the inodes, after the kernel has forgotten and looked up again. */
    mallopt(M_ARENA_MAX, 1);
    /* libfuse leaves a signal alone that has a disposition. */
    signal(SIGHUP, SIG_IGN);
    reload_block_signal();
    if (!options->foreground)
        log_open_syslog();
    if (session.in_service)
        notify_open();
    if (make_map(&session, owners)) {
        status = run(&session);
        live_map_clear(&session.map);
    }
    g_free(session.engine_json);
    for (IdKind kind = 0; kind < ID_KIND_COUNT; kind++)
        idmap_free(session.own_ids[kind]);
    report(&session, status);
    return status;
}
