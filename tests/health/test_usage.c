/* usage - what /proc/PID/stat says */

#include "health/usage.h"

#include <unistd.h>

#include "core_test.h"

#define BEFORE " S 1 2 3 0 -1 4194560 900 0 12 0 "
#define AFTER " 0 0 20 0 3 0 12345 230000000 "
#define REST " 18446744073709551615 1 1 0 0"

static const struct {
    const char *text;
    int rc;
    uint64_t resident;
    uint64_t cpu_ms;
} rows[] = {
    { "7 (coredns-cache)" BEFORE "150 50" AFTER "2" REST, 0, 8192, 2000 },
    { "7 (a) S 1 (b c)" BEFORE "1 0" AFTER "1" REST, 0, 4096, 10 },
    { "7 ()" BEFORE "0 0" AFTER "0" REST, 0, 0, 0 },
    { "7 (short)" BEFORE "150 50", -1, 0, 0 },
    { "7 (word)" BEFORE "x 50" AFTER "2" REST, -1, 0, 0 },
    { "no bracket", -1, 0, 0 },
    { "", -1, 0, 0 },
};

START_TEST(reads_memory_and_time)
{
    struct usage usage = { 0, 0 };

    ck_assert_int_eq(usage_from_stat(&usage, rows[_i].text, 4096, 10),
                     rows[_i].rc);
    ck_assert_uint_eq(usage.resident, rows[_i].resident);
    ck_assert_uint_eq(usage.cpu_ms, rows[_i].cpu_ms);
}
END_TEST

START_TEST(knows_this_process)
{
    struct usage usage = { 0, 0 };

    ck_assert_int_eq(usage_read(&usage, getpid()), 0);
    ck_assert_uint_gt(usage.resident, 0);
}
END_TEST

START_TEST(knows_that_there_is_no_such_process)
{
    struct usage usage;

    ck_assert_int_eq(usage_read(&usage, 0x7FFFFFFF), -1);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("usage");

    tcase_add_loop_test(cases, reads_memory_and_time, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, knows_this_process);
    tcase_add_test(cases, knows_that_there_is_no_such_process);
    return core_test_run(cases);
}
