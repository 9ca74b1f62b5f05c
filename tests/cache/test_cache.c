/* cache - which queries it answers by itself, and what it says */

#include "cache/cache.h"

#include "cache/wires.h"

#define SOA "example. 300 SOA ns.example. a.example. 1 2 3 4 300"

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
    ck_assert_uint_ne(down.message.flags & CORE_AD, 0);     /* RFC 6840 5.7 */
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
    return core_test_run(cases);
}
