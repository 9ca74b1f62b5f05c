/* made - what needs no stage: localhost, ANY, and the server itself */

#include "frontend/made.h"

#include "frontend/compose.h"

static const struct made_policy nothing;
static const struct made_policy on = { .local = LOCAL_ON };
static const struct made_policy prefix = { .local = LOCAL_PREFIX };
static const struct made_policy any = { .minimal_any = true };
static const struct made_policy chaos = { .chaos = { .version = "v" } };

#define LOOPBACK "1.0.0.127.in-addr.arpa."
#define NOT_HERE CORE_REFUSED           /* a stage is asked */

static const struct {
    const struct made_policy *policy;
    const char *qname;
    uint16_t qtype, qclass;
    unsigned rcode;
    uint16_t type;                      /* of the one record, in the answer */
    const char *soa;                    /* or the owner of a SOA below it */
    uint8_t last;                       /* octet of the record */
} rows[] = {
    { &on, "localhost.", CORE_A, CORE_IN, 0, CORE_A, NULL, 1 },
    { &on, "LocalHost.", CORE_AAAA, CORE_IN, 0, CORE_AAAA, NULL, 1 },
    { &on, "localhost.", CORE_NS, CORE_IN, 0, CORE_NS, NULL, 12 },
    { &on, "localhost.", CORE_SOA, CORE_IN, 0, CORE_SOA, NULL, 0x80 },
    { &on, "localhost.", CORE_TXT, CORE_IN, 0, 0, "localhost.", 0 },
    { &on, "a.b.localhost.", CORE_A, CORE_IN, 0, CORE_A, NULL, 1 },
    { &on, "a.localhost.", CORE_NS, CORE_IN, 0, 0, "a.localhost.", 0 },
    { &on, "localhost.", CORE_A, CORE_CH, NOT_HERE, 0, NULL, 0 },
    { &on, "xlocalhost.", CORE_A, CORE_IN, NOT_HERE, 0, NULL, 0 },
    { &on, "localhost.example.", CORE_A, CORE_IN, NOT_HERE, 0, NULL, 0 },
    { &prefix, "localhost.example.", CORE_A, CORE_IN, 0, CORE_A, NULL, 1 },
    { &prefix, "localhost.example.", CORE_SOA, CORE_IN, 0, 0,
      "localhost.example.", 0 },
    { &prefix, "a.localhost.example.", CORE_A, CORE_IN, NOT_HERE, 0, NULL,
      0 },
    { &prefix, ".", CORE_A, CORE_IN, NOT_HERE, 0, NULL, 0 },
    { &on, LOOPBACK, CORE_PTR, CORE_IN, 0, CORE_PTR, NULL, 0 },
    { &on, LOOPBACK, CORE_A, CORE_IN, 0, 0, "127.in-addr.arpa.", 0 },
    { &on, "2.0.0.127.in-addr.arpa.", CORE_PTR, CORE_IN, CORE_NXDOMAIN, 0,
      "127.in-addr.arpa.", 0 },
    { &on, "127.in-addr.arpa.", CORE_NS, CORE_IN, 0, CORE_NS, NULL, 0 },
    { &on, "0.in-addr.arpa.", CORE_SOA, CORE_IN, 0, CORE_SOA, NULL, 0x80 },
    { &on, "1.255.in-addr.arpa.", CORE_PTR, CORE_IN, CORE_NXDOMAIN, 0,
      "255.in-addr.arpa.", 0 },
    { &on, "126.in-addr.arpa.", CORE_NS, CORE_IN, NOT_HERE, 0, NULL, 0 },
    { &nothing, "localhost.", CORE_A, CORE_IN, NOT_HERE, 0, NULL, 0 },

    { &any, "a.example.", CORE_ANY, CORE_IN, 0, CORE_HINFO, NULL, '2' },
    { &any, "a.example.", CORE_A, CORE_IN, NOT_HERE, 0, NULL, 0 },
    { &nothing, "a.example.", CORE_ANY, CORE_IN, NOT_HERE, 0, NULL, 0 },

    { &chaos, "version.bind.", CORE_TXT, CORE_CH, 0, CORE_TXT, NULL, 'v' },
    { &chaos, "version.bind.", CORE_A, CORE_CH, NOT_HERE, 0, NULL, 0 },
};

/* The one record says what the row does. */
static void
check_record(const struct core_message *reply, int row)
{
    struct core_records records;
    struct core_rr rr;
    uint8_t owner[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];

    core_records_start(&records, reply);
    ck_assert(core_records_next(&records, &rr));
    if (rows[row].soa == NULL) {
        ck_assert_int_eq(rr.section, CORE_ANSWER);
        ck_assert_uint_eq(rr.type, rows[row].type);
        ck_assert_uint_eq(reply->bytes[rr.end - 1], rows[row].last);
    }
    else {
        ck_assert_int_eq(rr.section, CORE_AUTHORITY);
        ck_assert_uint_eq(rr.type, CORE_SOA);
        core_message_name(reply->bytes, reply->size, rr.offset, owner);
        ck_assert_str_eq(core_name_to_text(text, owner), rows[row].soa);
    }
    ck_assert(!core_records_next(&records, &rr));
}

START_TEST(answers_what_is_nobody_elses)
{
    struct composed query;
    struct core_message message, reply;
    uint8_t bytes[MADE_REPLY_SIZE];

    compose_query(&query, rows[_i].qname, rows[_i].qtype, rows[_i].qclass);
    compose_end(&query, 0, 0);
    ck_assert_int_eq(core_message_parse(&message, query.bytes, query.size),
                     CORE_PARSE_OK);

    size_t size = made_reply(rows[_i].policy, &message, bytes);

    ck_assert_int_eq(size == 0, rows[_i].rcode == NOT_HERE);
    if (size == 0)
        return;
    ck_assert_int_eq(core_message_parse(&reply, bytes, size), CORE_PARSE_OK);
    ck_assert_uint_eq(core_message_rcode(&reply), rows[_i].rcode);
    ck_assert_uint_eq(reply.flags & CORE_AA, 0);
    check_record(&reply, _i);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("made");

    tcase_add_loop_test(cases, answers_what_is_nobody_elses, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
