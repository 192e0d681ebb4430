/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of open directories. */
#include "fs/open_dir.h"

#include "base/cleanup.h"

void open_dirs_init(OpenDirs *list)
{
    pthread_mutex_init(&list->lock, NULL);
    LIST_INIT(&list->dirs);
}

OpenDir *open_dirs_add(OpenDirs *list, int fd)
{
    int owned_fd AUTO_CLOSE = fd;
    OpenDir *dir = malloc(sizeof(*dir));

    if (dir == NULL)
        return NULL;
    pthread_mutex_init(&dir->lock, NULL);
    dir->fd = steal_fd(&owned_fd);
    dir->position = 0;
    dir->next = dir->length = 0;
    LOCK_SCOPE(&list->lock);
    LIST_INSERT_HEAD(&list->dirs, dir, link);
    return dir;
}

static void free_dir(OpenDir *dir)
{
    close(dir->fd);
    pthread_mutex_destroy(&dir->lock);
    free(dir);
}

void open_dirs_remove(OpenDirs *list, OpenDir *dir)
{
    pthread_mutex_lock(&list->lock);
    LIST_REMOVE(dir, link);
    pthread_mutex_unlock(&list->lock);
    free_dir(dir);
}

void open_dirs_clear(OpenDirs *list)
{
    while (!LIST_EMPTY(&list->dirs)) {
        OpenDir *dir = LIST_FIRST(&list->dirs);
        LIST_REMOVE(dir, link);
        free_dir(dir);
    }
    pthread_mutex_destroy(&list->lock);
}
