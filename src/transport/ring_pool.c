/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which thread serves which queue, and when there is one more. */
#include "transport/ring_pool.h"

#include "base/cleanup.h"
#include "transport/processors.h"
#include "transport/ring_late.h"
#include "transport/ring_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>

enum {
    SERVERS_MORE = 126, /* than queues; so many requests may be stuck below, and others go on */
    PAYLOAD_MIN = 8192, /* FUSE_MIN_READ_BUFFER */
};

/* INIT comes first, by the device. */
typedef enum {
    INIT_EXPECTED,
    INIT_OFFERS, /* the kernel would use rings */
    INIT_DONE,
} InitState;

typedef struct {
    Ring ring;
    RingPool *pool;
    uint16_t queue; /* and processor */
    bool is_first;  /* of its queue */
    pthread_t thread;
} Server;

struct RingPool {
    struct fuse_session *session;
    const char *_Atomic *refusal;
    _Atomic InitState init;
    size_t payload_size; /* known with INIT_DONE */
    int stop_fd;         /* eventfd(2) */
    unsigned n_queues;
    _Atomic unsigned *n_idle; /* servers of each queue */
    Server *servers;
    unsigned n_servers; /* that have a ring */
    RingLate late;
    _Atomic(RingEntry *) entries; /* never fewer */
    RingProbe probe;
    pthread_mutex_t mutex;
    pthread_cond_t go;
    unsigned n_started; /* the first ones of the servers */
    bool is_open;       /* the kernel takes entries */
    bool is_stopping;
};

static const char *kernel_refusal(void)
{
    int fd AUTO_CLOSE = open(RING_POOL_PARAMETER, O_RDONLY | O_CLOEXEC);
    char value = 'N';

    if (fd < 0)
        return "the kernel is too old for it";
    return read(fd, &value, 1) == 1 && value == 'Y' ? NULL : RING_POOL_OFF;
}

static RingEntry *add_entry(RingPool *pool, uint16_t queue)
{
    RingEntry *entry = ring_entry_new(queue, pool->payload_size);

    if (entry == NULL)
        return NULL;
    entry->next = atomic_load(&pool->entries);
    while (!atomic_compare_exchange_weak(&pool->entries, &entry->next, entry))
        continue;
    return entry;
}

static bool wait_until_open(RingPool *pool)
{
    LOCK_SCOPE(&pool->mutex);
    while (!pool->is_open && !pool->is_stopping)
        pthread_cond_wait(&pool->go, &pool->mutex);
    return !pool->is_stopping;
}

static ErrInt register_entry(Server *server)
{
    RingEntry *entry = add_entry(server->pool, server->queue);
    struct iovec parts[2];

    if (entry == NULL)
        return -ENOMEM;
    ring_register(&server->ring, entry, parts);
    ring_submit(&server->ring);
    return 0;
}

static ErrInt start_server(RingPool *pool, uint16_t queue);

/* Returns whether ENTRY is to be committed. */
static bool serve_entry(Server *server, RingEntry *entry)
{
    RingPool *pool = server->pool;
    bool is_answered;

    ring_probe_note(&pool->probe, ring_entry_file(entry));
    /* When there are no more rings, requests wait for those who are busy. */
    if (atomic_fetch_sub(&pool->n_idle[server->queue], 1) == 1)
        start_server(pool, server->queue);
    is_answered = ring_entry_serve(entry, pool->session);
    atomic_fetch_add(&pool->n_idle[server->queue], 1);
    return is_answered;
}

/* Until it is told to stop, or the connection has ended. */
static ErrInt serve(Server *server)
{
    RingEntry *entry;
    ErrInt r = ring_enable(&server->ring);

    ring_watch_event(&server->ring);
    if (r == 0)
        r = register_entry(server);
    /* The kernel sends nothing before each queue has its first entry. */
    if (r == 0 && !server->is_first)
        ring_probe_ask(&server->pool->probe);
    while (r == 0 && ring_next(&server->ring, &entry, &r) == RING_ENTRY) {
        if (serve_entry(server, entry)) {
            ring_commit(&server->ring, entry);
        } else {
            r = register_entry(server);
            ring_probe_ask(&server->pool->probe);
        }
    }
    return r;
}

static bool is_end_of_connection(ErrInt r)
{
    return r == -ENOTCONN || r == -ECONNABORTED || r == -ECANCELED;
}

static void *serve_queue(void *data)
{
    Server *server = data;
    ErrInt r;

    processors_stay_on(server->queue);
    if (!wait_until_open(server->pool))
        return NULL;
    r = serve(server);
    if (r < 0 && !is_end_of_connection(r)) {
        fuse_log(FUSE_LOG_ERR, "io_uring: %s", strerror(-r));
        *server->pool->refusal = strerrordesc_np(-r);
    }
    return NULL;
}

/* -EAGAIN: there are no more rings, or threads. */
static ErrInt start_server(RingPool *pool, uint16_t queue)
{
    Server *server;

    LOCK_SCOPE(&pool->mutex);
    if (pool->is_stopping || pool->n_started == pool->n_servers)
        return -EAGAIN;
    server = &pool->servers[pool->n_started];
    server->queue = queue;
    server->is_first = pool->n_started < pool->n_queues;
    if (pthread_create(&server->thread, NULL, serve_queue, server) != 0)
        return -EAGAIN;
    pool->n_started++;
    atomic_fetch_add(&pool->n_idle[queue], 1);
    return 0;
}

/* One for each queue, which the kernel waits for. */
static ErrInt start_servers(RingPool *pool)
{
    sigset_t all, before;
    ErrInt r;

    /* Signals are for others; threads that these start inherit that. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = ring_late_start(&pool->late);
    for (unsigned queue = 0; r == 0 && queue < pool->n_queues; queue++)
        r = start_server(pool, (uint16_t)queue);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r;
}

static void set_flag(RingPool *pool, bool *flag)
{
    LOCK_SCOPE(&pool->mutex);
    *flag = true;
    pthread_cond_broadcast(&pool->go);
}

static void stop_servers(RingPool *pool)
{
    set_flag(pool, &pool->is_stopping);
    eventfd_write(pool->stop_fd, 1);
    for (unsigned i = 0; i < pool->n_started; i++)
        pthread_join(pool->servers[i].thread, NULL);
    pool->n_started = 0;
    ring_late_stop(&pool->late);
}

static ErrInt make_rings(RingPool *pool, int device)
{
    const unsigned n = pool->n_queues + SERVERS_MORE;

    for (unsigned i = 0; i < n; i++) {
        ErrInt r = ring_init(&pool->servers[i].ring, 1, device, pool->stop_fd);
        if (r < 0)
            return r;
        pool->servers[i].pool = pool;
        pool->n_servers++;
    }
    return 0;
}

static ErrInt init(RingPool *pool)
{
    const int device = fuse_session_fd(pool->session);
    ErrInt r;

    pool->probe.device = device;
    pool->n_queues = processors_count();
    if (pool->n_queues == 0)
        return -ENOSYS;
    pool->servers = calloc(pool->n_queues + SERVERS_MORE, sizeof(*pool->servers));
    pool->n_idle = calloc(pool->n_queues, sizeof(*pool->n_idle));
    if (pool->servers == NULL || pool->n_idle == NULL)
        return -ENOMEM;
    r = ring_late_init(&pool->late, pool->session, device);
    if (r < 0)
        return r;
    r = make_rings(pool, device);
    if (r < 0)
        ring_late_clear(&pool->late);
    return r;
}

static void clear_rings(RingPool *pool)
{
    for (unsigned i = 0; i < pool->n_servers; i++)
        ring_clear(&pool->servers[i].ring);
    pool->n_servers = 0;
}

RingPool *ring_pool_new(struct fuse_session *session, const char *_Atomic *refusal)
{
    RingPool *pool;
    ErrInt r;

    *refusal = kernel_refusal();
    if (*refusal != NULL)
        return NULL;
    pool = calloc(1, sizeof(*pool));
    if (pool == NULL) {
        *refusal = strerrordesc_np(ENOMEM);
        return NULL;
    }
    pool->session = session;
    pool->refusal = refusal;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->go, NULL);
    pool->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    r = pool->stop_fd < 0 ? -errno : init(pool);
    *refusal = r < 0 ? strerrordesc_np(-r) : "nothing was agreed with the kernel yet";
    if (r == 0)
        return pool;
    clear_rings(pool);
    ring_pool_free(pool);
    return NULL;
}

void ring_pool_stop(RingPool *pool)
{
    stop_servers(pool);
    ring_late_clear(&pool->late);
    clear_rings(pool);
}

void ring_pool_free(RingPool *pool)
{
    for (RingEntry *entry = atomic_load(&pool->entries), *next; entry != NULL; entry = next) {
        next = entry->next;
        ring_entry_free(entry);
    }
    free(pool->servers);
    free(pool->n_idle);
    if (pool->stop_fd >= 0)
        close(pool->stop_fd);
    pthread_cond_destroy(&pool->go);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

void ring_pool_see_request(RingPool *pool, const void *request, size_t size)
{
    const struct fuse_in_header *in = request;
    const struct fuse_init_in *arguments = (const void *)(in + 1);

    if (pool->init != INIT_EXPECTED || size < sizeof(*in) + sizeof(*arguments) ||
        in->opcode != FUSE_INIT)
        return;
    if ((arguments->flags & FUSE_INIT_EXT) != 0 &&
        (arguments->flags2 & URING_ABI_OVER_IO_URING) != 0)
        pool->init = INIT_OFFERS;
}

static size_t payload_size_for(const struct fuse_init_out *results)
{
    const size_t pages = (size_t)results->max_pages * (size_t)sysconf(_SC_PAGESIZE);
    const size_t size = results->max_write > pages ? results->max_write : pages;

    return size > PAYLOAD_MIN ? size : PAYLOAD_MIN;
}

/* The answer to INIT says that there will be rings; then the kernel waits for them. */
static ssize_t agree(RingPool *pool, int device, const struct iovec parts[2])
{
    struct fuse_init_out results;
    struct iovec changed[2] = {
        parts[0], {&results, sizeof(results)}
    };
    ErrInt r;
    ssize_t n;

    memcpy(&results, parts[1].iov_base, sizeof(results));
    pool->init = INIT_DONE;
    pool->payload_size = payload_size_for(&results);
    r = start_servers(pool);
    if (r < 0) {
        *pool->refusal = strerrordesc_np(-r);
        stop_servers(pool);
        return writev(device, parts, 2);
    }
    results.flags2 |= URING_ABI_OVER_IO_URING;
    n = writev(device, changed, 2);
    *pool->refusal = NULL;
    set_flag(pool, &pool->is_open);
    return n;
}

static RingEntry *find_entry(RingPool *pool, uint64_t unique)
{
    RingEntry *entry = ring_entry_at_hand();

    if (entry != NULL && atomic_load(&entry->unique) == unique)
        return entry;
    entry = atomic_load(&pool->entries);
    while (entry != NULL && atomic_load(&entry->unique) != unique)
        entry = entry->next;
    return entry;
}

ssize_t ring_pool_write(RingPool *pool, int device, const struct iovec *parts, int n_parts)
{
    const struct fuse_out_header *out = parts[0].iov_base;
    RingEntry *entry = out->unique != 0 ? find_entry(pool, out->unique) : NULL;
    const ssize_t size = out->len;

    if (entry == NULL) {
        if (pool->init == INIT_OFFERS && out->unique != 0 && n_parts == 2 && out->error == 0 &&
            parts[1].iov_len == sizeof(struct fuse_init_out))
            return agree(pool, device, parts);
        return writev(device, parts, n_parts);
    }
    if (ring_entry_answer(entry, parts, n_parts) == ENTRY_LATE)
        ring_late_commit(&pool->late, entry);
    return size;
}
