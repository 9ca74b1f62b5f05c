/* dice - what can be thrown, and that it repeats */

#include "chaos/dice.h"

#include <stdbool.h>

#include "core_test.h"

#define THROWS 20000

START_TEST(says_the_same_when_asked_again)
{
    struct dice dice = { .seed = 7, .thrower = 1, .number = 3 };
    double first = dice_throw(&dice, 0);

    ck_assert(first >= 0 && first < 1);
    ck_assert(dice_throw(&dice, 0) == first);
}
END_TEST

static const struct dice others[] = {
    { 8, 1, 3 }, { 7, 2, 3 }, { 7, 1, 4 }, { 3, 1, 7 }, { 7, 3, 1 },
};

START_TEST(says_something_else_to_others)
{
    const struct dice dice = { .seed = 7, .thrower = 1, .number = 3 };

    ck_assert(dice_throw(&others[_i], 0) != dice_throw(&dice, 0));
}
END_TEST

START_TEST(throws_evenly)
{
    struct dice dice = { .seed = 1 };
    unsigned tenths[10] = { 0 };

    for (dice.number = 0; dice.number < THROWS; dice.number++)
        tenths[(int) (dice_throw(&dice, 0) * 10)]++;
    for (unsigned i = 0; i < 10; i++) {
        ck_assert_uint_gt(tenths[i], THROWS / 10 - 200);
        ck_assert_uint_lt(tenths[i], THROWS / 10 + 200);
    }
}
END_TEST

static const struct {
    enum dice_distribution distribution;
    int64_t mean_ms, spread_ms, most_ms;
    int64_t least, average, most;       /* of many throws */
} times[] = {
    { DICE_FIXED, 100, 0, 60000, 100, 100, 100 },
    { DICE_FIXED, 100, 0, 40, 40, 40, 40 },
    { DICE_UNIFORM, 100, 300, 60000, 100, 200, 300 },
    { DICE_UNIFORM, 100, 100, 60000, 100, 100, 100 },
    { DICE_EXPONENTIAL, 1000, 0, 60000, 0, 1000, 20000 },
    { DICE_NORMAL, 1000, 100, 60000, 400, 1000, 1600 },
    { DICE_NORMAL, 0, 100, 60000, 0, 40, 600 },     /* never below 0 */
};

START_TEST(times_are_as_their_distribution_says)
{
    struct dice dice = { .seed = 5 };
    int64_t sum = 0;
    int64_t slack = times[_i].average / 20;

    for (dice.number = 0; dice.number < THROWS; dice.number++) {
        int64_t time = dice_time(&dice, times[_i].distribution,
                                 times[_i].mean_ms, times[_i].spread_ms,
                                 times[_i].most_ms);

        ck_assert_int_ge(time, times[_i].least);
        ck_assert_int_le(time, times[_i].most);
        sum += time;
    }
    ck_assert_int_ge(sum / THROWS, times[_i].average - slack);
    ck_assert_int_le(sum / THROWS, times[_i].average + slack);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("dice");

    tcase_add_test(cases, says_the_same_when_asked_again);
    tcase_add_loop_test(cases, says_something_else_to_others, 0,
                        CORE_TEST_ROWS(others));
    tcase_add_test(cases, throws_evenly);
    tcase_add_loop_test(cases, times_are_as_their_distribution_says, 0,
                        CORE_TEST_ROWS(times));
    return core_test_run(cases);
}
