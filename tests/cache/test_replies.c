/* replies - one reply for many, none at all, and what is stale meanwhile */

#include "cache/wires.h"

/* ---- questions in flight ------------------------------------------------- */

START_TEST(asks_once_for_many)
{
    wires_open("");
    make("a.example.", CORE_A, 0, "a.example. 300 A 192.0.2.1", NULL);
    for (uint64_t id = 2; id < 50; id++)
        wires_send(&query, id, 0);
    wires_send(&query, 7, CORE_RECORD_RESENT);      /* it waits already */
    wires_take(&down);
    ck_assert_uint_eq(down.record.id, 2);
    ck_assert(wires_nothing_comes_down());
    wires_send(&query, 2, CORE_RECORD_RESENT);      /* was it lost? again */
    wires_take(&down);
    ck_assert_uint_eq(down.record.id, 2);
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);

    uint64_t sum = 0;

    for (uint64_t id = 2; id < 50;) {
        struct core_batch_reader reader;
        struct core_record record;

        ck_assert(wires_wait(wires.asker, PATIENTLY_MS));
        zmq_recv(wires.asker, up.frame, sizeof up.frame, 0);

        int size = zmq_recv(wires.asker, up.frame, sizeof up.frame, 0);

        ck_assert(core_batch_open(&reader, up.frame, (size_t) size));
        for (; core_batch_next(&reader, &record); id++)
            sum += record.id;
    }
    ck_assert_uint_eq(sum, 49 * 50 / 2 - 1);
    ck_assert(!wires_wait(wires.asker, QUICKLY_MS));
    wires_close();
}
END_TEST

START_TEST(gives_all_the_reply_that_is_not_kept)
{
    wires_open("");
    make("a.example.", CORE_A, CORE_REFUSED, NULL, NULL);
    wires_send(&query, 2, 0);
    wires_take(&down);
    wires_send(&query, 3, 0);
    ck_assert(wires_nothing_comes_down());
    wires_answer(&down, &reply, 0, CORE_TRAIL_EDE, "12no");
    for (int i = 0; i < 2; i++) {
        wires_receive(&up);
        ck_assert_uint_eq(core_message_rcode(&up.message), CORE_REFUSED);
    }
    wires_close();
}
END_TEST

START_TEST(sends_another_when_the_first_stays_silent)
{
    wires_open("");
    make("a.example.", CORE_A, 0, "a.example. 300 A 192.0.2.1", NULL);
    wires_send(&query, 2, 0);
    wires_take(&down);
    wires_send(&query, 3, 0);
    wires_send(&query, 4, 0);
    wires_take(&down);                  /* a second later */
    ck_assert_uint_eq(down.record.id, 3);
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);

    uint64_t sum = 0;

    for (int i = 0; i < 2; i++) {
        wires_receive(&up);
        sum += up.record.id;
    }
    ck_assert_uint_eq(sum, 3 + 4);
    wires_close();
}
END_TEST

/* ---- stale answers ------------------------------------------------------- */

/* Keeps an answer for a second, and goes on when that has passed: the query
   that found it stale is in `down`. */
static void
make_stale(void)
{
    make("a.example.", CORE_A, 0, "a.example. 1 A 192.0.2.1", NULL);
    ask_and_answer(100);
    for (uint64_t id = 101; is_kept(id); id++)
        if (wires_wait(wires.next, 1)) {
            wires_take(&down);
            return;
        }
}

#define STALE "success_minimum_ttl = 0; serve_stale = \"1h\"; "

START_TEST(verifies_before_it_is_stale)
{
    wires_open(STALE "stale_wait = \"100ms\";");
    make_stale();

    /* Nobody answers: the old answer, and nobody is asked for a while. */
    wires_receive(&up);
    ck_assert_uint_eq(ede_of(&up), CORE_EDE_STALE_ANSWER);
    ck_assert_uint_eq(ttl_of(&up), 30);
    ck_assert(is_kept(2));
    ck_assert_uint_eq(ede_of(&up), CORE_EDE_STALE_ANSWER);

    /* The reply comes late: it is of use, and goes to nobody. */
    sample_reply(&reply, "a.example.", CORE_A, 0,
                 (const char *[3]) { "a.example. 300 A 192.0.2.9" });
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    ck_assert(!wires_wait(wires.asker, QUICKLY_MS));
    ck_assert(is_kept(3));
    ck_assert_uint_eq(ede_of(&up), CORE_EDE_NONE);
    ck_assert_uint_eq(up.record.message[up.record.message_size - 1], 9);
    wires_close();
}
END_TEST

START_TEST(uses_the_old_answer_when_upstream_fails)
{
    wires_open(STALE "stale_wait = \"20s\";");
    make_stale();
    sample_reply(&reply, "a.example.", CORE_A,
                 _i == 0 ? CORE_SERVFAIL : CORE_REFUSED,
                 (const char *[3]) { NULL });
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    wires_receive(&up);
    ck_assert_uint_eq(core_message_rcode(&up.message), CORE_NOERROR);
    ck_assert_uint_eq(ede_of(&up), CORE_EDE_STALE_ANSWER);
    ck_assert(is_kept(2));
    wires_close();
}
END_TEST

START_TEST(does_not_keep_that_one_of_us_was_not_ready)
{
    static const uint8_t codes[] = { CORE_EDE_NOT_READY, 22 };

    wires_open("");
    make("a.example.", CORE_A, CORE_SERVFAIL, NULL, NULL);
    wires_send(&query, 2, 0);
    wires_take(&down);
    wires_answer_with(&down, &reply, 0, CORE_TRAIL_EDE,
                      (const uint8_t[2]) { 0, codes[_i] }, 2);
    wires_receive(&up);
    ck_assert_uint_eq(core_message_rcode(&up.message), CORE_SERVFAIL);
    ck_assert_int_eq(is_kept(3), codes[_i] != CORE_EDE_NOT_READY);
    wires_close();
}
END_TEST

START_TEST(uses_the_new_answer_when_there_is_one)
{
    wires_open(STALE "stale_wait = \"20s\";");
    make_stale();
    sample_reply(&reply, "a.example.", CORE_A, 0,
                 (const char *[3]) { "a.example. 300 A 192.0.2.9" });
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    wires_receive(&up);
    ck_assert_uint_eq(ede_of(&up), CORE_EDE_NONE);
    ck_assert_uint_eq(up.record.message[up.record.message_size - 1], 9);
    ck_assert(!wires_wait(wires.asker, QUICKLY_MS));    /* only one reply */
    wires_close();
}
END_TEST

START_TEST(is_stale_at_once_and_asks_meanwhile)
{
    wires_open(STALE "stale_mode = \"immediate\"; stale_ttl = 7;");
    make_stale();
    while (wires_wait(wires.asker, QUICKLY_MS))
        wires_read(wires.asker, &up);
    ck_assert_uint_eq(ede_of(&up), CORE_EDE_STALE_ANSWER);
    ck_assert_uint_eq(ttl_of(&up), 7);
    ck_assert(is_kept(2));              /* again, and only one went down */
    ck_assert(wires_nothing_comes_down());
    sample_reply(&reply, "a.example.", CORE_A, 0,
                 (const char *[3]) { "a.example. 300 A 192.0.2.9" });
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    ck_assert(!wires_wait(wires.asker, QUICKLY_MS));
    ck_assert(is_kept(3));
    ck_assert_uint_eq(ttl_of(&up), 300);
    wires_close();
}
END_TEST

START_TEST(renews_with_the_bits_of_the_query)
{
    wires_open("success_minimum_ttl = 0; prefetch = 1; "
               "prefetch_percentage = 100;");
    make("a.example.", CORE_A, 0, "a.example. 300 A 192.0.2.1", NULL);
    sample_query(&query, "a.example.", CORE_A, CORE_RD | CORE_CD, true);
    ask_and_answer(2);
    wires_send(&query, 3, 0);
    wires_receive(&up);
    wires_take(&down);                  /* a copy of it */
    ck_assert_uint_eq(down.message.flags & CORE_CD, CORE_CD);
    ck_assert(down.message.edns.dnssec_ok);
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    ck_assert(!wires_wait(wires.asker, QUICKLY_MS));
    wires_close();
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("replies");

    tcase_set_timeout(cases, 30);
    tcase_add_test(cases, asks_once_for_many);
    tcase_add_test(cases, gives_all_the_reply_that_is_not_kept);
    tcase_add_test(cases, sends_another_when_the_first_stays_silent);
    tcase_add_test(cases, verifies_before_it_is_stale);
    tcase_add_loop_test(cases, uses_the_old_answer_when_upstream_fails, 0, 2);
    tcase_add_loop_test(cases, does_not_keep_that_one_of_us_was_not_ready,
                        0, 2);
    tcase_add_test(cases, uses_the_new_answer_when_there_is_one);
    tcase_add_test(cases, is_stale_at_once_and_asks_meanwhile);
    tcase_add_test(cases, renews_with_the_bits_of_the_query);
    return core_test_run(cases);
}
