/* handed - the questions that a script has been given and not yet answered */

#include "exec/handed.h"

#include "core_test.h"

#define PATIENCE_MS 1000

static int owners[64];

START_TEST(an_answer_finds_the_owner_once)
{
    handed_t *handed = handed_new(4, PATIENCE_MS);
    uint64_t first = handed_give(handed, &owners[0], 100, 0);
    uint64_t second = handed_give(handed, &owners[1], 100, 0);
    void *owner;

    ck_assert_uint_ne(first, second);
    ck_assert_uint_eq(handed_owned(handed), 2);
    ck_assert_int_eq(handed_take(handed, second, 10, &owner), HANDED_IN_TIME);
    ck_assert_ptr_eq(owner, &owners[1]);
    ck_assert_int_eq(handed_take(handed, second, 10, &owner), HANDED_GONE);
    ck_assert_ptr_null(owner);
    ck_assert_int_eq(handed_take(handed, first, 10, &owner), HANDED_IN_TIME);
    ck_assert_ptr_eq(owner, &owners[0]);
    ck_assert_uint_eq(handed_count(handed), 0);
    handed_destroy(&handed);
    ck_assert_ptr_null(handed);
}
END_TEST

START_TEST(an_id_that_was_never_given_is_unknown)
{
    handed_t *handed = handed_new(4, PATIENCE_MS);
    uint64_t id = handed_give(handed, &owners[0], 100, 0);
    void *owner;

    for (uint64_t other = 0; other < 4; other++)
        ck_assert_int_eq(handed_take(handed, other, 0, &owner),
                         HANDED_UNKNOWN);
    ck_assert_int_eq(handed_take(handed, id + 4, 0, &owner), HANDED_UNKNOWN);
    ck_assert_int_eq(handed_take(handed, UINT64_MAX, 0, &owner),
                     HANDED_UNKNOWN);
    ck_assert_uint_eq(handed_owned(handed), 1);
    handed_destroy(&handed);
}
END_TEST

START_TEST(a_question_whose_time_is_over_is_still_worked_on)
{
    handed_t *handed = handed_new(4, PATIENCE_MS);
    uint64_t id = handed_give(handed, &owners[0], 100, 0);
    void *owner;

    ck_assert_ptr_null(handed_expire(handed, 99));
    ck_assert_ptr_eq(handed_expire(handed, 100), &owners[0]);
    ck_assert_ptr_null(handed_expire(handed, 100));
    ck_assert_uint_eq(handed_owned(handed), 0);
    ck_assert_uint_eq(handed_count(handed), 1);
    ck_assert_int_eq(handed_take(handed, id, 200, &owner), HANDED_LATE);
    ck_assert_uint_eq(handed_count(handed), 0);
    handed_destroy(&handed);
}
END_TEST

START_TEST(what_is_never_answered_is_given_up)
{
    handed_t *handed = handed_new(4, PATIENCE_MS);
    uint64_t id = handed_give(handed, &owners[0], 100, 0);
    void *owner;

    ck_assert_ptr_nonnull(handed_expire(handed, 100));
    ck_assert_ptr_null(handed_expire(handed, PATIENCE_MS));
    ck_assert_uint_eq(handed_count(handed), 0);
    ck_assert_int_eq(handed_take(handed, id, 2000, &owner), HANDED_GONE);
    handed_destroy(&handed);
}
END_TEST

/* How many can be given, all of them with that time. */
static size_t
fill(handed_t *handed, uint64_t ids[], int64_t due_ms, int64_t now_ms)
{
    size_t count = 0;

    for (; handed_has_room(handed); count++)
        ids[count] = handed_give(handed, &owners[count], due_ms, now_ms);
    return count;
}

START_TEST(a_slow_script_is_given_less_and_a_fast_one_more)
{
    handed_t *handed = handed_new(16, PATIENCE_MS);
    uint64_t ids[16];
    void *owner;

    /* All of a flight are late: that halves the width once. */
    ck_assert_uint_eq(fill(handed, ids, 100, 0), 16);
    while (handed_expire(handed, 100) != NULL)
        ;
    for (unsigned i = 0; i < 16; i++)
        ck_assert_int_eq(handed_take(handed, ids[i], 150, &owner),
                         HANDED_LATE);
    ck_assert_uint_eq(fill(handed, ids, 300, 200), 8);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_int_eq(handed_take(handed, ids[i], 210, &owner),
                         HANDED_IN_TIME);
    ck_assert_uint_ge(fill(handed, ids, 400, 300), 8);
    for (unsigned round = 0; round < 100; round++) {
        for (unsigned i = 0; i < 16; i++)
            handed_take(handed, ids[i], 310, &owner);
        fill(handed, ids, 400, 320);
    }
    ck_assert_uint_eq(handed_count(handed), 16);

    /* However often: one is always given. */
    for (int64_t now = 1000; now < 9000; now += 200) {
        fill(handed, ids, now, now);
        while (handed_expire(handed, now) != NULL)
            ;
        handed_forget(handed);
        ck_assert(handed_has_room(handed));
    }
    handed_destroy(&handed);
}
END_TEST

START_TEST(silence_is_counted_from_the_last_sign_of_life)
{
    handed_t *handed = handed_new(4, PATIENCE_MS);
    uint64_t id;
    void *owner;

    ck_assert_int_eq(handed_silence(handed, 500), 0);
    id = handed_give(handed, &owners[0], 900, 500);
    handed_give(handed, &owners[1], 900, 600);
    ck_assert_int_eq(handed_silence(handed, 700), 200);
    handed_take(handed, id, 750, &owner);
    ck_assert_int_eq(handed_silence(handed, 800), 50);
    handed_destroy(&handed);
}
END_TEST

START_TEST(all_owners_are_found_when_the_script_has_died)
{
    handed_t *handed = handed_new(4, PATIENCE_MS);
    uint64_t id = handed_give(handed, &owners[0], 100, 0);
    void *owner;

    handed_give(handed, &owners[1], 900, 0);
    ck_assert_ptr_eq(handed_expire(handed, 100), &owners[0]);
    ck_assert_ptr_eq(handed_forget(handed), &owners[1]);
    ck_assert_ptr_null(handed_forget(handed));
    ck_assert_uint_eq(handed_count(handed), 0);
    ck_assert_int_eq(handed_take(handed, id, 0, &owner), HANDED_GONE);
    ck_assert_uint_gt(handed_give(handed, &owners[0], 100, 0), id);
    handed_destroy(&handed);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("handed");

    tcase_add_test(cases, an_answer_finds_the_owner_once);
    tcase_add_test(cases, an_id_that_was_never_given_is_unknown);
    tcase_add_test(cases, a_question_whose_time_is_over_is_still_worked_on);
    tcase_add_test(cases, what_is_never_answered_is_given_up);
    tcase_add_test(cases, a_slow_script_is_given_less_and_a_fast_one_more);
    tcase_add_test(cases, silence_is_counted_from_the_last_sign_of_life);
    tcase_add_test(cases, all_owners_are_found_when_the_script_has_died);
    return core_test_run(cases);
}
