/* ghosts - the last of each bucket are remembered, and each once */

#include "cache/ghosts.h"

#include "core_test.h"

START_TEST(remembers_the_last_of_each_bucket)
{
    uint32_t tags[2 * GHOSTS_IN_BUCKET] = { 0 };
    struct ghosts ghosts;

    ghosts_init(&ghosts, tags, 2);
    for (uint64_t i = 1; i <= 5; i++)
        ghosts_add(&ghosts, 2 * i);
    ghosts_add(&ghosts, UINT64_MAX);
    ck_assert(!ghosts_take(&ghosts, 2));        /* pushed out by the fifth */
    ck_assert(ghosts_take(&ghosts, 4));
    ck_assert(!ghosts_take(&ghosts, 4));        /* forgotten when taken */
    ck_assert(ghosts_take(&ghosts, 10));
    ck_assert(ghosts_take(&ghosts, 6));
    ck_assert(ghosts_take(&ghosts, UINT64_MAX));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("ghosts");

    tcase_add_test(cases, remembers_the_last_of_each_bucket);
    return core_test_run(cases);
}
