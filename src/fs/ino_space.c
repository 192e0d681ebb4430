/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices are few and only added, numbers that do not fit are rare: an array and a hash table. */
#include "fs/ino_space.h"

#include "base/cleanup.h"
#include "fs/hash_index.h"

#include <errno.h>
#include <stdlib.h>

#define FOREIGN (UINT64_C(1) << 63)
#define DEVICE_SHIFT 48
#define DEVICES_MAX 0x7fff
#define SPILLED (FOREIGN | (UINT64_C(0x7fff) << DEVICE_SHIFT))

typedef struct {
    HashLink link;
    dev_t device;
    uint64_t lower_ino;
    uint64_t ino;
} Spill;

struct InoSpace {
    dev_t root;
    pthread_mutex_t lock;
    dev_t *devices;   /* lock */
    size_t n_devices; /* lock */
    size_t allocated; /* lock */
    HashIndex spills; /* lock */
};

static uint64_t spill_key_hash(dev_t device, uint64_t lower_ino)
{
    return hash_mix(lower_ino ^ hash_mix(device));
}

static uint64_t spill_hash(const HashLink *link)
{
    const Spill *spill = (const Spill *)link;

    return spill_key_hash(spill->device, spill->lower_ino);
}

InoSpace *ino_space_new(dev_t root)
{
    InoSpace *space = calloc(1, sizeof(*space));

    if (space == NULL)
        return NULL;
    if (hash_index_init(&space->spills, spill_hash) < 0) {
        free(space);
        return NULL;
    }
    space->root = root;
    pthread_mutex_init(&space->lock, NULL);
    return space;
}

void ino_space_free(InoSpace *space)
{
    if (space == NULL)
        return;
    for (size_t i = 0; i < space->spills.n_buckets; i++) {
        HashLink *link = space->spills.buckets[i];
        while (link != NULL) {
            HashLink *next = link->next;
            free(link);
            link = next;
        }
    }
    hash_index_clear(&space->spills);
    free(space->devices);
    pthread_mutex_destroy(&space->lock);
    free(space);
}

static ErrInt device_index(InoSpace *space, dev_t device, uint64_t *ret_index)
{
    for (size_t i = 0; i < space->n_devices; i++) {
        if (space->devices[i] == device) {
            *ret_index = i;
            return 0;
        }
    }
    if (space->n_devices == space->allocated) {
        size_t more = space->allocated > 0 ? space->allocated * 2 : 8;
        dev_t *grown = reallocarray(space->devices, more, sizeof(*grown));
        if (grown == NULL)
            return -ENOMEM;
        space->devices = grown;
        space->allocated = more;
    }
    space->devices[space->n_devices] = device;
    *ret_index = space->n_devices++;
    return 0;
}

static ErrInt spill(InoSpace *space, dev_t device, uint64_t lower_ino, uint64_t *ret_ino)
{
    uint64_t hash = spill_key_hash(device, lower_ino);

    for (HashLink *link = hash_index_chain(&space->spills, hash); link != NULL; link = link->next) {
        const Spill *known = (const Spill *)link;
        if (known->device == device && known->lower_ino == lower_ino) {
            *ret_ino = known->ino;
            return 0;
        }
    }
    Spill *fresh = malloc(sizeof(*fresh));
    if (fresh == NULL)
        return -ENOMEM;
    *fresh = (Spill){
        .device = device,
        .lower_ino = lower_ino,
        .ino = SPILLED | space->spills.n_entries,
    };
    hash_index_insert(&space->spills, &fresh->link);
    *ret_ino = fresh->ino;
    return 0;
}

ErrInt ino_space_map(InoSpace *space, dev_t device, uint64_t lower_ino, uint64_t *ret_ino)
{
    if (device == space->root && (lower_ino & FOREIGN) == 0) {
        *ret_ino = lower_ino;
        return 0;
    }
    LOCK_SCOPE(&space->lock);
    if (device != space->root && lower_ino >> DEVICE_SHIFT == 0) {
        uint64_t index;
        ErrInt r = device_index(space, device, &index);
        if (r < 0)
            return r;
        if (index < DEVICES_MAX) {
            *ret_ino = FOREIGN | index << DEVICE_SHIFT | lower_ino;
            return 0;
        }
    }
    return spill(space, device, lower_ino, ret_ino);
}
