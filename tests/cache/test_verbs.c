/* verbs - what it is told to forget and to show; a reload */

#include "cache/wires.h"

static const struct {
    const char *first, *second;
    const char *said;
    bool is_kept;
} flushes[] = {
    { NULL, NULL, "flushed 1\n", false },
    { "A.example", NULL, "flushed 1\n", false },
    { "a.example.", "A", "flushed 1\n", false },
    { "a.example.", "TXT", "flushed 0\n", true },
    { "b.example.", NULL, "flushed 0\n", true },
    { "example.", NULL, "flushed 0\n", true },
    { "--tree", "example.", "flushed 1\n", false },
    { "--tree", "ample.", "flushed 0\n", true },
};

START_TEST(forgets_what_it_is_told)
{
    wires_open("");
    make("a.example.", CORE_A, 0, "a.example. 300 A 192.0.2.1", NULL);
    ask_and_answer(2);

    char *said = wires_order("flush", flushes[_i].first, flushes[_i].second);

    ck_assert_str_eq(said, flushes[_i].said);
    free(said);
    ck_assert(is_kept(3) == flushes[_i].is_kept);
    wires_close();
}
END_TEST

START_TEST(keeps_no_reply_from_before_a_flush)
{
    wires_open("");
    make("a.example.", CORE_A, 0, "a.example. 300 A 192.0.2.1", NULL);
    wires_send(&query, 2, 0);
    wires_take(&down);
    free(wires_order("flush", "--tree", "example."));
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    wires_receive(&up);
    ck_assert(!is_kept(3));
    wires_close();
}
END_TEST

START_TEST(shows_what_it_holds)
{
    wires_open("");
    make("a.example.", CORE_A, 0,
         "a.example. 300 A 192.0.2.1;bank. 9 A 192.0.2.66", NULL);
    ask_and_answer(2);

    char *dump = wires_order("dump", "--tree", "example");
    char *stats = wires_order("stats", NULL, NULL);
    char *metrics = wires_order("metrics", NULL, NULL);

    ck_assert_ptr_eq(strstr(dump, "a.example. IN A positive fresh rcode=0 "
                                  "ttl="), dump);
    ck_assert_ptr_nonnull(strstr(dump, "\tan a.example.\t"));
    ck_assert_ptr_nonnull(strstr(dump, "\tIN\tA\t192.0.2.1\n"));
    ck_assert_ptr_null(strstr(dump, "bank"));
    ck_assert_ptr_nonnull(strstr(stats, "success_entries 1\n"));
    ck_assert_ptr_nonnull(strstr(stats, "misses 1\n"));
    ck_assert_ptr_nonnull(strstr(metrics, "coredns_cache_entries"
                                          "{type=\"success\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(metrics, "coredns_cache_requests_total 1\n"));
    free(dump);
    free(stats);
    free(metrics);
    wires_close();
}
END_TEST

START_TEST(remembers_over_a_reload)
{
    wires_open("");
    make("a.example.", CORE_A, 0, "a.example. 300 A 192.0.2.1", NULL);
    ask_and_answer(2);
    wires_configure("capacity = \"8 MiB\";");
    free(wires_order("reload", NULL, NULL));
    ck_assert(is_kept(3));
    wires_configure("capacity = \"8 MiB\"; zones = [ \"lan.\" ];");
    free(wires_order("reload", NULL, NULL));
    ck_assert(!is_kept(4));             /* no longer ours */
    wires_close();
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("verbs");

    tcase_set_timeout(cases, 30);
    tcase_add_loop_test(cases, forgets_what_it_is_told, 0,
                        CORE_TEST_ROWS(flushes));
    tcase_add_test(cases, keeps_no_reply_from_before_a_flush);
    tcase_add_test(cases, shows_what_it_holds);
    tcase_add_test(cases, remembers_over_a_reload);
    return core_test_run(cases);
}
