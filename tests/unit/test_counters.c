/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fs/counters.h: quantiles are no less than the times that were counted, and no more than half
 * more. */
#include "cmocka_all.h"
#include "fs/counters.h"

static const uint64_t margin = 2000000; /* nanoseconds that a test may be interrupted for */

/* COUNT requests that took NS. */
static void add(Counters *counters, unsigned kind, unsigned count, uint64_t ns)
{
    for (unsigned i = 0; i < count; i++)
        counters_add(counters, kind, counters_now() - ns);
}

static void check_near(uint64_t quantile, uint64_t ns)
{
    assert_true(quantile > ns);
    assert_true(quantile <= (ns + margin) * 3 / 2);
}

static void test_none(void **state)
{
    static Counters counters;
    CounterSummary summary = counters_summary(&counters, 3);

    (void)state;
    assert_int_equal(summary.count, 0);
    assert_int_equal(summary.p50, 0);
    assert_int_equal(summary.p99, 0);
}

static void test_quantiles(void **state)
{
    static Counters counters;
    CounterSummary summary;

    (void)state;
    add(&counters, 1, 90, 20000000);
    add(&counters, 1, 10, 900000000);
    add(&counters, 2, 1, 5000000);
    summary = counters_summary(&counters, 1);
    assert_int_equal(summary.count, 100);
    check_near(summary.p50, 20000000);
    check_near(summary.p99, 900000000);
    summary = counters_summary(&counters, 2);
    assert_int_equal(summary.count, 1);
    check_near(summary.p50, 5000000);
    check_near(summary.p99, 5000000);
}

/* Also the longest is counted, in the last class. */
static void test_long(void **state)
{
    static Counters counters;

    (void)state;
    add(&counters, 0, 5, UINT64_C(3600) * 1000000000);
    assert_int_equal(counters_summary(&counters, 0).count, 5);
    assert_true(counters_summary(&counters, 0).p50 > 2000000000);
}

/* All that can be, from a power of two down and up. */
static void test_every_power(void **state)
{
    (void)state;
    for (unsigned power = 22; power < 31; power++) {
        static Counters counters;
        uint64_t ns = UINT64_C(1) << power;
        add(&counters, power, 1, ns);
        check_near(counters_summary(&counters, power).p50, ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_every_power),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
