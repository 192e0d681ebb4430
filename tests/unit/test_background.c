/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/background.h: who rests is woken, and who waits for a time only at the end. */
#include "cmocka_all.h"
#include "fs/background.h"

#include <time.h>

static struct {
    pthread_mutex_t lock;
    Background background;
    int seconds; /* to wait for a time; 0: to rest */
    int n_waits; /* begun */
    int n_wakes; /* from these */
} it;

static void wait_for_seconds(void)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += it.seconds;
    pthread_cond_timedwait(&it.background.changed, &it.lock, &until);
}

static void *run(void *data)
{
    (void)data;
    pthread_mutex_lock(&it.lock);
    while (!it.background.ended) {
        it.n_waits++;
        if (it.seconds > 0)
            wait_for_seconds();
        else
            background_rest(&it.background);
        it.n_wakes++;
    }
    pthread_mutex_unlock(&it.lock);
    return NULL;
}

static void wake(void)
{
    pthread_mutex_lock(&it.lock);
    assert_true(background_wake(&it.background, run, NULL));
    pthread_mutex_unlock(&it.lock);
}

/* Until the thread has begun to wait for the Nth time */
static void await_waits(int n)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    int n_waits;

    do {
        nanosleep(&moment, NULL);
        pthread_mutex_lock(&it.lock);
        n_waits = it.n_waits;
        pthread_mutex_unlock(&it.lock);
    } while (n_waits < n);
}

static int set_up(void **state)
{
    (void)state;
    it.n_waits = 0;
    it.n_wakes = 0;
    pthread_mutex_init(&it.lock, NULL);
    background_init(&it.background, &it.lock);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    background_clear(&it.background);
    pthread_mutex_destroy(&it.lock);
    return 0;
}

static void test_rest(void **state)
{
    (void)state;
    it.seconds = 0;
    wake();
    await_waits(1);
    wake();
    await_waits(2);
    background_end(&it.background);
    assert_true(it.n_wakes >= 2);
}

/* Its end does not take the hour. */
static void test_time(void **state)
{
    static const struct timespec moment = {.tv_nsec = 20000000};

    (void)state;
    it.seconds = 3600;
    wake();
    await_waits(1);
    for (int i = 0; i < 10; i++) {
        wake();
        nanosleep(&moment, NULL);
    }
    pthread_mutex_lock(&it.lock);
    assert_int_equal(it.n_wakes, 0);
    pthread_mutex_unlock(&it.lock);
    background_end(&it.background);
    assert_int_equal(it.n_wakes, 1);
}

static void test_ended(void **state)
{
    (void)state;
    background_end(&it.background);
    assert_false(background_wake(&it.background, run, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ended, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
