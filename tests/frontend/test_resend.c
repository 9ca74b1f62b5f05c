/* resend - timers that come due in time, and only once */

#include "frontend/resend.h"

#include <stdlib.h>

#include "core_test.h"

#define START 1000003                   /* no border of anything */
#define LATE_MS 16

static const int64_t delays[] = {
    0, 1, 10, 300, 4500, 8191, 8192, 8200, 20000, 60000,
};

START_TEST(comes_due_neither_early_nor_much_too_late)
{
    resend_t *self = resend_new(4, START);
    int64_t due = START + delays[_i], now = START;

    resend_set(self, 2, due);
    while (resend_next(self, now) == RESEND_NONE) {
        ck_assert_int_lt(now, due + LATE_MS);
        now += 3;
    }
    ck_assert_int_ge(now, due);
    ck_assert(resend_is_empty(self));
    ck_assert_uint_eq(resend_next(self, now + 100000), RESEND_NONE);
    resend_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(comes_due_after_a_long_sleep)
{
    resend_t *self = resend_new(4, START);

    resend_set(self, 1, START + delays[_i]);
    ck_assert_uint_eq(resend_next(self, START + 1000000), 1);
    resend_destroy(&self);
}
END_TEST

START_TEST(is_moved_and_taken_away)
{
    resend_t *self = resend_new(4, START);

    resend_set(self, 0, START + 100);
    resend_set(self, 1, START + 100);
    resend_set(self, 2, START + 100);
    resend_set(self, 1, START + 500);
    resend_clear(self, 2);
    resend_clear(self, 3);              /* was never set */
    ck_assert_uint_eq(resend_next(self, START + 200), 0);
    ck_assert_uint_eq(resend_next(self, START + 200), RESEND_NONE);
    ck_assert_uint_eq(resend_next(self, START + 600), 1);
    ck_assert(resend_is_empty(self));
    resend_destroy(&self);
}
END_TEST

START_TEST(gives_back_each_of_many)
{
    enum { COUNT = 5000 };
    resend_t *self = resend_new(COUNT, START);
    static unsigned seen[COUNT];
    uint32_t slot;

    for (uint32_t i = 0; i < COUNT; i++)
        resend_set(self, i, START + (i * 7919) % 30000);
    for (int64_t now = START; now < START + 30020; now += 10) {
        while ((slot = resend_next(self, now)) != RESEND_NONE) {
            ck_assert_int_ge(now, START + (slot * 7919) % 30000);
            seen[slot]++;
        }
    }
    for (uint32_t i = 0; i < COUNT; i++)
        ck_assert_uint_eq(seen[i], 1);
    resend_destroy(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("resend");

    tcase_add_loop_test(cases, comes_due_neither_early_nor_much_too_late, 0,
                        CORE_TEST_ROWS(delays));
    tcase_add_loop_test(cases, comes_due_after_a_long_sleep, 0,
                        CORE_TEST_ROWS(delays));
    tcase_add_test(cases, is_moved_and_taken_away);
    tcase_add_test(cases, gives_back_each_of_many);
    return core_test_run(cases);
}
