/* member - what is known of a process, and whether it is ready */

#include "health/member.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"

#define HEARD_MS 10000

static const struct {
    const char *status;                 /* NULL: nothing was heard */
    int64_t later_ms;
    bool has_ended;
    const char *word;
    const char *why;                    /* NULL: it is ready */
} rows[] = {
    { "pid 7\nstate ready\nreason \n", 0, false, "ready", NULL },
    { "pid 7\nstate ready\n", 2999, false, "ready", NULL },
    { "pid 7\nstate ready\n", 3000, false, "silent", "silent for 3 s" },
    { "pid 7\nstate ready\n", 65999, false, "silent", "silent for 65 s" },
    { "pid 7\nstate ready\n", 0, true, "ended", "process 7 has ended" },
    { "pid 7\nstate ready\n", 9000, true, "ended", "process 7 has ended" },
    { "state not-ready\nreason no zone of x.\n", 0, false, "not-ready",
      "no zone of x." },
    { "state starting\nreason \n", 0, false, "starting", "starting" },
    { "state draining", 0, false, "draining", "draining" },
    { "state Ready\n", 0, false, "without a state", "without a state" },
    { "state ready now\n", 0, false, "without a state", "without a state" },
    { "unknown verb\n", 0, false, "without a state", "without a state" },
    { "", 0, false, "without a state", "without a state" },
    { "state not-ready\nreason a\x1b[2J\xff" "b\n", 0, false, "not-ready",
      "a?[2J?b" },
    { NULL, 0, false, "not heard of yet", "not heard of yet" },
    { NULL, 3000, false, "silent", "silent for 3 s" },
};

START_TEST(is_ready_or_says_why_not)
{
    struct member member = { .heard_ms = HEARD_MS };
    int64_t now_ms = HEARD_MS + rows[_i].later_ms;
    char why[MEMBER_TEXT_SIZE];

    if (rows[_i].status != NULL)
        member_take_status(&member, rows[_i].status, HEARD_MS);
    if (rows[_i].has_ended)
        member_end(&member);
    ck_assert_int_eq(member_is_ready(&member, now_ms, why),
                     rows[_i].why == NULL);
    ck_assert_str_eq(why, rows[_i].why == NULL ? "" : rows[_i].why);
    ck_assert_str_eq(member_state_word(&member, now_ms), rows[_i].word);
}
END_TEST

START_TEST(takes_all_lines_of_a_status)
{
    struct member member = { .heard_ms = 0 };

    member_take_status(&member, "name cache\nprogram coredns-cache\npid 7\n"
                       "state ready\nreason \nuptime_ms 1500\nqueries 42\n"
                       "held 0\nlast_error cannot open: no <such> file\n", 1);
    ck_assert_int_eq(member.pid, 7);
    ck_assert_uint_eq(member.uptime_ms, 1500);
    ck_assert_uint_eq(member.queries, 42);
    ck_assert_str_eq(member.last_error, "cannot open: no <such> file");
    ck_assert_str_eq(member.reason, "");
}
END_TEST

static const char *const pids[] = {
    "pid 0\n", "pid -1\n", "pid 4294967296\n", "pid x\n", "pid\n",
};

START_TEST(takes_no_pid_that_cannot_be)
{
    struct member member = { .pid = 7 };

    member_take_status(&member, pids[_i], 1);
    ck_assert_int_eq(member.pid, 7);
}
END_TEST

START_TEST(counts_processes_that_took_the_place)
{
    struct member member = { .heard_ms = 0 };

    member_take_status(&member, "pid 7\nstate ready\n", 1);
    member_take_status(&member, "pid 7\nstate ready\n", 2);
    ck_assert_uint_eq(member.restarts, 0);
    member_end(&member);
    member_take_status(&member, "pid 8\nstate ready\n", 3);
    ck_assert_uint_eq(member.restarts, 1);
    ck_assert_int_eq(member.state, MEMBER_READY);
}
END_TEST

START_TEST(cuts_a_reason_that_is_too_long)
{
    struct member member = { .heard_ms = 0 };
    char text[2 * MEMBER_TEXT_SIZE + 1];

    memset(text, 'x', sizeof text - 1);
    memcpy(text, "reason ", strlen("reason "));
    text[sizeof text - 1] = '\0';
    member_take_status(&member, text, 1);
    ck_assert_uint_eq(strlen(member.reason), MEMBER_TEXT_SIZE - 1);
}
END_TEST

START_TEST(keeps_counters_up_to_the_limit)
{
    struct member member = { .heard_ms = 0 };
    size_t size = MEMBER_COUNTERS_SIZE + 1;
    char *text = malloc(size);

    memset(text, 'a', size);
    ck_assert(member_take_counters(&member, "one 1\n", 6, 1));
    ck_assert_str_eq(member.counters, "one 1\n");
    ck_assert(member_take_counters(&member, "one\0two", 7, 1));
    ck_assert_str_eq(member.counters, "one");
    ck_assert(member_take_counters(&member, text, size - 1, 1));
    ck_assert_uint_eq(member.counters_size, MEMBER_COUNTERS_SIZE);
    ck_assert(!member_take_counters(&member, text, size, 1));
    ck_assert_uint_eq(member.counters_size, 0);
    ck_assert(member_take_counters(&member, "b 2\n", 4, 1));
    member_end(&member);
    ck_assert_uint_eq(member.counters_size, 0);
    member_clear(&member);
    free(text);
}
END_TEST

START_TEST(tells_what_it_knows_as_metrics)
{
    struct member member = { .heard_ms = 0 };
    char text[2048] = "";
    FILE *file = fmemopen(text, sizeof text, "w");

    member_take_status(&member, "pid 7\nstate ready\nuptime_ms 1500\n", 1);
    member.usage = (struct usage) { .resident = 4096, .cpu_ms = 12345 };
    member_write(&member, 1, file);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "\ncoredns_process_ready 1\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\ncoredns_process_resident_memory_bytes 4096\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\ncoredns_process_cpu_seconds_total 12.345\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\ncoredns_process_uptime_seconds 1.500\n"));
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("member");

    tcase_add_loop_test(cases, is_ready_or_says_why_not, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, takes_all_lines_of_a_status);
    tcase_add_loop_test(cases, takes_no_pid_that_cannot_be, 0,
                        CORE_TEST_ROWS(pids));
    tcase_add_test(cases, counts_processes_that_took_the_place);
    tcase_add_test(cases, cuts_a_reason_that_is_too_long);
    tcase_add_test(cases, keeps_counters_up_to_the_limit);
    tcase_add_test(cases, tells_what_it_knows_as_metrics);
    return core_test_run(cases);
}
