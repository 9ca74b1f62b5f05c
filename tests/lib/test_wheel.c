/* wheel - never early, never lost, in any order of setting and clearing */

#include "lib/wheel.h"

#include <stdlib.h>

#include "core_test.h"

START_TEST(gives_what_is_due_and_nothing_else)
{
    wheel_t *self = wheel_new(4, 1000);

    ck_assert(wheel_is_empty(self));
    wheel_set(self, 0, 1010);
    wheel_set(self, 1, 1020);
    wheel_set(self, 2, 1010);
    wheel_set(self, 3, 1010);
    wheel_clear(self, 2);
    wheel_clear(self, 2);
    wheel_set(self, 3, 90000);          /* many turns away */
    ck_assert_uint_eq(wheel_next(self, 1009), WHEEL_NONE);
    ck_assert_uint_eq(wheel_next(self, 1016), 0);
    ck_assert_uint_eq(wheel_next(self, 1016), WHEEL_NONE);
    ck_assert_uint_eq(wheel_next(self, 80000), 1);      /* a long sleep */
    ck_assert_uint_eq(wheel_next(self, 80000), WHEEL_NONE);
    ck_assert(!wheel_is_empty(self));
    ck_assert_uint_eq(wheel_next(self, 90003), 3);
    ck_assert(wheel_is_empty(self));
    wheel_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(what_is_set_while_others_come_due_comes_later)
{
    wheel_t *self = wheel_new(3, 0);

    wheel_set(self, 0, 8);
    wheel_set(self, 1, 8);
    ck_assert_uint_ne(wheel_next(self, 8), WHEEL_NONE);
    wheel_set(self, 2, 1);              /* in the past: the next tick */
    ck_assert_uint_ne(wheel_next(self, 8), 2);
    ck_assert_uint_eq(wheel_next(self, 8), WHEEL_NONE);
    ck_assert_uint_eq(wheel_next(self, 12), 2);
    wheel_destroy(&self);
}
END_TEST

static const int64_t delays[] = {
    0, 1, 10, 300, 4500, 8191, 8192, 8200, 20000, 60000,
};

START_TEST(comes_due_neither_early_nor_much_too_late)
{
    enum { BEGIN = 1000003, STEP_MS = 3, LATE_MS = 4 + STEP_MS };
    wheel_t *self = wheel_new(4, BEGIN);
    int64_t due = BEGIN + delays[_i], now = BEGIN;

    wheel_set(self, 2, due);
    while (wheel_next(self, now) == WHEEL_NONE) {
        ck_assert_int_lt(now, due + LATE_MS);
        now += STEP_MS;
    }
    ck_assert_int_ge(now, due);
    ck_assert_uint_eq(wheel_next(self, now + 100000), WHEEL_NONE);
    wheel_destroy(&self);
}
END_TEST

START_TEST(agrees_with_a_plain_list)
{
    enum { ENTRIES = 64, STEPS = 20000, LATE_MS = 4 };
    int64_t due[ENTRIES] = { 0 };       /* 0: not set */
    wheel_t *self = wheel_new(ENTRIES, 1);
    int64_t now = 1;

    srand(7);
    for (int step = 0; step < STEPS; step++) {
        uint32_t entry = (uint32_t) rand() % ENTRIES;

        if (rand() % 3 == 0) {
            wheel_clear(self, entry);
            due[entry] = 0;
        }
        else {
            due[entry] = now + rand() % 12000;
            wheel_set(self, entry, due[entry]);
        }
        now += rand() % 50 == 0 ? rand() % 9000 : rand() % 5;
        while ((entry = wheel_next(self, now)) != WHEEL_NONE) {
            ck_assert_int_gt(due[entry], 0);
            ck_assert_int_le(due[entry], now);
            due[entry] = 0;
        }
        for (int i = 0; i < ENTRIES; i++)
            ck_assert(due[i] == 0 || due[i] + LATE_MS > now);
    }
    wheel_destroy(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("wheel");

    tcase_add_test(cases, gives_what_is_due_and_nothing_else);
    tcase_add_test(cases, what_is_set_while_others_come_due_comes_later);
    tcase_add_loop_test(cases, comes_due_neither_early_nor_much_too_late, 0,
                        CORE_TEST_ROWS(delays));
    tcase_add_test(cases, agrees_with_a_plain_list);
    return core_test_run(cases);
}
