/* quota - how often something may happen in a span of time */

#include "exec/quota.h"

#include "core_test.h"

START_TEST(so_many_are_taken_in_a_span_and_the_rest_is_counted)
{
    struct quota quota = { .most = 2, .span_ms = 100, .began_ms = -100 };

    ck_assert(quota_take(&quota, 0));
    ck_assert(quota_take(&quota, 50));
    ck_assert(!quota_take(&quota, 60));
    ck_assert(!quota_take(&quota, 99));
    ck_assert_uint_eq(quota_left_out(&quota, 99), 0);
    ck_assert_uint_eq(quota_left_out(&quota, 100), 2);
    ck_assert_uint_eq(quota_left_out(&quota, 100), 0);
    ck_assert(quota_take(&quota, 100));
}
END_TEST

START_TEST(nothing_is_taken_from_a_quota_of_none)
{
    struct quota quota = { .most = 0, .span_ms = 100, .began_ms = -100 };

    ck_assert(!quota_take(&quota, 0));
    ck_assert(!quota_take(&quota, 500));
    ck_assert_uint_eq(quota_left_out(&quota, 600), 2);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("quota");

    tcase_add_test(cases, so_many_are_taken_in_a_span_and_the_rest_is_counted);
    tcase_add_test(cases, nothing_is_taken_from_a_quota_of_none);
    return core_test_run(cases);
}
