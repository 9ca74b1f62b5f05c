/* generator - a known stream, no bias, nothing twice */

#include "forward/generator.h"

#include <string.h>

#include "core_test.h"

START_TEST(draws_the_stream_of_its_seed)
{
    /* ChaCha20 with an all-zero key (RFC 8439 appendix A.1), from the octet
       on that follows the next key. */
    static const uint8_t seed[GENERATOR_SEED_SIZE];
    static const uint8_t wanted[] = {
        0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d,
    };
    generator_t *self = generator_new_seeded(seed);
    uint8_t drawn[sizeof wanted];

    generator_fill(self, drawn, sizeof drawn);
    ck_assert_mem_eq(drawn, wanted, sizeof wanted);
    generator_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

START_TEST(goes_on_when_a_pool_is_used_up)
{
    generator_t *self = generator_new();
    uint8_t first[12000], second[12000];

    generator_fill(self, first, sizeof first);
    generator_fill(self, second, sizeof second);
    ck_assert_int_ne(memcmp(first, second, sizeof first), 0);
    ck_assert_int_ne(memcmp(first, first + 6000, 6000), 0);
    generator_destroy(&self);
}
END_TEST

START_TEST(every_number_below_the_limit_is_as_likely)
{
    enum { LIMIT = 10, DRAWS = 100000 };
    generator_t *self = generator_new();
    unsigned counts[LIMIT] = { 0 };

    for (int i = 0; i < DRAWS; i++)
        counts[generator_below(self, LIMIT)]++;

    /* Ten standard deviations: nobody will ever see this fail by chance. */
    for (int i = 0; i < LIMIT; i++) {
        ck_assert_uint_gt(counts[i], DRAWS / LIMIT - 950);
        ck_assert_uint_lt(counts[i], DRAWS / LIMIT + 950);
    }
    generator_destroy(&self);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("generator");

    tcase_add_test(cases, draws_the_stream_of_its_seed);
    tcase_add_test(cases, goes_on_when_a_pool_is_used_up);
    tcase_add_test(cases, every_number_below_the_limit_is_as_likely);
    return core_test_run(cases);
}
