/* message - which packets are right, what is read of them, and the worst */

#include "coredns/message.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/rrtype.h"

#include "core_test.h"

/* A string literal with NULs in it, and its size. */
#define PACKET(bytes) bytes, sizeof bytes - 1

/* Id, RD; then the counts as one octet each. */
#define HEADER(qd, an, ns, ar) \
    "\x12\x34\x01\x00" "\0" qd "\0" an "\0" ns "\0" ar
#define QUERY(an, ns, ar) HEADER("\1", an, ns, ar) QUESTION
#define QUESTION "\3www\7example\0" "\0\1" "\0\1"       /* at 12, ends at 29 */
#define ADDRESS "\xc0\x0c" "\0\1" "\0\1" "\0\0\0\x3c" "\0\4" "\1\2\3\4"
#define OPT(size) "\0" "\0\x29" "\x04\xd0" "\0\0\x80\0" size
#define TSIG "\1k\0" "\0\xfa" "\0\xff" "\0\0\0\0" "\0\0"

static const struct {
    const char *bytes;
    size_t size;
    enum core_parse result;
} parse_rows[] = {
    { PACKET(""),                                   CORE_PARSE_SHORT },
    { PACKET("\x12\x34\1\0\0\1\0\0\0\0\0"),         CORE_PARSE_SHORT },

    /* one question (RFC 9619) */
    { PACKET(QUERY("\0", "\0", "\0")),              CORE_PARSE_OK },
    { PACKET(HEADER("\0", "\0", "\0", "\0")),       CORE_PARSE_QUESTION },
    { PACKET(HEADER("\2", "\0", "\0", "\0") QUESTION QUESTION),
                                                    CORE_PARSE_QUESTION },
    { PACKET(HEADER("\1", "\0", "\0", "\0")),       CORE_PARSE_QUESTION },
    { PACKET(HEADER("\1", "\0", "\0", "\0") "\0" "\0\1\0\1"),
                                                    CORE_PARSE_OK },
    { PACKET(HEADER("\1", "\0", "\0", "\0") "\0" "\0\1\0"),
                                                    CORE_PARSE_QUESTION },
    { PACKET(HEADER("\1", "\0", "\0", "\0") "\3ww"),
                                                    CORE_PARSE_QUESTION },
    { PACKET(HEADER("\1", "\0", "\0", "\0") "\xc0\x0c" "\0\1\0\1"),
                                                    CORE_PARSE_QUESTION },
    { PACKET(HEADER("\1", "\0", "\0", "\0") "\xc0\x00" "\0\1\0\1"),
                                                    CORE_PARSE_QUESTION },

    /* records within the message */
    { PACKET(QUERY("\1", "\0", "\0") ADDRESS),      CORE_PARSE_OK },
    { PACKET(QUERY("\1", "\1", "\1") ADDRESS ADDRESS ADDRESS),
                                                    CORE_PARSE_OK },
    { PACKET(QUERY("\2", "\0", "\0") ADDRESS),      CORE_PARSE_RECORDS },
    { PACKET(QUERY("\0", "\0", "\1")),              CORE_PARSE_RECORDS },
    { PACKET(QUERY("\0", "\0", "\0") ADDRESS),      CORE_PARSE_TRAILING },
    { PACKET(QUERY("\1", "\0", "\0") ADDRESS "x"),  CORE_PARSE_TRAILING },
    { PACKET(QUERY("\1", "\0", "\0") "\0" "\0\1\0\1\0\0\0\0\0\1"),
                                                    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\1", "\0", "\0") "\0" "\0\1\0\1\0\0\0\0\xff\xff" "a"),
                                                    CORE_PARSE_RECORDS },

    /* owners: a pointer leads back, and not into the header */
    { PACKET(QUERY("\1", "\0", "\0") "\xc0\x1d" "\0\1\0\1\0\0\0\0\0\0"),
                                                    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\1", "\0", "\0") "\xc0\x1f" "\0\1\0\1\0\0\0\0\0\0"),
                                                    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\1", "\0", "\0") "\1a\xc0\x1d" "\0\1\0\1\0\0\0\0\0\0"),
                                                    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\1", "\0", "\0") "\xc0\x0b" "\0\1\0\1\0\0\0\0\0\0"),
                                                    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\1", "\0", "\0") "\x40" "\0\1\0\1\0\0\0\0\0\0"),
                                                    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\1", "\0", "\0") "aaaaaaaaaaaa\xc0"),
                                                    CORE_PARSE_RECORDS },

    /* EDNS */
    { PACKET(QUERY("\0", "\0", "\1") OPT("\0\0")),  CORE_PARSE_OK },
    { PACKET(QUERY("\1", "\0", "\1") ADDRESS OPT("\0\0")),
                                                    CORE_PARSE_OK },
    { PACKET(QUERY("\0", "\0", "\1") OPT("\0\4") "\0\3\0\0"),
                                                    CORE_PARSE_OK },
    { PACKET(QUERY("\0", "\0", "\1") OPT("\0\3") "\0\3\0"),
                                                    CORE_PARSE_EDNS },
    { PACKET(QUERY("\0", "\0", "\1") OPT("\0\4") "\0\3\0\1"),
                                                    CORE_PARSE_EDNS },
    { PACKET(QUERY("\0", "\0", "\1") OPT("\0\5") "\0\3\0\0\0"),
                                                    CORE_PARSE_EDNS },
    { PACKET(QUERY("\0", "\0", "\2") OPT("\0\0") OPT("\0\0")),
                                                    CORE_PARSE_EDNS },
    { PACKET(QUERY("\1", "\0", "\0") OPT("\0\0")),  CORE_PARSE_EDNS },
    { PACKET(QUERY("\0", "\1", "\0") OPT("\0\0")),  CORE_PARSE_EDNS },
    { PACKET(QUERY("\0", "\0", "\1") "\1a" OPT("\0\0")),
                                                    CORE_PARSE_EDNS },
    { PACKET(QUERY("\0", "\0", "\1") "\xc0\x18" "\0\x29\0\0\0\0\0\0\0\0"),
                                                    CORE_PARSE_EDNS },
    { PACKET(QUERY("\0", "\0", "\1") OPT("\0\1")),  CORE_PARSE_RECORDS },

    /* another version: BADVERS, not FORMERR, whatever its options are */
    { PACKET(QUERY("\0", "\0", "\1") "\0\0\x29\0\0\0\1\0\0\0\1" "x"),
                                                    CORE_PARSE_OK },

    /* TSIG is the last of all (RFC 8945 section 5.1) */
    { PACKET(QUERY("\0", "\0", "\1") TSIG),         CORE_PARSE_OK },
    { PACKET(QUERY("\0", "\0", "\2") OPT("\0\0") TSIG),
                                                    CORE_PARSE_OK },
    { PACKET(QUERY("\0", "\0", "\2") TSIG OPT("\0\0")),
                                                    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\0", "\0", "\2") TSIG TSIG),    CORE_PARSE_RECORDS },
    { PACKET(QUERY("\1", "\0", "\0") TSIG),         CORE_PARSE_RECORDS },
};

/* A copy that ends where its memory does: a step too far is a crash. */
static uint8_t *
copy_of(const char *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, size);
    return copy;
}

START_TEST(parses_packets)
{
    struct core_message message;
    size_t size = parse_rows[_i].size;
    uint8_t *bytes = copy_of(parse_rows[_i].bytes, size);

    ck_assert_int_eq(core_message_parse(&message, bytes, size),
                     parse_rows[_i].result);
    free(bytes);
}
END_TEST

START_TEST(no_beginning_of_a_packet_is_right)
{
    struct core_message message;
    size_t size = parse_rows[_i].size;

    if (parse_rows[_i].result != CORE_PARSE_OK)
        return;
    for (size_t part = 0; part < size; part++) {
        uint8_t *bytes = copy_of(parse_rows[_i].bytes, part);

        ck_assert_int_ne(core_message_parse(&message, bytes, part),
                         CORE_PARSE_OK);
        free(bytes);
    }
}
END_TEST

START_TEST(reads_all_of_a_query)
{
    static const char packet[] = "\x12\x34\xa9\x30\0\1\0\0\0\0\0\2" QUESTION
        "\0\0\x29\x04\xd0\1\0\x80\0\0\x0a" "\0\x0a\0\2ab" "\0\3\0\0" TSIG;
    struct core_message message;
    uint16_t code;
    uint16_t value_size;
    const uint8_t *value;
    size_t offset = 0;

    ck_assert_int_eq(core_message_parse(&message, (const uint8_t *) packet,
                                        sizeof packet - 1), CORE_PARSE_OK);
    ck_assert_uint_eq(message.id, 0x1234);
    ck_assert_uint_eq(core_message_opcode(&message), CORE_OPCODE_UPDATE);
    ck_assert_uint_eq(message.flags & (CORE_QR | CORE_AD | CORE_CD),
                      CORE_QR | CORE_AD | CORE_CD);
    ck_assert_uint_eq(core_message_rcode(&message), CORE_BADVERS);
    ck_assert_uint_eq(message.counts[CORE_ADDITIONAL], 2);
    ck_assert_uint_eq(message.qname_size, 13);
    ck_assert_uint_eq(message.qtype, CORE_A);
    ck_assert_uint_eq(message.qclass, CORE_IN);
    ck_assert_uint_eq(message.question_end, 29);
    ck_assert(message.edns.present && message.edns.dnssec_ok);
    ck_assert_uint_eq(message.edns_offset, 29);
    ck_assert_uint_eq(message.edns.payload, 1232);
    ck_assert_uint_eq(message.edns.version, 0);
    ck_assert_uint_eq(message.tsig_offset, 50);

    ck_assert(core_edns_option(&message.edns, &offset, &code, &value,
                               &value_size));
    ck_assert_uint_eq(code, CORE_OPTION_COOKIE);
    ck_assert_uint_eq(value_size, 2);
    ck_assert_mem_eq(value, "ab", 2);
    ck_assert(core_edns_option(&message.edns, &offset, &code, &value,
                               &value_size));
    ck_assert_uint_eq(code, CORE_OPTION_NSID);
    ck_assert_uint_eq(value_size, 0);
    ck_assert(!core_edns_option(&message.edns, &offset, &code, &value,
                                &value_size));
}
END_TEST

START_TEST(fills_what_was_read_before_the_fault)
{
    static const char packet[] = QUERY("\1", "\0", "\0") "\xff";
    struct core_message message;
    const uint8_t *bytes = (const uint8_t *) packet;

    memset(&message, 0xff, sizeof message);
    ck_assert_int_eq(core_message_parse(&message, bytes, 11),
                     CORE_PARSE_SHORT);
    ck_assert_ptr_null(message.bytes);
    ck_assert_int_eq(core_message_parse(&message, bytes, 20),
                     CORE_PARSE_QUESTION);
    ck_assert_uint_eq(message.id, 0x1234);
    ck_assert_ptr_null(message.qname);
    ck_assert_int_eq(core_message_parse(&message, bytes, sizeof packet - 1),
                     CORE_PARSE_RECORDS);
    ck_assert_uint_eq(message.qtype, CORE_A);
    ck_assert(!message.edns.present);
}
END_TEST

/* The second and later messages of a zone transfer (RFC 5936 2.2.1). */
START_TEST(a_transfer_goes_on_without_question)
{
    static const char none[] = HEADER("\0", "\1", "\0", "\0")
        "\1a\0" "\0\1\0\1\0\0\0\0\0\0";
    static const char two[] = HEADER("\2", "\0", "\0", "\0") QUESTION QUESTION;
    struct core_message message;
    struct core_records records;
    struct core_rr rr;

    ck_assert_int_eq(
        core_message_parse_continued(&message, (const uint8_t *) none,
                                     sizeof none - 1), CORE_PARSE_OK);
    ck_assert_ptr_null(message.qname);
    core_records_start(&records, &message);
    ck_assert(core_records_next(&records, &rr));
    ck_assert_uint_eq(rr.offset, CORE_HEADER_SIZE);
    ck_assert(!core_records_next(&records, &rr));
    ck_assert_int_eq(
        core_message_parse_continued(&message, (const uint8_t *) two,
                                     sizeof two - 1), CORE_PARSE_QUESTION);
}
END_TEST

START_TEST(walks_over_all_sections)
{
    static const char packet[] = QUERY("\2", "\0", "\2")
        ADDRESS ADDRESS ADDRESS OPT("\0\0");
    static const enum core_section sections[] = {
        CORE_ANSWER, CORE_ANSWER, CORE_ADDITIONAL, CORE_ADDITIONAL,
    };
    struct core_message message;
    struct core_records records;
    struct core_rr rr;
    size_t offset = 29;

    ck_assert_int_eq(core_message_parse(&message, (const uint8_t *) packet,
                                        sizeof packet - 1), CORE_PARSE_OK);
    core_records_start(&records, &message);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert(core_records_next(&records, &rr));
        ck_assert_int_eq(rr.section, sections[i]);
        ck_assert_uint_eq(rr.offset, offset);
        ck_assert_uint_eq(rr.type, i < 3 ? CORE_A : CORE_OPT);
        if (i < 3) {
            ck_assert_uint_eq(rr.rclass, CORE_IN);
            ck_assert_uint_eq(rr.ttl, 60);
            ck_assert_uint_eq(rr.ttl_offset, offset + 6);
            ck_assert_uint_eq(rr.rdata_offset, offset + 12);
            ck_assert_uint_eq(rr.rdata_size, 4);
        }
        offset = rr.end;
    }
    ck_assert(!core_records_next(&records, &rr));
    ck_assert(!core_records_next(&records, &rr));
    ck_assert_uint_eq(offset, sizeof packet - 1);
}
END_TEST

/* ---- core_message_name --------------------------------------------------- */

#define ROOM "............"             /* where the header stands */

static const struct {
    const char *bytes;
    size_t size;
    size_t offset;
    size_t end;                         /* 0: not well formed */
    const char *text;
} name_rows[] = {
    { PACKET(ROOM "\1a\0"),                   12, 15, "a." },
    { PACKET(ROOM "\0"),                      12, 13, "." },
    { PACKET(ROOM "\1a\0\1b\xc0\x0c" "x"),    15, 19, "b.a." },
    { PACKET(ROOM "\1a\0\xc0\x0c\xc0\x0f"),   17, 19, "a." },
    { PACKET(ROOM "\1a\0\xc0\x0e"),           15, 17, "." },
    { PACKET(ROOM "\1a"),                     12, 0,  NULL },
    { PACKET(ROOM "\1"),                      12, 0,  NULL },
    { PACKET(ROOM),                           12, 0,  NULL },
    { PACKET(ROOM "\1a\0"),                   99, 0,  NULL },
    { PACKET(ROOM "\xc0"),                    12, 0,  NULL },
    { PACKET(ROOM "\xc0\x0c"),                12, 0,  NULL },   /* itself */
    { PACKET(ROOM "\1a\xc0\x0c"),             12, 0,  NULL },   /* a loop */
    { PACKET(ROOM "\1a\xc0\x0e"),             12, 0,  NULL },
    { PACKET(ROOM "\xc0\x0e\1a\0"),           12, 0,  NULL },   /* forwards */
    { PACKET(ROOM "\1a\xc0\x10\1b\xc0\x0c"),  16, 0,  NULL },   /* in turns */
    { PACKET(ROOM "\1a\0\xc0\x02"),           15, 0,  NULL },   /* header */
    { PACKET(ROOM "\x40" "a\0"),              12, 0,  NULL },
    { PACKET(ROOM "\x80" "a\0"),              12, 0,  NULL },
};

START_TEST(expands_names)
{
    uint8_t name[CORE_NAME_SIZE];
    char text[CORE_NAME_TEXT_SIZE];
    uint8_t *bytes = copy_of(name_rows[_i].bytes, name_rows[_i].size);
    size_t end = core_message_name(bytes, name_rows[_i].size,
                                   name_rows[_i].offset, name);

    ck_assert_uint_eq(end, name_rows[_i].end);
    if (end != 0)
        ck_assert_str_eq(core_name_to_text(text, name), name_rows[_i].text);
    free(bytes);
}
END_TEST

/* ---- the worst ----------------------------------------------------------- */

/* A name with its label and a pointer to the one before, again and again. */
START_TEST(a_chain_of_labels_ends_at_255_octets)
{
    uint8_t bytes[1024] = { 0 };
    uint8_t name[CORE_NAME_SIZE];
    size_t offset = 13;
    size_t target = 12;

    for (unsigned labels = 1; labels <= 200; labels++) {
        bytes[offset] = 1;
        bytes[offset + 1] = 'a';
        core_write16(bytes + offset + 2, (uint16_t) (0xc000 | target));

        size_t end = core_message_name(bytes, sizeof bytes, offset, name);

        ck_assert_uint_eq(end, labels <= CORE_NAME_LABELS ? offset + 4 : 0);
        target = offset;
        offset += 4;
    }
}
END_TEST

/* Pointers to pointers add no octet to the name, so they are counted. */
START_TEST(a_chain_of_pointers_ends_too)
{
    uint8_t bytes[1024] = { 0 };
    uint8_t name[CORE_NAME_SIZE];

    for (size_t hops = 1; hops <= 400; hops++) {
        size_t offset = 11 + 2 * hops;
        size_t target = hops == 1 ? 12 : offset - 2;

        core_write16(bytes + offset, (uint16_t) (0xc000 | target));

        size_t end = core_message_name(bytes, sizeof bytes, offset, name);

        ck_assert_uint_eq(end, hops <= CORE_NAME_LABELS ? offset + 2 : 0);
    }
}
END_TEST

START_TEST(counts_are_held_against_the_length)
{
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    struct core_message message;

    /* 65535 records of no octets each are not walked over. */
    memcpy(bytes, "\0\0\0\0\0\1\xff\xff\xff\xff\xff\xff\0\0\1\0\1", 17);
    ck_assert_int_eq(core_message_parse(&message, bytes, sizeof bytes),
                     CORE_PARSE_RECORDS);

    /* As many as there is room for are. */
    size_t records = (sizeof bytes - 17) / 11;

    core_write16(bytes + 6, (uint16_t) records);
    core_write16(bytes + 8, 0);
    core_write16(bytes + 10, 0);
    ck_assert_int_eq(core_message_parse(&message, bytes, 17 + 11 * records),
                     CORE_PARSE_OK);
}
END_TEST

START_TEST(no_octet_can_be_changed_to_crash)
{
    static const char packet[] = QUERY("\1", "\1", "\2")
        ADDRESS ADDRESS OPT("\0\6") "\0\x0a\0\2ab" TSIG;
    struct core_message message;
    struct core_records records;
    struct core_rr rr;
    uint8_t name[CORE_NAME_SIZE];
    size_t size = sizeof packet - 1;

    for (size_t i = 0; i < size; i++) {
        uint8_t *bytes = copy_of(packet, size);

        bytes[i] = (uint8_t) _i;
        core_message_parse(&message, bytes, size);
        core_records_start(&records, &message);
        while (core_records_next(&records, &rr))
            core_message_name(bytes, size, rr.offset, name);
        free(bytes);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("message");

    tcase_add_loop_test(cases, parses_packets,
                        0, CORE_TEST_ROWS(parse_rows));
    tcase_add_loop_test(cases, no_beginning_of_a_packet_is_right,
                        0, CORE_TEST_ROWS(parse_rows));
    tcase_add_test(cases, reads_all_of_a_query);
    tcase_add_test(cases, fills_what_was_read_before_the_fault);
    tcase_add_test(cases, a_transfer_goes_on_without_question);
    tcase_add_test(cases, walks_over_all_sections);
    tcase_add_loop_test(cases, expands_names,
                        0, CORE_TEST_ROWS(name_rows));
    tcase_add_test(cases, a_chain_of_labels_ends_at_255_octets);
    tcase_add_test(cases, a_chain_of_pointers_ends_too);
    tcase_add_test(cases, counts_are_held_against_the_length);
    tcase_add_loop_test(cases, no_octet_can_be_changed_to_crash, 0, 256);
    return core_test_run(cases);
}
