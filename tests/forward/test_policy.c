/* policy - who is asked first, who next */

#include "forward/policy.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"

/* Usable ones as "1" in the mask; orders of six queries, one after another. */
static const struct {
    enum policy_kind kind;
    const char *usable;
    const char *orders;
} rows[] = {
    { POLICY_SEQUENTIAL, "111", "012 012 012 012 012 012 " },
    { POLICY_SEQUENTIAL, "011", "12 12 12 12 12 12 " },
    { POLICY_SEQUENTIAL, "000", "      " },
    { POLICY_ROUND_ROBIN, "111", "012 120 201 012 120 201 " },
    { POLICY_ROUND_ROBIN, "101", "02 20 20 02 20 20 " },
    { POLICY_ROUND_ROBIN, "1", "0 0 0 0 0 0 " },
    { POLICY_ROUND_ROBIN, "", "      " },
};

START_TEST(orders_those_that_are_usable)
{
    generator_t *generator = generator_new();
    bool usable[POLICY_UPSTREAMS] = { false };
    uint8_t order[POLICY_UPSTREAMS];
    size_t count = strlen(rows[_i].usable);
    uint32_t turn = 0;
    char text[64] = "";

    for (size_t i = 0; i < count; i++)
        usable[i] = rows[_i].usable[i] == '1';
    for (int query = 0; query < 6; query++) {
        size_t found = policy_order(rows[_i].kind, usable, count, &turn,
                                    generator, order);

        for (size_t i = 0; i < found; i++)
            sprintf(text + strlen(text), "%u", (unsigned) order[i]);
        strcat(text, " ");
    }
    ck_assert_str_eq(text, rows[_i].orders);
    generator_destroy(&generator);
}
END_TEST

START_TEST(random_asks_each_first_as_often)
{
    generator_t *generator = generator_new();
    bool usable[POLICY_UPSTREAMS] = { true, false, true, true };
    uint8_t order[POLICY_UPSTREAMS];
    unsigned first[4] = { 0 };
    uint32_t turn = 0;

    for (int i = 0; i < 3000; i++) {
        ck_assert_uint_eq(policy_order(POLICY_RANDOM, usable, 4, &turn,
                                       generator, order), 3);
        first[order[0]]++;
    }
    ck_assert_uint_eq(first[1], 0);
    for (int i = 0; i < 4; i++)
        ck_assert(i == 1 || (first[i] > 740 && first[i] < 1260));
    generator_destroy(&generator);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("policy");

    tcase_add_loop_test(cases, orders_those_that_are_usable, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, random_asks_each_first_as_often);
    return core_test_run(cases);
}
