/* cache - what becomes of queries and replies on a cache's wires */

#include "cache/cache.h"

#include "cache/wires.h"

#define SOA "example. 300 SOA ns.example. a.example. 1 2 3 4 300"

static struct sample query, reply;
static struct arrival down, up;

/* Asks; the query must go down and is answered with what is in `reply`. */
static void
ask_and_answer(uint64_t id)
{
    wires_send(&query, id, 0);
    wires_take(&down);
    wires_answer(&down, &reply, 0, CORE_TRAIL_HOP, NULL);
    wires_receive(&up);
    ck_assert_uint_eq(up.record.id, id);
}

static void
make(const char *name, uint16_t type, unsigned flags_and_rcode,
     const char *answer, const char *authority)
{
    sample_query(&query, name, type, CORE_RD, false);
    sample_reply(&reply, name, type, flags_and_rcode,
                 (const char *[3]) { answer, authority });
}

/* Asks again; true when the cache answers by itself. */
static bool
is_kept(uint64_t id)
{
    wires_send(&query, id, 0);

    zmq_pollitem_t items[] = {
        { .socket = wires.asker, .events = ZMQ_POLLIN },
        { .socket = wires.next, .events = ZMQ_POLLIN },
    };

    ck_assert_int_gt(zmq_poll(items, 2, PATIENTLY_MS), 0);
    if ((items[1].revents & ZMQ_POLLIN) != 0) {
        wires_read(wires.next, &down);
        return false;
    }
    wires_read(wires.asker, &up);
    ck_assert_uint_eq(up.record.id, id);
    return true;
}

static uint32_t
ttl_of(const struct arrival *arrival)
{
    struct core_records records;
    struct core_rr rr;

    core_records_start(&records, &arrival->message);
    ck_assert(core_records_next(&records, &rr));
    return rr.ttl;
}

/* The info code of its EDE, or NONE. */
static unsigned
ede_of(const struct arrival *arrival)
{
    size_t size;
    const uint8_t *value = core_trail_find(arrival->record.trail,
                                           arrival->record.trail_size,
                                           CORE_TRAIL_EDE, &size);

    return value == NULL ? CORE_EDE_NONE : core_read16(value);
}

/* ---- what is kept -------------------------------------------------------- */

static const struct {
    const char *name;
    const char *answer, *authority;
    unsigned flags_and_rcode;
    uint32_t first_ttl;                 /* in the reply itself; 0: none */
    bool is_kept;
} rows[] = {
    { "positive", "a.example. 300 A 192.0.2.1", NULL, 0, 300, true },
    { "a long TTL", "a.example. 99999 A 192.0.2.1", NULL, 0, 3600, true },
    { "a short TTL", "a.example. 0 A 192.0.2.1", NULL, 0, 5, true },
    { "several TTLs", "a.example. 99 CNAME b.example.;b.example. 50 A 1.2.3.4",
      NULL, 0, 50, true },
    { "negative", NULL, SOA, CORE_NXDOMAIN, 300, true },
    { "no data", NULL, SOA, 0, 300, true },
    { "a failure", NULL, NULL, CORE_SERVFAIL, 0, true },
    { "refused", NULL, NULL, CORE_REFUSED, 0, false },
    { "cut off", "a.example. 300 A 192.0.2.1", NULL, CORE_TC, 300, false },
    { "negative without SOA", NULL, NULL, CORE_NXDOMAIN, 0, false },
};

START_TEST(keeps_what_may_be_kept)
{
    wires_open("");
    make("a.example.", CORE_A, rows[_i].flags_and_rcode, rows[_i].answer,
         rows[_i].authority);
    ask_and_answer(2);
    ck_assert_uint_eq(core_message_rcode(&up.message),
                      rows[_i].flags_and_rcode & 15);
    ck_assert_uint_eq(up.message.flags & CORE_AA, 0);
    if (rows[_i].first_ttl > 0)
        ck_assert_uint_eq(ttl_of(&up), rows[_i].first_ttl);

    /* From here on in other letters, without RD and with another id. */
    sample_query(&query, "A.Example.", CORE_A, 0, false);
    core_write16(query.bytes, 0x4321);
    sample_parse(&query);
    ck_assert_msg(is_kept(3) == rows[_i].is_kept, "%s", rows[_i].name);
    if (rows[_i].is_kept) {
        ck_assert_uint_eq(core_message_rcode(&up.message),
                          rows[_i].flags_and_rcode & 15);
        ck_assert_uint_eq(up.message.id, 0x4321);
        ck_assert_mem_eq(up.message.qname, "\1A\7Example\0", 11);
        ck_assert_uint_eq(up.message.flags & (CORE_RD | CORE_RA | CORE_TC),
                          CORE_RA);
    }
    if (rows[_i].is_kept && rows[_i].first_ttl > 0) {
        ck_assert_uint_le(ttl_of(&up), rows[_i].first_ttl);
        ck_assert_uint_ge(ttl_of(&up), rows[_i].first_ttl - 2);
        ck_assert_uint_ne(up.message.flags & CORE_AA, 0);
    }
    wires_close();
}
END_TEST

/* Replies whose message would be kept, if it were not for what is around. */
static const struct {
    unsigned flags;
    enum core_trail_kind kind;
    const char *item;
    bool is_for_another;
} strange[] = {
    { CORE_RECORD_MORE, CORE_TRAIL_HOP, NULL, false },
    { CORE_RECORD_TRACE, CORE_TRAIL_HOP, NULL, false },
    { 0, CORE_TRAIL_SOURCE, "12345678", false },
    { 0, CORE_TRAIL_HOP, NULL, true },
};

START_TEST(passes_but_does_not_keep)
{
    wires_open("");
    make("a.example.", CORE_A, 0, "a.example. 300 A 192.0.2.1", NULL);
    if (strange[_i].is_for_another)
        sample_reply(&reply, "bank.", CORE_A, 0,
                     (const char *[3]) { "bank. 300 A 192.0.2.66" });
    wires_send(&query, 2, 0);
    wires_take(&down);
    wires_answer(&down, &reply, strange[_i].flags, strange[_i].kind,
                 strange[_i].item);
    wires_receive(&up);
    ck_assert_uint_eq(up.record.id, 2);
    ck_assert_mem_eq(up.record.message + 2, reply.bytes + 2, reply.size - 2);
    if (strange[_i].item != NULL)
        ck_assert_uint_eq(up.record.trail_size, 4 + 8);

    char *dump = wires_order("dump", NULL, NULL);

    ck_assert_str_eq(dump, "");
    free(dump);
    wires_close();
}
END_TEST

/* Queries that are not looked up at all. */
static const struct {
    uint16_t type;
    uint16_t qclass;
    uint16_t flags;
    bool with_subnet;
} bypasses[] = {
    { CORE_AXFR, CORE_IN, CORE_RD, false },
    { CORE_IXFR, CORE_IN, CORE_RD, false },
    { CORE_A, CORE_CLASS_ANY, CORE_RD, false },
    { CORE_SOA, CORE_IN, CORE_OPCODE_NOTIFY << 11, false },
    { CORE_SOA, CORE_IN, CORE_OPCODE_UPDATE << 11, false },
    { CORE_A, CORE_IN, CORE_RD, true },
};

START_TEST(passes_what_is_not_for_a_cache)
{
    static const uint8_t subnet[] = { 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2 };
    uint8_t name[] = "\1a\7example";
    struct core_writer writer;

    wires_open("");
    core_writer_query(&writer, query.bytes, sizeof query.bytes, 1,
                      bypasses[_i].flags, name, bypasses[_i].type,
                      bypasses[_i].qclass);
    if (bypasses[_i].with_subnet)
        core_writer_edns(&writer, 1232, 0, false, subnet, sizeof subnet);
    query.size = core_writer_end(&writer, 0, 0);
    sample_parse(&query);
    for (uint64_t id = 2; id < 4; id++) {
        wires_send(&query, id, 0);
        wires_take(&down);              /* each one goes down */
        ck_assert_uint_eq(down.record.id, id);
    }
    wires_close();
}
END_TEST

START_TEST(keeps_do_and_cd_apart)
{
    static const struct {
        uint16_t flags;
        bool with_do;
    } kinds[] = { { CORE_RD, false }, { CORE_RD, true },
                  { CORE_RD | CORE_CD, false }, { CORE_RD | CORE_CD, true } };

    wires_open("");
    for (uint64_t i = 0; i < 4; i++) {
        char record[64];

        snprintf(record, sizeof record, "a.example. 300 A 192.0.2.%d",
                 (int) i);
        make("a.example.", CORE_A, CORE_AD, record, NULL);
        sample_query(&query, "a.example.", CORE_A, kinds[i].flags,
                     kinds[i].with_do);
        ask_and_answer(10 + i);
    }
    for (uint64_t i = 0; i < 4; i++) {
        sample_query(&query, "a.example.", CORE_A, kinds[i].flags,
                     kinds[i].with_do);
        ck_assert(is_kept(20 + i));
        ck_assert_uint_eq(up.record.message[up.record.message_size - 1], i);
        ck_assert_uint_eq(up.message.flags & CORE_CD,
                          kinds[i].flags & CORE_CD);

        /* AD is for those who asked for it or for signatures. */
        ck_assert(((up.message.flags & CORE_AD) != 0) == kinds[i].with_do);
    }
    wires_close();
}
END_TEST

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
   that finds the answer stale is in `down`. */
static void
make_stale(void)
{
    uint64_t id = 100;

    make("a.example.", CORE_A, 0, "a.example. 1 A 192.0.2.1", NULL);
    ask_and_answer(id);
    do {
        id++;
        wires_send(&query, id, 0);
        if (wires_wait(wires.next, 1))
            break;
        wires_receive(&up);
    } while (ede_of(&up) == CORE_EDE_NONE);
    wires_take(&down);
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
    if (ede_of(&up) == CORE_EDE_NONE)
        wires_receive(&up);
    ck_assert_uint_eq(ede_of(&up), CORE_EDE_STALE_ANSWER);
    ck_assert_uint_eq(ttl_of(&up), 7);
    wires_send(&query, 2, 0);
    wires_receive(&up);                 /* again, and only one went down */
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

/* ---- orders -------------------------------------------------------------- */

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
    TCase *cases = tcase_create("cache");

    tcase_set_timeout(cases, 30);
    tcase_add_loop_test(cases, keeps_what_may_be_kept, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, passes_but_does_not_keep, 0,
                        CORE_TEST_ROWS(strange));
    tcase_add_loop_test(cases, passes_what_is_not_for_a_cache, 0,
                        CORE_TEST_ROWS(bypasses));
    tcase_add_test(cases, keeps_do_and_cd_apart);
    tcase_add_test(cases, asks_once_for_many);
    tcase_add_test(cases, gives_all_the_reply_that_is_not_kept);
    tcase_add_test(cases, sends_another_when_the_first_stays_silent);
    tcase_add_test(cases, verifies_before_it_is_stale);
    tcase_add_loop_test(cases, uses_the_old_answer_when_upstream_fails, 0, 2);
    tcase_add_test(cases, uses_the_new_answer_when_there_is_one);
    tcase_add_test(cases, is_stale_at_once_and_asks_meanwhile);
    tcase_add_test(cases, renews_with_the_bits_of_the_query);
    tcase_add_loop_test(cases, forgets_what_it_is_told, 0,
                        CORE_TEST_ROWS(flushes));
    tcase_add_test(cases, keeps_no_reply_from_before_a_flush);
    tcase_add_test(cases, shows_what_it_holds);
    tcase_add_test(cases, remembers_over_a_reload);
    return core_test_run(cases);
}
