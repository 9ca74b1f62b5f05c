/* order - addresses come in another order each time, and nothing else does */

#include "frontend/order.h"

#include "frontend/compose.h"

#define TIMES 4000

static const struct order_policy shuffling = { .kind = ORDER_RANDOM };

static uint8_t out[CORE_MESSAGE_SIZE];

/* An alias, three addresses of its target, and two of another name. */
static void
make_reply(struct composed *reply, unsigned rcode)
{
    static const uint8_t target[] = "\3www\1e";

    compose_query(reply, "a.e.", CORE_A, CORE_IN);
    compose_rr(reply, CORE_ANSWER, "a.e.", CORE_CNAME, target, 7);
    for (uint8_t i = 1; i <= 3; i++)
        compose_rr(reply, CORE_ANSWER, "www.e.", CORE_A,
                   (uint8_t[4]) { 192, 0, 2, i }, 4);
    compose_rr(reply, CORE_AUTHORITY, "e.", CORE_NS, "\2ns\1e", 6);
    for (uint8_t i = 1; i <= 2; i++)
        compose_rr(reply, CORE_ADDITIONAL, "ns.e.", CORE_AAAA,
                   (uint8_t[16]) { 32, 1, [15] = i }, 16);
    compose_end(reply, CORE_QR, rcode);
}

/* The last octets of the addresses of a section, in their order. */
static unsigned
read_order(const uint8_t *bytes, size_t size, enum core_section section)
{
    struct core_message message;
    struct core_records records;
    struct core_rr rr;
    unsigned order = 0;

    ck_assert_int_eq(core_message_parse(&message, bytes, size),
                     CORE_PARSE_OK);
    core_records_start(&records, &message);
    while (core_records_next(&records, &rr))
        if (rr.section == section
            && (rr.type == CORE_A || rr.type == CORE_AAAA))
            order = order * 10 + bytes[rr.end - 1];
    return order;
}

START_TEST(shuffles_the_addresses_of_a_name)
{
    struct order_random random = { 1 };
    struct composed reply;
    unsigned seen[400] = { 0 };
    static const unsigned orders[] = { 123, 132, 213, 231, 312, 321 };

    make_reply(&reply, CORE_NOERROR);
    for (int i = 0; i < TIMES; i++) {
        size_t size = order_arrange(&shuffling, &random, reply.bytes,
                                    reply.size, out);

        ck_assert_uint_eq(size, reply.size);
        seen[read_order(out, size, CORE_ANSWER)]++;
        seen[read_order(out, size, CORE_ADDITIONAL)]++;
    }
    for (int i = 0; i < 6; i++) {
        ck_assert_uint_gt(seen[orders[i]], TIMES / 6 - 150);
        ck_assert_uint_lt(seen[orders[i]], TIMES / 6 + 150);
    }
    ck_assert_uint_gt(seen[12], TIMES / 2 - 200);
    ck_assert_uint_eq(seen[12] + seen[21], TIMES);
}
END_TEST

START_TEST(leaves_all_else_as_it_is)
{
    struct order_random random = { 1 };
    struct composed reply;

    /* A failure is not looked at, and neither is what cannot be changed. */
    make_reply(&reply, CORE_SERVFAIL);
    ck_assert_uint_eq(order_arrange(&shuffling, &random, reply.bytes,
                                    reply.size, out), 0);
    ck_assert_uint_eq(order_arrange(&shuffling, &random, reply.bytes, 40,
                                    out), 0);

    /* Until the order is the first one again. */
    make_reply(&reply, CORE_NOERROR);
    do
        ck_assert_uint_eq(order_arrange(&shuffling, &random, reply.bytes,
                                        reply.size, out), reply.size);
    while (read_order(out, reply.size, CORE_ANSWER) != 123
           || read_order(out, reply.size, CORE_ADDITIONAL) != 12);
    ck_assert_mem_eq(out, reply.bytes, reply.size);
}
END_TEST

START_TEST(mail_exchanges_are_shuffled_too)
{
    struct order_random random = { 1 };
    struct composed reply;
    bool is_first[3] = { false };

    compose_query(&reply, "e.", CORE_MX, CORE_IN);
    compose_rr(&reply, CORE_ANSWER, "e.", CORE_MX, "\0\1\1a\1e", 7);
    compose_rr(&reply, CORE_ANSWER, "e.", CORE_MX, "\0\1\2bb\1e", 8);
    compose_rr(&reply, CORE_ANSWER, "e.", CORE_MX, "\0\1\3ccc\1e", 9);
    compose_rr(&reply, CORE_ADDITIONAL, "ccc.e.", CORE_A, "\1\2\3\4", 4);
    compose_end(&reply, CORE_QR | CORE_AA, 0);
    for (int i = 0; i < 100; i++) {
        size_t size = order_arrange(&shuffling, &random, reply.bytes,
                                    reply.size, out);
        struct core_message message;
        struct core_records records;
        struct core_rr rr;
        uint8_t owner[CORE_NAME_SIZE];

        ck_assert_int_eq(core_message_parse(&message, out, size),
                         CORE_PARSE_OK);
        ck_assert_uint_eq(message.flags, CORE_QR | CORE_AA | CORE_RD);
        ck_assert_uint_eq(message.counts[CORE_ANSWER], 3);
        core_records_start(&records, &message);
        ck_assert(core_records_next(&records, &rr));
        is_first[out[rr.rdata_offset + 2] - 1] = true;
        while (core_records_next(&records, &rr))
            core_message_name(out, size, rr.offset, owner);
        ck_assert_mem_eq(owner, "\3ccc\1e", 7);
    }
    ck_assert(is_first[0] && is_first[1] && is_first[2]);
}
END_TEST

START_TEST(the_weights_choose_the_first)
{
    struct core_fault fault;
    struct order_random random = { 1 };
    struct composed reply;
    unsigned first[4] = { 0 };
    weights_t *weights =
        weights_load(core_test_file("www.e\n192.0.2.2 5\n192.0.2.3 2\n"),
                     &fault);
    struct order_policy policy = {
        .kind = ORDER_WEIGHTED, .weights = weights,
    };

    make_reply(&reply, CORE_NOERROR);
    for (int i = 0; i < TIMES; i++) {
        size_t size = order_arrange(&policy, &random, reply.bytes, reply.size,
                                    out);

        first[read_order(out, size, CORE_ANSWER) / 100]++;
    }
    for (unsigned i = 1; i <= 3; i++) {
        unsigned weight = i == 1 ? 1 : i == 2 ? 5 : 2;

        ck_assert_uint_gt(first[i], TIMES * weight / 8 - 150);
        ck_assert_uint_lt(first[i], TIMES * weight / 8 + 150);
    }
    weights_destroy(&weights);
}
END_TEST

START_TEST(preferred_networks_come_first)
{
    struct order_random random = { 1 };
    struct composed reply;
    struct core_network networks[2];
    struct order_policy policy = {
        .kind = ORDER_RANDOM, .prefer = { networks, 2 },
    };

    core_network_from_text("192.0.2.3/32", &networks[0]);
    core_network_from_text("2001::2", &networks[1]);
    make_reply(&reply, CORE_NOERROR);
    for (int i = 0; i < 100; i++) {
        size_t size = order_arrange(&policy, &random, reply.bytes, reply.size,
                                    out);

        ck_assert_uint_eq(read_order(out, size, CORE_ANSWER) / 100, 3);
        ck_assert_uint_eq(read_order(out, size, CORE_ADDITIONAL), 21);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("order");

    tcase_add_test(cases, shuffles_the_addresses_of_a_name);
    tcase_add_test(cases, leaves_all_else_as_it_is);
    tcase_add_test(cases, mail_exchanges_are_shuffled_too);
    tcase_add_test(cases, the_weights_choose_the_first);
    tcase_add_test(cases, preferred_networks_come_first);
    return core_test_run(cases);
}
