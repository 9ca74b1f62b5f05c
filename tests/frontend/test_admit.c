/* admit - what becomes of messages of every kind */

#include "frontend/admit.h"

#include "frontend/compose.h"

enum { NOTHING_MORE, WITH_EDNS, WITH_VERSION_1, WITH_TWO_OPTS, WITH_ANSWER,
       WITH_ANSWERS, WITH_SOA, WITH_NS, WITH_TSIG, WITH_TRAILER, CUT_SHORT };

static const struct {
    const char *what;
    uint16_t qtype, qclass, flags;
    int more;
    enum core_transport transport;
    enum admit_verdict verdict;
    unsigned rcode;
} rows[] = {
    { "a plain query", CORE_A, CORE_IN, 0, NOTHING_MORE, CORE_UDP,
      ADMIT_QUERY, 0 },
    { "with EDNS", CORE_A, CORE_IN, 0, WITH_EDNS, CORE_UDP, ADMIT_QUERY, 0 },
    { "an answer", CORE_A, CORE_IN, CORE_QR, NOTHING_MORE, CORE_UDP,
      ADMIT_DROP, 0 },
    { "a notification", CORE_SOA, CORE_IN, 4 << 11, NOTHING_MORE, CORE_UDP,
      ADMIT_REPLY, CORE_NOTIMP },
    { "an update", CORE_SOA, CORE_IN, 5 << 11, NOTHING_MORE, CORE_TCP,
      ADMIT_REPLY, CORE_NOTIMP },
    { "EDNS version 1", CORE_A, CORE_IN, 0, WITH_VERSION_1, CORE_UDP,
      ADMIT_REPLY, CORE_BADVERS },
    { "two OPT records", CORE_A, CORE_IN, 0, WITH_TWO_OPTS, CORE_UDP,
      ADMIT_REPLY, CORE_FORMERR },
    { "a record in the answer", CORE_A, CORE_IN, 0, WITH_ANSWER, CORE_UDP,
      ADMIT_QUERY, 0 },
    { "two records in the answer", CORE_A, CORE_IN, 0, WITH_ANSWERS, CORE_UDP,
      ADMIT_REPLY, CORE_FORMERR },
    { "octets behind the end", CORE_A, CORE_IN, 0, WITH_TRAILER, CORE_UDP,
      ADMIT_QUERY, 0 },
    { "a broken question", CORE_A, CORE_IN, 0, CUT_SHORT, CORE_UDP,
      ADMIT_REPLY, CORE_FORMERR },
    { "an unknown key", CORE_A, CORE_IN, 0, WITH_TSIG, CORE_UDP,
      ADMIT_UNKNOWN_KEY, 0 },
    { "class HS", CORE_A, CORE_HS, 0, NOTHING_MORE, CORE_UDP, ADMIT_QUERY,
      0 },
    { "class NONE", CORE_A, CORE_CLASS_NONE, 0, NOTHING_MORE, CORE_UDP,
      ADMIT_REPLY, CORE_REFUSED },
    { "class ANY", CORE_A, CORE_CLASS_ANY, 0, NOTHING_MORE, CORE_UDP,
      ADMIT_REPLY, CORE_REFUSED },
    { "AXFR over TCP", CORE_AXFR, CORE_IN, 0, NOTHING_MORE, CORE_TCP,
      ADMIT_QUERY, 0 },
    { "AXFR over UDP", CORE_AXFR, CORE_IN, 0, NOTHING_MORE, CORE_UDP,
      ADMIT_REPLY, CORE_REFUSED },
    { "IXFR over UDP", CORE_IXFR, CORE_IN, 0, WITH_SOA, CORE_UDP, ADMIT_QUERY,
      0 },
    { "IXFR without its SOA", CORE_IXFR, CORE_IN, 0, WITH_NS, CORE_UDP,
      ADMIT_REPLY, CORE_FORMERR },
    { "IXFR with an answer", CORE_IXFR, CORE_IN, 0, WITH_ANSWER, CORE_UDP,
      ADMIT_REPLY, CORE_FORMERR },
    { "authority in a query", CORE_A, CORE_IN, 0, WITH_SOA, CORE_UDP,
      ADMIT_QUERY, 0 },
    { "type ANY", CORE_ANY, CORE_IN, 0, NOTHING_MORE, CORE_UDP, ADMIT_QUERY,
      0 },
    { "type OPT", CORE_OPT, CORE_IN, 0, NOTHING_MORE, CORE_UDP, ADMIT_REPLY,
      CORE_FORMERR },
    { "type TSIG", CORE_TSIG, CORE_IN, 0, NOTHING_MORE, CORE_UDP, ADMIT_REPLY,
      CORE_FORMERR },
    { "type TKEY", CORE_TKEY, CORE_IN, 0, NOTHING_MORE, CORE_UDP, ADMIT_REPLY,
      CORE_FORMERR },
    { "NXNAME, a meta type", 128, CORE_IN, 0, NOTHING_MORE, CORE_UDP,
      ADMIT_REPLY, CORE_FORMERR },
    { "type 0", 0, CORE_IN, 0, NOTHING_MORE, CORE_UDP, ADMIT_REPLY,
      CORE_FORMERR },
    { "MAILB", 253, CORE_IN, 0, NOTHING_MORE, CORE_UDP, ADMIT_REPLY,
      CORE_NOTIMP },
    { "a type of the future", 65280, CORE_IN, 0, NOTHING_MORE, CORE_UDP,
      ADMIT_QUERY, 0 },
};

/* One name of the root and numbers: enough of a SOA's rdata for its form. */
static const uint8_t rdata[22];

static void
add_more(struct composed *query, int more)
{
    uint8_t tsig[] = { 0, 0, 0, 0, 0, 0, 0, 1, 44, 0, 0, 0x12, 0x34, 0, 0,
                       0, 0 };

    switch (more) {
    case WITH_EDNS:
    case WITH_VERSION_1:
        compose_edns(query, 1232, NULL, 0);
        break;
    case WITH_TWO_OPTS:
        compose_edns(query, 1232, NULL, 0);
        compose_edns(query, 1232, NULL, 0);
        break;
    case WITH_ANSWERS:
        compose_rr(query, CORE_ANSWER, "a.example.", CORE_A, rdata, 4);
        compose_rr(query, CORE_ANSWER, "a.example.", CORE_A, rdata, 4);
        break;
    case WITH_ANSWER:
        compose_rr(query, CORE_ANSWER, "a.example.", CORE_A, rdata, 4);
        break;
    case WITH_SOA:
        compose_rr(query, CORE_AUTHORITY, "a.example.", CORE_SOA, rdata, 22);
        break;
    case WITH_NS:
        compose_rr(query, CORE_AUTHORITY, "a.example.", CORE_NS, rdata, 1);
        break;
    case WITH_TSIG:
        compose_rr(query, CORE_ADDITIONAL, "key.", CORE_TSIG, tsig,
                   sizeof tsig);
        break;
    default:
        break;
    }
}

START_TEST(knows_what_becomes_of_a_message)
{
    static const struct admit_policy policy;
    const struct admit_peer peer = { .port = 4321 };
    struct composed query;
    struct core_message message;
    unsigned rcode = 0;

    compose_query(&query, "www.a.example.", rows[_i].qtype, rows[_i].qclass);
    add_more(&query, rows[_i].more);
    compose_end(&query, rows[_i].flags, 0);
    if (rows[_i].more == WITH_VERSION_1)
        query.bytes[query.size - 5] = 1;
    if (rows[_i].more == WITH_TRAILER)
        query.bytes[query.size++] = 0;
    if (rows[_i].more == CUT_SHORT)
        query.size -= 3;

    enum admit_verdict verdict = admit(&policy, query.bytes, query.size,
                                       rows[_i].transport, &peer, &message,
                                       &rcode);

    ck_assert_msg(verdict == rows[_i].verdict, "%s: verdict %d",
                  rows[_i].what, (int) verdict);
    if (verdict == ADMIT_REPLY)
        ck_assert_msg(rcode == rows[_i].rcode, "%s: rcode %u", rows[_i].what,
                      rcode);
}
END_TEST

START_TEST(is_silent_where_a_reply_could_only_do_harm)
{
    static const struct admit_policy policy;
    const struct admit_peer peer = { .port = 4321 }, nobody = { .port = 0 };
    struct composed query;
    struct core_message message;
    unsigned rcode;

    compose_query(&query, "example.", CORE_A, CORE_IN);
    compose_end(&query, 0, 0);
    ck_assert_int_eq(admit(&policy, query.bytes, 11, CORE_UDP, &peer,
                           &message, &rcode), ADMIT_DROP);
    ck_assert_int_eq(admit(&policy, query.bytes, 0, CORE_UDP, &peer,
                           &message, &rcode), ADMIT_DROP);
    ck_assert_int_eq(admit(&policy, query.bytes, query.size, CORE_UDP,
                           &nobody, &message, &rcode), ADMIT_DROP);
}
END_TEST

static const struct {
    const char *client;
    bool answered;
} client_rows[] = {
    { "192.0.2.77",   true  },
    { "192.0.3.1",    false },
    { "2001:db8::1",  true  },
    { "2001:db9::1",  false },
};

START_TEST(refuses_clients_outside_the_networks)
{
    struct core_network networks[2], client;
    const struct admit_policy policy = { .clients = { networks, 2 } };
    struct admit_peer peer = { .port = 4321 };
    struct composed query;
    struct core_message message;
    unsigned rcode = 0;

    ck_assert_int_eq(core_network_from_text("192.0.2.0/24", &networks[0]), 0);
    ck_assert_int_eq(core_network_from_text("2001:db8::/32", &networks[1]),
                     0);
    ck_assert_int_eq(core_network_from_text(client_rows[_i].client, &client),
                     0);
    memcpy(peer.address, client.address, sizeof peer.address);
    compose_query(&query, "example.", CORE_A, CORE_IN);
    compose_end(&query, 0, 0);

    enum admit_verdict verdict = admit(&policy, query.bytes, query.size,
                                       CORE_TCP, &peer, &message, &rcode);

    ck_assert_int_eq(verdict, client_rows[_i].answered ? ADMIT_QUERY
                                                       : ADMIT_REPLY);
    ck_assert_uint_eq(rcode, client_rows[_i].answered ? CORE_NOERROR
                                                      : CORE_REFUSED);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("admit");

    tcase_add_loop_test(cases, knows_what_becomes_of_a_message, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, is_silent_where_a_reply_could_only_do_harm);
    tcase_add_loop_test(cases, refuses_clients_outside_the_networks, 0,
                        CORE_TEST_ROWS(client_rows));
    return core_test_run(cases);
}
