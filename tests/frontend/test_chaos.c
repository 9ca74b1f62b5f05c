/* chaos - what is said of the server, and to whom */

#include "frontend/chaos.h"

#include "frontend/compose.h"

static const struct chaos server = { "coredns 1", "host.example" };
static const struct chaos silent = { "", "" };

static const struct {
    const struct chaos *chaos;
    const char *qname;
    uint16_t qtype;
    const char *text;                   /* NULL: REFUSED */
} rows[] = {
    { &server, "version.bind.",   CORE_TXT, "coredns 1" },
    { &server, "VERSION.server.", CORE_TXT, "coredns 1" },
    { &server, "version.bind.",   CORE_ANY, "coredns 1" },
    { &server, "id.server.",      CORE_TXT, "host.example" },
    { &server, "hostname.bind.",  CORE_TXT, "host.example" },
    { &server, "authors.bind.",   CORE_TXT, NULL },
    { &server, "version.bind.",   CORE_A,   NULL },
    { &server, "x.version.bind.", CORE_TXT, NULL },
    { &silent, "version.bind.",   CORE_TXT, NULL },
    { &silent, "id.server.",      CORE_TXT, NULL },
};

START_TEST(tells_what_may_be_told)
{
    struct composed query;
    struct core_message message, reply;
    struct core_records records;
    struct core_rr rr;
    uint8_t bytes[CHAOS_REPLY_SIZE];

    compose_query(&query, rows[_i].qname, rows[_i].qtype, CORE_CH);
    compose_end(&query, 0, 0);
    ck_assert_int_eq(core_message_parse(&message, query.bytes, query.size),
                     CORE_PARSE_OK);

    size_t size = chaos_reply(rows[_i].chaos, &message, bytes);

    ck_assert_int_eq(core_message_parse(&reply, bytes, size), CORE_PARSE_OK);
    ck_assert_uint_eq(core_message_rcode(&reply),
                      rows[_i].text == NULL ? CORE_REFUSED : CORE_NOERROR);
    core_records_start(&records, &reply);
    ck_assert_int_eq(core_records_next(&records, &rr), rows[_i].text != NULL);
    if (rows[_i].text == NULL)
        return;
    ck_assert_uint_eq(rr.rclass, CORE_CH);
    ck_assert_uint_eq(rr.ttl, 0);
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
