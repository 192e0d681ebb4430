/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether two descriptors are of one inode, where their numbers do not tell (lower_mount.h). */
#pragma once

#include <pthread.h>
#include <stdbool.h>

typedef struct {
    pthread_mutex_t lock;
    int watcher; /* lock; -1 until there is something to judge */
} InodeJudge;

void inode_judge_init(InodeJudge *judge);
void inode_judge_clear(InodeJudge *judge);

/* A and B may be O_PATH descriptors. False also when it cannot be found out. Thread-safe. */
bool inode_judge_same(InodeJudge *judge, int a, int b);
