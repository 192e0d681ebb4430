/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two hash indexes over the same inodes, and the life of each. */
#include "fs/inode_table.h"

#include "base/cleanup.h"
#include "fs/inode_index.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

enum {
    FIRST_NODE = 1,    /* FUSE_ROOT_ID: the first inode entered is the root */
    SWEEP_BUCKETS = 8, /* that are looked through for one inode */
};

static uint64_t node_hash(const HashLink *link)
{
    return hash_mix(INODE_OF(link, by_node)->node);
}

static uint64_t key_hash(const LowerMount *mount, uint32_t device, uint64_t ino)
{
    return hash_mix(ino ^ hash_mix((uint64_t)device << 20 ^ (uint64_t)mount->id));
}

static uint64_t inode_key_hash(const HashLink *link)
{
    const Inode *inode = INODE_OF(link, by_key);

    if (inode_goes_by_handle(inode->mount, inode->handle_length))
        return inode_handle_hash(inode->mount, inode->handle, inode->handle_length);
    return key_hash(inode->mount, inode->device, inode->lower_ino);
}

ErrInt inode_table_init(InodeTable *table, size_t fd_limit, dev_t root_device)
{
    *table = (InodeTable){.last_node = FIRST_NODE - 1};
    pthread_mutex_init(&table->lock, NULL);
    table->ino_space = ino_space_new(root_device);
    if (table->ino_space != NULL && fd_ring_init(&table->ring, fd_limit) == 0 &&
        hash_index_init(&table->by_node, node_hash) == 0 &&
        hash_index_init(&table->by_key, inode_key_hash) == 0)
        return 0;
    inode_table_clear(table);
    return -ENOMEM;
}

void inode_table_clear(InodeTable *table)
{
    for (size_t i = 0; i < table->by_node.n_buckets; i++) {
        HashLink *link = table->by_node.buckets[i];
        while (link != NULL) {
            Inode *inode = INODE_OF(link, by_node);
            link = link->next;
            cleanup_close(&inode->fd);
            free(inode);
        }
    }
    hash_index_clear(&table->by_node);
    hash_index_clear(&table->by_key);
    while (table->mounts != NULL) {
        LowerMount *mount = table->mounts;
        table->mounts = mount->next;
        lower_mount_free(mount);
    }
    ino_space_free(table->ino_space);
    fd_ring_clear(&table->ring);
    pthread_mutex_destroy(&table->lock);
}

/* Of a directory that was removed the kernel makes nothing any more (S_DEAD in vfs_rmdir() and
 * vfs_rename()), although it may have been another that went, having taken its place at the last
 * moment: then it is one more node, elsewhere. */
static bool is_dead_dir(const Inode *inode)
{
    return inode->nameless && S_ISDIR(inode->type);
}

/* The first from LINK on. */
static Inode *find_key_from(HashLink *link, const LowerObject *object)
{
    const uint32_t device = inode_device_of(&object->stx);

    for (; link != NULL; link = link->next) {
        Inode *inode = INODE_OF(link, by_key);
        if (is_dead_dir(inode))
            continue;
        if (inode->lower_ino == object->stx.stx_ino && inode->device == device &&
            inode->mount == object->mount && inode->handle_length == object->handle.length &&
            (inode->handle_length == 0 ||
             inode_has_handle(inode, object->handle.type, object->handle.length,
                              object->handle.bytes)))
            return inode;
    }
    return NULL;
}

static HashLink *key_chain(const InodeTable *table, const LowerObject *object)
{
    const LowerHandle *handle = &object->handle;
    uint64_t hash =
        inode_goes_by_handle(object->mount, handle->length)
            ? inode_handle_hash(object->mount, handle->bytes, handle->length)
            : key_hash(object->mount, inode_device_of(&object->stx), object->stx.stx_ino);

    return hash_index_chain(&table->by_key, hash);
}

static Inode *find_key(InodeTable *table, const LowerObject *object)
{
    if (object->ambiguous)
        return object->twin;
    return find_key_from(key_chain(table, object), object);
}

static Inode *inode_new(const LowerObject *object)
{
    Inode *inode = malloc(sizeof(*inode) + object->handle.length);

    if (inode == NULL)
        return NULL;
    *inode = (Inode){
        .lower_ino = object->stx.stx_ino,
        .mount = object->mount,
        .device = inode_device_of(&object->stx),
        .type = object->stx.stx_mode & S_IFMT,
        .fd = -1,
        .slot = NO_SLOT,
        .handle_opens = object->handle.opens,
        .handle_length = (uint8_t)object->handle.length,
        .handle_type = object->handle.type,
    };
    memcpy(inode->handle, object->handle.bytes, object->handle.length);
    return inode;
}

static void add_inode(InodeTable *table, Inode *inode)
{
    inode->node = ++table->last_node;
    inode->mount->users++;
    hash_index_insert(&table->by_node, &inode->by_node);
    hash_index_insert(&table->by_key, &inode->by_key);
}

ErrInt inode_table_enter(InodeTable *table, const LowerObject *object, uint64_t name_hash, int fd,
                         Inode **ret_inode)
{
    /* Both are closed after the lock is gone: later declared, earlier cleaned up. */
    int owned_fd AUTO_CLOSE = fd;
    int evicted_fd AUTO_CLOSE = -1;
    const dev_t device = makedev(object->stx.stx_dev_major, object->stx.stx_dev_minor);
    uint64_t shown_ino; /* is known from now on: see inode_table_number() */
    ErrInt r = ino_space_map(table->ino_space, device, object->stx.stx_ino, &shown_ino);

    if (r < 0)
        return r;
    LOCK_SCOPE(&table->lock);
    Inode *inode = find_key(table, object);
    if (inode == NULL) {
        inode = inode_new(object);
        if (inode == NULL)
            return -ENOMEM;
        add_inode(table, inode);
    }
    if (inode->lookups++ == 0)
        inode->marked_at = 0;
    inode->refs++;
    if (name_hash != 0)
        inode->name_hash = name_hash;
    if (owned_fd >= 0) {
        if (inode->handle_opens)
            evicted_fd = fd_ring_add(&table->ring, inode, &owned_fd);
        else if (inode->fd < 0)
            inode->fd = steal_fd(&owned_fd);
    }
    *ret_inode = inode;
    return 0;
}

Inode *inode_table_find(InodeTable *table, const LowerObject *object, uint64_t *ret_name_hash)
{
    LOCK_SCOPE(&table->lock);
    Inode *inode = find_key(table, object);

    if (inode == NULL)
        return NULL;
    inode->refs++;
    *ret_name_hash = inode->name_hash;
    return inode;
}

Inode *inode_table_ref(InodeTable *table, uint64_t node, int *ret_fd)
{
    LOCK_SCOPE(&table->lock);
    Inode *inode = inode_of_node(table, node);

    if (inode == NULL)
        return NULL;
    inode->refs++;
    inode->recent = true;
    *ret_fd = inode->fd;
    return inode;
}

/* What is left of an inode, taken out under the lock, to be freed without it. */
typedef struct {
    Inode *inode;
    LowerMount *mount;
} Remains;

static bool is_forgotten(const Inode *inode)
{
    return inode->refs == 0 && inode->lookups == 0;
}

static bool is_remembered(const InodeTable *table, const Inode *inode)
{
    return table->remembers && inode->handle_opens && !inode->nameless && !inode->gone;
}

static Remains take_if_unused(InodeTable *table, Inode *inode)
{
    Remains remains = {0};

    if (!is_forgotten(inode) || is_remembered(table, inode))
        return remains;
    hash_index_remove(&table->by_node, &inode->by_node);
    hash_index_remove(&table->by_key, &inode->by_key);
    fd_ring_remove(&table->ring, inode);
    remains.inode = inode;
    remains.mount = inode_table_disuse_mount(table, inode->mount);
    return remains;
}

static void free_remains(Remains remains)
{
    if (remains.inode != NULL) {
        cleanup_close(&remains.inode->fd);
        free(remains.inode);
    }
    if (remains.mount != NULL)
        lower_mount_free(remains.mount);
}

void inode_table_unref(InodeTable *table, Inode *inode)
{
    Remains remains;

    pthread_mutex_lock(&table->lock);
    inode->refs--;
    remains = take_if_unused(table, inode);
    pthread_mutex_unlock(&table->lock);
    free_remains(remains);
}

Inode *inode_table_next(InodeTable *table, const LowerObject *object, Inode *previous, int *ret_fd)
{
    Remains remains = {0};
    Inode *next;

    pthread_mutex_lock(&table->lock);
    if (previous == NULL)
        next = find_key_from(key_chain(table, object), object);
    else
        next = find_key_from(previous->by_key.next, object);
    if (next != NULL) {
        next->refs++;
        *ret_fd = next->fd;
    }
    if (previous != NULL) {
        previous->refs--;
        remains = take_if_unused(table, previous);
    }
    pthread_mutex_unlock(&table->lock);
    free_remains(remains);
    return next;
}

/* The next one that is remembered although the kernel has forgotten it, with a reference; NULL when
 * there is none in the next few buckets. */
static Inode *ref_forgotten(InodeTable *table)
{
    LOCK_SCOPE(&table->lock);

    for (int tries = 0; tries < SWEEP_BUCKETS; tries++) {
        table->sweep_bucket = (table->sweep_bucket + 1) % table->by_node.n_buckets;
        for (HashLink *link = table->by_node.buckets[table->sweep_bucket]; link != NULL;
             link = link->next) {
            Inode *inode = INODE_OF(link, by_node);
            if (is_forgotten(inode)) {
                inode->refs++;
                return inode;
            }
        }
    }
    return NULL;
}

static void set_gone(InodeTable *table, Inode *inode)
{
    LOCK_SCOPE(&table->lock);

    inode->gone = true;
}

static void sweep(InodeTable *table)
{
    Inode *inode = ref_forgotten(table);

    if (inode == NULL)
        return;
    int fd AUTO_CLOSE = lower_open_handle(inode->mount, inode->handle_type, inode->handle_length,
                                          inode->handle, O_PATH);
    if (fd == -ESTALE)
        set_gone(table, inode);
    inode_table_unref(table, inode);
}

void inode_table_forget(InodeTable *table, uint64_t node, uint64_t n)
{
    Remains remains = {0};

    pthread_mutex_lock(&table->lock);
    Inode *inode = inode_of_node(table, node);
    if (inode != NULL) {
        inode->lookups -= n < inode->lookups ? n : inode->lookups;
        remains = take_if_unused(table, inode);
    }
    pthread_mutex_unlock(&table->lock);
    free_remains(remains);
    if (table->remembers)
        sweep(table);
}
