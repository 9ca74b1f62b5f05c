/* upstream - speed, health and habits, in given time */

#include "forward/upstream.h"

#include "core_test.h"

static const struct upstream_policy policy = {
    .max_fails = 2, .probe_interval_ms = 500,
};

/* Replies that took so long, and the patience that follows. */
static const struct {
    int64_t first_us, others_us;
    unsigned others;
    int64_t patience_ms;
} rows[] = {
    { 0, 0, 0, 50 },                    /* less than a microsecond is fast */
    { 200, 200, 50, 50 },               /* never less than that */
    { 40000, 40000, 0, 120 },           /* three times the first one */
    { 40000, 40000, 100, 50 },          /* steady: no more is needed */
    { 100000, 100000, 100, 100 },
    { 100000, 10000, 100, 50 },         /* it became fast */
    { 900000, 900000, 0, 1000 },        /* never more than that */
};

START_TEST(is_as_patient_as_replies_need)
{
    struct upstream self;

    upstream_start(&self, &policy);
    ck_assert_int_eq(upstream_patience_ms(&self), 376);
    upstream_replied(&self, rows[_i].first_us, 1);
    for (unsigned i = 0; i < rows[_i].others; i++)
        upstream_replied(&self, rows[_i].others_us, 2);
    ck_assert_int_eq(upstream_patience_ms(&self), rows[_i].patience_ms);
}
END_TEST

START_TEST(a_reply_that_tells_nothing_of_speed_changes_none)
{
    struct upstream self;

    upstream_start(&self, &policy);
    upstream_replied(&self, -1, 5);
    ck_assert_int_eq(upstream_patience_ms(&self), 376);
    ck_assert_int_eq(self.replied_ms, 5);
}
END_TEST

START_TEST(is_down_after_more_failures_than_allowed)
{
    struct upstream self;

    upstream_start(&self, &policy);
    upstream_failed(&self, 10);
    upstream_failed(&self, 20);
    ck_assert(!upstream_is_down(&self));
    upstream_failed(&self, 30);
    ck_assert(upstream_is_down(&self));
    upstream_replied(&self, 1000, 40);
    ck_assert(!upstream_is_down(&self));
}
END_TEST

START_TEST(is_never_down_when_no_failure_counts)
{
    static const struct upstream_policy never = { .max_fails = 0 };
    struct upstream self;

    upstream_start(&self, &never);
    for (int i = 0; i < 100; i++)
        upstream_failed(&self, i);
    ck_assert(!upstream_is_down(&self));
    ck_assert(!upstream_wants_probe(&self, 1000));
}
END_TEST

START_TEST(a_hard_question_is_no_failure)
{
    struct upstream self;

    upstream_start(&self, &policy);
    upstream_replied(&self, 1000, 100);
    upstream_silent(&self, 90, 200);    /* it replied to another since */
    ck_assert_uint_eq(self.fails, 0);
    upstream_silent(&self, 110, 200);   /* nothing came since */
    ck_assert_uint_eq(self.fails, 1);
}
END_TEST

START_TEST(is_probed_only_while_it_fails)
{
    struct upstream self;

    upstream_start(&self, &policy);
    ck_assert(!upstream_wants_probe(&self, 1000));
    upstream_failed(&self, 1000);
    ck_assert(upstream_wants_probe(&self, 1001));       /* at once */
    ck_assert(!upstream_wants_probe(&self, 1002));
    ck_assert(!upstream_wants_probe(&self, 1500));
    ck_assert(upstream_wants_probe(&self, 1501));
    upstream_replied(&self, -1, 1510);
    ck_assert(!upstream_wants_probe(&self, 9999));
}
END_TEST

START_TEST(a_loop_is_left_alone_for_a_while)
{
    struct upstream self;

    upstream_start(&self, &policy);
    ck_assert(!upstream_is_looped(&self, 1000));
    upstream_looped(&self, 1000);
    ck_assert(upstream_is_looped(&self, 1000 + UPSTREAM_LOOP_MS - 1));
    ck_assert(!upstream_is_looped(&self, 1000 + UPSTREAM_LOOP_MS));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("upstream");

    tcase_add_loop_test(cases, is_as_patient_as_replies_need, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_reply_that_tells_nothing_of_speed_changes_none);
    tcase_add_test(cases, is_down_after_more_failures_than_allowed);
    tcase_add_test(cases, is_never_down_when_no_failure_counts);
    tcase_add_test(cases, a_hard_question_is_no_failure);
    tcase_add_test(cases, is_probed_only_while_it_fails);
    tcase_add_test(cases, a_loop_is_left_alone_for_a_while);
    return core_test_run(cases);
}
