/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lower mounts of the inode table, and who uses them. */
#include "base/cleanup.h"
#include "fs/inode_index.h"

static LowerMount *use_known_mount(InodeTable *table, int id)
{
    for (LowerMount *mount = table->mounts; mount != NULL; mount = mount->next) {
        if (mount->id == id) {
            mount->users++;
            return mount;
        }
    }
    return NULL;
}

ErrInt inode_table_get_mount(InodeTable *table, int id, int fd, LowerMount **ret_mount)
{
    LowerMount *fresh;
    ErrInt r;

    pthread_mutex_lock(&table->lock);
    *ret_mount = use_known_mount(table, id);
    pthread_mutex_unlock(&table->lock);
    if (*ret_mount != NULL)
        return 0;
    r = lower_mount_new(id, fd, &fresh);
    if (r < 0)
        return r;
    pthread_mutex_lock(&table->lock);
    *ret_mount = use_known_mount(table, id);
    if (*ret_mount == NULL) {
        fresh->users = 1;
        fresh->next = table->mounts;
        table->mounts = fresh;
        *ret_mount = STEAL(fresh);
    }
    pthread_mutex_unlock(&table->lock);
    if (fresh != NULL)
        lower_mount_free(fresh);
    return 0;
}

LowerMount *inode_table_disuse_mount(InodeTable *table, LowerMount *mount)
{
    LowerMount **place = &table->mounts;

    if (--mount->users > 0)
        return NULL;
    while (*place != mount)
        place = &(*place)->next;
    *place = mount->next;
    return mount;
}

void inode_table_put_mount(InodeTable *table, LowerMount *mount)
{
    LowerMount *unused;

    pthread_mutex_lock(&table->lock);
    unused = inode_table_disuse_mount(table, mount);
    pthread_mutex_unlock(&table->lock);
    if (unused != NULL)
        lower_mount_free(unused);
}
