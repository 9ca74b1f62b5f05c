/* chaos - what is said of the server, and to whom */

#include "frontend/chaos.h"

#include "frontend/compose.h"

static const char *const authors[] = { "first", "second" };
static const struct chaos server = {
    "coredns 1", "host.example", { (void *) (uintptr_t) authors, 2 }
};
static const struct chaos silent = { "", "", { NULL, 0 } };

static const struct {
    const struct chaos *chaos;
    const char *qname;
    uint16_t qtype, qclass;
    unsigned count;                     /* of records; 0: not told */
    const char *text;                   /* the last of them */
} rows[] = {
    { &server, "version.bind.",   CORE_TXT, CORE_CH, 1, "coredns 1" },
    { &server, "VERSION.server.", CORE_TXT, CORE_CH, 1, "coredns 1" },
    { &server, "id.server.",      CORE_TXT, CORE_CH, 1, "host.example" },
    { &server, "hostname.bind.",  CORE_TXT, CORE_CH, 1, "host.example" },
    { &server, "authors.bind.",   CORE_TXT, CORE_CH, 2, "second" },
    { &server, "version.bind.",   CORE_ANY, CORE_CH, 0, NULL },
    { &server, "version.bind.",   CORE_A,   CORE_CH, 0, NULL },
    { &server, "version.bind.",   CORE_TXT, CORE_IN, 0, NULL },
    { &server, "x.version.bind.", CORE_TXT, CORE_CH, 0, NULL },
    { &silent, "version.bind.",   CORE_TXT, CORE_CH, 0, NULL },
    { &silent, "id.server.",      CORE_TXT, CORE_CH, 0, NULL },
    { &silent, "authors.bind.",   CORE_TXT, CORE_CH, 0, NULL },
};

START_TEST(tells_what_may_be_told)
{
    struct composed query;
    struct core_message message, reply;
    struct core_records records;
    struct core_rr rr;
    uint8_t bytes[CHAOS_REPLY_SIZE];

    compose_query(&query, rows[_i].qname, rows[_i].qtype, rows[_i].qclass);
    compose_end(&query, 0, 0);
    ck_assert_int_eq(core_message_parse(&message, query.bytes, query.size),
                     CORE_PARSE_OK);

    size_t size = chaos_reply(rows[_i].chaos, &message, bytes);

    ck_assert_int_eq(size > 0, rows[_i].count > 0);
    if (size == 0)
        return;
    ck_assert_int_eq(core_message_parse(&reply, bytes, size), CORE_PARSE_OK);
    ck_assert_uint_eq(core_message_rcode(&reply), CORE_NOERROR);
    ck_assert_uint_eq(reply.counts[CORE_ANSWER], rows[_i].count);
    core_records_start(&records, &reply);
    while (core_records_next(&records, &rr)) {
        ck_assert_uint_eq(rr.rclass, CORE_CH);
        ck_assert_uint_eq(rr.ttl, 0);
    }
    ck_assert_uint_eq(rr.rdata_size, strlen(rows[_i].text) + 1);
    ck_assert_mem_eq(bytes + rr.rdata_offset + 1, rows[_i].text,
                     strlen(rows[_i].text));
}
END_TEST

START_TEST(cuts_a_text_that_is_too_long)
{
    struct composed query;
    struct core_message message;
    uint8_t bytes[CHAOS_REPLY_SIZE];
    char text[1000];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    compose_query(&query, "version.bind.", CORE_TXT, CORE_CH);
    compose_end(&query, 0, 0);
    core_message_parse(&message, query.bytes, query.size);

    const struct chaos chatty = { .version = text };
    size_t size = chaos_reply(&chatty, &message, bytes);

    ck_assert_uint_lt(size, CHAOS_REPLY_SIZE);
    ck_assert_uint_eq(bytes[size - 256], 255);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("chaos");

    tcase_add_loop_test(cases, tells_what_may_be_told, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, cuts_a_text_that_is_too_long);
    return core_test_run(cases);
}
