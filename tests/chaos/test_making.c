/* making - what is said that nobody knows */

#include "chaos/making.h"

#include "core_test.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"

static uint8_t query_bytes[512], reply_bytes[CORE_MESSAGE_SIZE];
static struct core_message query, reply;

static void
make_query(const char *name, uint16_t type)
{
    uint8_t wire[CORE_NAME_SIZE];
    struct core_writer writer;

    ck_assert_int_gt(core_name_from_text(wire, name, NULL), 0);
    core_writer_query(&writer, query_bytes, sizeof query_bytes, 77, CORE_RD,
                      wire, type, CORE_IN);
    ck_assert_int_eq(core_message_parse(&query, query_bytes,
                                        core_writer_end(&writer, 0, 0)),
                     CORE_PARSE_OK);
}

static void
read_reply(struct core_writer *writer)
{
    ck_assert_int_eq(core_message_parse(&reply, reply_bytes, writer->size),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(reply.id, 77);
}

/* 254 octets on the wire: no label fits in front of it. */
#define LABEL "a23456789.123456789.123456789.123456789.123456789.123456789."
#define LONG LABEL LABEL LABEL LABEL "123456789012."

static const struct {
    const char *name;
    uint16_t type;
    enum making_size size;
    uint16_t flags;
    unsigned answers, rcode, flags_said;
} rows[] = {
    { "a.test.", CORE_A, MAKING_SMALL, 0, 1, CORE_NOERROR, CORE_AA },
    { "a.test.", CORE_A, MAKING_LARGE, 0, 30, CORE_NOERROR, CORE_AA },
    { "a.test.", CORE_AAAA, MAKING_LARGE, 0, 1, CORE_NOERROR, CORE_AA },
    { "a.test.", CORE_A, MAKING_SMALL, CORE_TC, 1, CORE_NOERROR,
      CORE_AA | CORE_TC },
    { "a.test.", CORE_AXFR, MAKING_SMALL, 0, 6, CORE_NOERROR, CORE_AA },
    { LONG, CORE_AXFR, MAKING_SMALL, 0, 2, CORE_NOERROR, CORE_AA },
    { "a.test.", CORE_TXT, MAKING_SMALL, 0, 0, CORE_SERVFAIL, 0 },
};

START_TEST(answers_what_it_is_asked)
{
    struct core_writer writer;

    make_query(rows[_i].name, rows[_i].type);
    core_writer_reply(&writer, reply_bytes, sizeof reply_bytes, &query);
    making_answer(&writer, &query, rows[_i].size, rows[_i].flags);
    read_reply(&writer);
    ck_assert_uint_eq(reply.counts[CORE_ANSWER], rows[_i].answers);
    ck_assert_uint_eq(core_message_rcode(&reply), rows[_i].rcode);
    ck_assert_uint_eq(reply.flags & (CORE_AA | CORE_TC), rows[_i].flags_said);
}
END_TEST

START_TEST(a_reply_that_is_cut_keeps_its_flags_alone)
{
    static uint8_t bytes[512];
    struct core_message whole;
    struct core_writer writer;

    make_query("a.test.", CORE_A);
    core_writer_reply(&writer, bytes, sizeof bytes, &query);
    core_writer_rr(&writer, CORE_ANSWER, query.qname, CORE_A, CORE_IN, 5,
                   (const uint8_t[4]) { 192, 0, 2, 1 }, 4);
    ck_assert_int_eq(core_message_parse(
        &whole, bytes, core_writer_end(&writer, CORE_AA | CORE_RA,
                                       CORE_NXDOMAIN)), CORE_PARSE_OK);
    core_writer_reply(&writer, reply_bytes, sizeof reply_bytes, &whole);
    making_truncated(&writer, &whole);
    read_reply(&writer);
    ck_assert_uint_eq(reply.counts[CORE_ANSWER], 0);
    ck_assert_uint_eq(reply.flags & 0x7ff0,
                      CORE_AA | CORE_TC | CORE_RD | CORE_RA);
    ck_assert_uint_eq(core_message_rcode(&reply), CORE_NXDOMAIN);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("making");

    tcase_add_loop_test(cases, answers_what_it_is_asked, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_reply_that_is_cut_keeps_its_flags_alone);
    return core_test_run(cases);
}
