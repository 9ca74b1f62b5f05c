/* guard - a name of ours is known again, once and for a short while */

#include "forward/guard.h"

#include <string.h>

#include "core_test.h"

static const uint8_t base[] = "\3www\7example\3org";
static int suspect;

START_TEST(knows_its_name_in_any_case_and_once)
{
    generator_t *generator = generator_new();
    guard_t *self = guard_new(generator);
    uint8_t name[CORE_NAME_SIZE];

    guard_name(self, base, &suspect, 1000, name);
    ck_assert(core_name_is_below(name, base));
    for (int i = 1; i <= 24; i++)
        if (name[i] >= 'a')
            name[i] ^= 0x20;
    ck_assert_ptr_null(guard_find(self, base, 1000));
    ck_assert_ptr_eq(guard_find(self, name, 1001), &suspect);
    ck_assert_ptr_null(guard_find(self, name, 1002));
    guard_destroy(&self);
    generator_destroy(&generator);
}
END_TEST

START_TEST(forgets_a_name_soon)
{
    generator_t *generator = generator_new();
    guard_t *self = guard_new(generator);
    uint8_t name[CORE_NAME_SIZE], other[CORE_NAME_SIZE];

    guard_name(self, base, &suspect, 1000, name);
    ck_assert_ptr_null(guard_find(self, name, 6000));
    guard_name(self, base, &suspect, 6000, name);
    for (int i = 0; i < 16; i++)
        guard_name(self, base, &suspect, 6001 + i, other);
    ck_assert_ptr_null(guard_find(self, name, 6100));
    ck_assert_ptr_eq(guard_find(self, other, 6100), &suspect);
    guard_destroy(&self);
    generator_destroy(&generator);
}
END_TEST

START_TEST(a_name_too_long_loses_labels)
{
    generator_t *generator = generator_new();
    guard_t *self = guard_new(generator);
    uint8_t longest[CORE_NAME_SIZE], name[CORE_NAME_SIZE];

    for (int i = 0; i < 254; i += 2)
        memcpy(longest + i, "\1a", 2);
    longest[254] = 0;
    guard_name(self, longest, &suspect, 1, name);
    ck_assert_int_eq(core_name_check(name, sizeof name), 254);
    ck_assert_ptr_eq(guard_find(self, name, 2), &suspect);
    guard_destroy(&self);
    generator_destroy(&generator);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("guard");

    tcase_add_test(cases, knows_its_name_in_any_case_and_once);
    tcase_add_test(cases, forgets_a_name_soon);
    tcase_add_test(cases, a_name_too_long_loses_labels);
    return core_test_run(cases);
}
