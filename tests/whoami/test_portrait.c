/* portrait - what is said of a client */

#include "whoami/portrait.h"

#include <stdio.h>
#include <string.h>

#include "core_test.h"
#include "coredns/rrtype.h"

static const struct {
    const char *qname;
    uint8_t client[16];
    enum core_transport transport;
    uint16_t type;                      /* of the first record */
    const char *port_owner;             /* NULL: there is no second one */
} rows[] = {
    { "a.example.", { [10] = 255, 255, 192, 0, 2, 1 }, CORE_UDP, CORE_A,
      "_udp.a.example." },
    { "a.example.", { [10] = 255, 255, 192, 0, 2, 1 }, CORE_TCP, CORE_A,
      "_tcp.a.example." },
    { "a.example.", { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, CORE_DOT, CORE_AAAA,
      "_tcp.a.example." },
    { ".", { [10] = 255, 255, 192, 0, 2, 1 }, CORE_UDP, CORE_A, "_udp." },
    /* 251 octets: there is no room for another five */
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.",
      { [10] = 255, 255, 192, 0, 2, 1 }, CORE_UDP, CORE_A, NULL },
};

static void
write_portrait(int row, uint8_t bytes[512], struct core_message *reply)
{
    struct core_record client = {
        .transport = (uint8_t) rows[row].transport, .client_port = 4321,
    };
    struct core_writer writer;
    struct core_message query;
    uint8_t name[CORE_NAME_SIZE], asked[512];

    memcpy(client.client, rows[row].client, sizeof client.client);
    ck_assert_int_gt(core_name_from_text(name, rows[row].qname, NULL), 0);
    core_writer_query(&writer, asked, sizeof asked, 1, CORE_RD, name,
                      CORE_MX, CORE_IN);
    ck_assert_int_eq(core_message_parse(&query, asked,
                                        core_writer_end(&writer, 0, 0)),
                     CORE_PARSE_OK);
    core_writer_reply(&writer, bytes, 512, &query);
    portrait_write(&writer, &query, &client);
    ck_assert_int_eq(core_message_parse(reply, bytes, writer.size),
                     CORE_PARSE_OK);
}

START_TEST(shows_address_port_and_transport)
{
    struct core_message reply;
    struct core_records records;
    struct core_rr rr;
    uint8_t bytes[512], owner[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];
    size_t skipped = rows[_i].type == CORE_A ? 12 : 0;

    write_portrait(_i, bytes, &reply);
    ck_assert_uint_ne(reply.flags & CORE_AA, 0);
    core_records_start(&records, &reply);
    ck_assert(core_records_next(&records, &rr));
    ck_assert_int_eq(rr.section, CORE_ADDITIONAL);
    ck_assert_uint_eq(rr.type, rows[_i].type);
    ck_assert_uint_eq(rr.ttl, 0);
    ck_assert_mem_eq(bytes + rr.rdata_offset, rows[_i].client + skipped,
                     16 - skipped);
    ck_assert_int_eq(core_records_next(&records, &rr),
                     rows[_i].port_owner != NULL);
    if (rows[_i].port_owner == NULL)
        return;
    core_message_name(bytes, reply.size, rr.offset, owner);
    ck_assert_str_eq(core_name_to_text(text, owner), rows[_i].port_owner);
    ck_assert_uint_eq(rr.type, CORE_SRV);
    ck_assert_mem_eq(bytes + rr.rdata_offset, "\0\0\0\0\x10\xe1\0", 7);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("portrait");

    tcase_add_loop_test(cases, shows_address_port_and_transport, 0,
                        CORE_TEST_ROWS(rows));
    return core_test_run(cases);
}
