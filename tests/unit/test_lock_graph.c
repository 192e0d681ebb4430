/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/lock_graph.h: which waits would wait for themselves. */
#include "cmocka_all.h"
#include "fs/lock_graph.h"

#include <errno.h>
#include <stdlib.h>

enum {
    OWNERS = 400,
    NODES = 3,
};

typedef struct {
    LockGraph graph;
    LockHolder holders[NODES][OWNERS];
    LockWait waits[OWNERS];
} World;

static int set_up(void **state)
{
    World *world = calloc(1, sizeof(*world));

    assert_int_equal(lock_graph_init(&world->graph), 0);
    for (uint64_t node = 0; node < NODES; node++) {
        for (uint64_t owner = 0; owner < OWNERS; owner++) {
            LockHolder *holder = &world->holders[node][owner];
            *holder = (LockHolder){.node = node, .owner = owner, .pid = (pid_t)owner + 1};
            lock_graph_add(&world->graph, holder);
        }
    }
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    World *world = *state;

    for (size_t node = 0; node < NODES; node++) {
        for (size_t owner = 0; owner < OWNERS; owner++) {
            lock_graph_remove(&world->graph, &world->holders[node][owner]);
            lock_ranges_clear(&world->holders[node][owner].ranges);
        }
    }
    assert_null(lock_graph_next(&world->graph, 0, NULL));
    lock_graph_clear(&world->graph);
    free(world);
    return 0;
}

static void hold(World *world, uint64_t node, uint64_t owner, int64_t byte, LockKind kind)
{
    LockRanges *ranges = &world->holders[node][owner].ranges;

    assert_int_equal(lock_ranges_reserve(ranges), 0);
    lock_ranges_set(ranges, &(LockRange){byte, byte, kind});
}

/* OWNER's only wait. */
static ErrInt wait_for(World *world, uint64_t node, uint64_t owner, int64_t byte, LockKind kind)
{
    world->waits[owner] = (LockWait){
        .node = node, .owner = owner, .wanted = {byte, byte, kind}
    };
    return lock_graph_begin_wait(&world->graph, &world->waits[owner]);
}

static void end_wait(World *world, uint64_t owner)
{
    lock_graph_end_wait(&world->graph, &world->waits[owner]);
}

static void finds_holders(void **state)
{
    World *world = *state;
    const LockRange shared = {5, 9, LOCK_SHARED};
    const LockRange exclusive = {5, 9, LOCK_EXCLUSIVE};

    assert_ptr_equal(lock_graph_find(&world->graph, 2, 7), &world->holders[2][7]);
    assert_null(lock_graph_find(&world->graph, NODES, 7));
    assert_null(lock_graph_blocker(&world->graph, 0, 1, &exclusive));
    hold(world, 0, 1, 9, LOCK_SHARED);
    assert_null(lock_graph_blocker(&world->graph, 0, 1, &exclusive));
    assert_null(lock_graph_blocker(&world->graph, 1, 2, &exclusive));
    assert_null(lock_graph_blocker(&world->graph, 0, 2, &shared));
    assert_int_equal(lock_graph_blocker(&world->graph, 0, 2, &exclusive)->owner, 1);
}

static void refuses_two(void **state)
{
    World *world = *state;

    hold(world, 0, 1, 0, LOCK_EXCLUSIVE);
    hold(world, 1, 2, 0, LOCK_EXCLUSIVE);
    assert_int_equal(wait_for(world, 1, 1, 0, LOCK_SHARED), 0);
    assert_int_equal(wait_for(world, 0, 2, 0, LOCK_SHARED), -EDEADLK);
    /* Not when the first one gave up. */
    end_wait(world, 1);
    assert_int_equal(wait_for(world, 0, 2, 0, LOCK_SHARED), 0);
    assert_int_equal(wait_for(world, 1, 1, 0, LOCK_SHARED), -EDEADLK);
    end_wait(world, 2);
}

/* Both read and want to write. */
static void refuses_upgrades(void **state)
{
    World *world = *state;

    hold(world, 0, 1, 0, LOCK_SHARED);
    hold(world, 0, 2, 0, LOCK_SHARED);
    assert_int_equal(wait_for(world, 0, 1, 0, LOCK_EXCLUSIVE), 0);
    assert_int_equal(wait_for(world, 0, 2, 0, LOCK_EXCLUSIVE), -EDEADLK);
    end_wait(world, 1);
}

static void allows_what_ends(void **state)
{
    World *world = *state;

    /* 1 waits for 2, which waits for 3, which does not; 4 joins them. */
    hold(world, 0, 1, 1, LOCK_EXCLUSIVE);
    hold(world, 0, 2, 2, LOCK_EXCLUSIVE);
    hold(world, 0, 3, 3, LOCK_EXCLUSIVE);
    assert_int_equal(wait_for(world, 0, 1, 2, LOCK_EXCLUSIVE), 0);
    assert_int_equal(wait_for(world, 0, 2, 3, LOCK_EXCLUSIVE), 0);
    assert_int_equal(wait_for(world, 0, 4, 1, LOCK_EXCLUSIVE), 0);
    /* What nobody of them holds. */
    assert_int_equal(wait_for(world, 1, 3, 1, LOCK_EXCLUSIVE), 0);
    end_wait(world, 3);
    assert_int_equal(wait_for(world, 0, 3, 1, LOCK_EXCLUSIVE), -EDEADLK);
    for (uint64_t owner = 1; owner <= 4; owner++) {
        if (owner != 3)
            end_wait(world, owner);
    }
}

static void finds_long_circles(void **state)
{
    World *world = *state;

    for (uint64_t i = 0; i < OWNERS; i++)
        hold(world, i % NODES, i, (int64_t)i, LOCK_EXCLUSIVE);
    for (uint64_t i = 0; i + 1 < 100; i++)
        assert_int_equal(wait_for(world, (i + 1) % NODES, i, (int64_t)i + 1, LOCK_SHARED), 0);
    assert_int_equal(wait_for(world, 0, 99, 0, LOCK_SHARED), -EDEADLK);
    assert_int_equal(wait_for(world, 0, 99, 300, LOCK_SHARED), 0);
    for (uint64_t i = 0; i < 100; i++)
        end_wait(world, i);
}

/* A circle that does not go through the one who asks is none of its business, and must not make
 * the search go round for ever. An owner may wait with several threads. */
static void ends_in_other_circles(void **state)
{
    World *world = *state;
    LockWait second = {
        .node = 0, .owner = 1, .wanted = {3, 3, LOCK_EXCLUSIVE}
    };

    hold(world, 0, 1, 1, LOCK_EXCLUSIVE);
    hold(world, 0, 2, 2, LOCK_SHARED);
    hold(world, 0, 3, 3, LOCK_EXCLUSIVE);
    assert_int_equal(wait_for(world, 0, 1, 2, LOCK_EXCLUSIVE), 0);
    assert_int_equal(lock_graph_begin_wait(&world->graph, &second), 0);
    assert_int_equal(wait_for(world, 0, 2, 9, LOCK_EXCLUSIVE), 0);
    hold(world, 0, 1, 9, LOCK_EXCLUSIVE); /* by another thread, meanwhile: now 1 and 2 are one */
    assert_int_equal(wait_for(world, 0, 4, 1, LOCK_EXCLUSIVE), 0);
    assert_int_equal(wait_for(world, 0, 3, 1, LOCK_EXCLUSIVE), -EDEADLK);
    lock_graph_end_wait(&world->graph, &second);
    end_wait(world, 1);
    end_wait(world, 2);
    end_wait(world, 4);
    assert_null(world->graph.waits);
}

/* Everybody reads and wants to write: there are very many ways to go. */
static void gives_up_in_time(void **state)
{
    World *world = *state;
    int refused = 0;

    for (uint64_t i = 0; i < OWNERS; i++)
        hold(world, 0, i, (int64_t)i, LOCK_EXCLUSIVE);
    for (uint64_t i = 0; i < OWNERS; i++) {
        world->waits[i] = (LockWait){
            .node = 0, .owner = i, .wanted = {(int64_t)i + 1, INT64_MAX, LOCK_EXCLUSIVE}
        };
        if (lock_graph_begin_wait(&world->graph, &world->waits[i]) < 0)
            refused++;
    }
    assert_int_equal(refused, 0);
    for (uint64_t i = 0; i < OWNERS; i++)
        end_wait(world, i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_holders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_two, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_upgrades, set_up, tear_down),
        cmocka_unit_test_setup_teardown(allows_what_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_long_circles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_in_other_circles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_up_in_time, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
