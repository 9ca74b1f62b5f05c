/* writer - what is written, how names shrink, and what happens at the limit */

#include "coredns/writer.h"

#include <string.h>
#include <time.h>

#include "coredns/rrtype.h"

#include "core_test.h"

/* A string literal with NULs in it, and its size. */
#define PACKET(bytes) bytes, sizeof bytes - 1

#define EXAMPLE "\7example\3org\0"
#define WWW "\3www" EXAMPLE
#define QUESTION "\3wWw\7example\3org\0" "\0\1" "\0\1"  /* at 12, ends at 33 */
#define QUERY "\x12\x34\x01\x10" "\0\1\0\0\0\0\0\0" QUESTION
#define QUESTION_END 33

static void
read_query(struct core_message *query, const char *bytes, size_t size)
{
    ck_assert_int_eq(core_message_parse(query, (const uint8_t *) bytes, size),
                     CORE_PARSE_OK);
}

static void
start_reply(struct core_writer *writer, uint8_t *bytes, size_t limit)
{
    struct core_message query;

    read_query(&query, PACKET(QUERY));
    core_writer_reply(writer, bytes, limit, &query);
}

static bool
add(struct core_writer *writer, const char *owner, uint16_t type,
    const char *rdata, size_t rdata_size)
{
    return core_writer_rr(writer, CORE_ANSWER, (const uint8_t *) owner, type,
                          CORE_IN, 60, (const uint8_t *) rdata, rdata_size);
}

START_TEST(a_reply_has_its_question_and_flags)
{
    static const char reply[] = "\x12\x34\x85\x93" "\0\1\0\1\0\0\0\0" QUESTION
        "\xc0\x0c" "\0\1\0\1" "\0\0\0\x3c" "\0\4" "\1\2\3\4";
    struct core_writer writer;
    uint8_t bytes[512];

    start_reply(&writer, bytes, sizeof bytes);
    ck_assert(add(&writer, WWW, CORE_A, "\1\2\3\4", 4));
    ck_assert_uint_eq(core_writer_end(&writer, CORE_AA | CORE_RA,
                                      CORE_NXDOMAIN), sizeof reply - 1);
    ck_assert_mem_eq(bytes, reply, sizeof reply - 1);
}
END_TEST

START_TEST(a_reply_keeps_opcode_but_not_answers_flags)
{
    struct core_message query;
    struct core_writer writer;
    uint8_t bytes[512];

    read_query(&query, PACKET("\0\1\x27\xff" "\0\1\0\0\0\0\0\0" QUESTION));
    core_writer_reply(&writer, bytes, sizeof bytes, &query);
    core_writer_end(&writer, 0, CORE_NOTIMP);
    ck_assert_uint_eq(core_read16(bytes + 2), 0xa114);
}
END_TEST

START_TEST(a_reply_can_lack_the_question)
{
    static const uint8_t packet[] = "\0\1\1\0" "\0\0\0\0\0\0\0";
    struct core_message query;
    struct core_writer writer;
    uint8_t bytes[512];

    ck_assert_int_eq(core_message_parse(&query, packet, sizeof packet),
                     CORE_PARSE_QUESTION);
    core_writer_reply(&writer, bytes, sizeof bytes, &query);
    ck_assert(add(&writer, WWW, CORE_NS, PACKET(WWW)));
    ck_assert_uint_eq(core_writer_end(&writer, 0, CORE_FORMERR),
                      12 + 17 + 10 + 2);
    ck_assert_uint_eq(core_read16(bytes + 4), 0);
    ck_assert_uint_eq(core_read16(bytes + 39), 0xc00c);
}
END_TEST

START_TEST(a_reply_may_stand_where_the_query_stood)
{
    struct core_message query;
    struct core_writer writer;
    uint8_t bytes[512];

    memcpy(bytes, QUERY, QUESTION_END);
    ck_assert_int_eq(core_message_parse(&query, bytes, QUESTION_END),
                     CORE_PARSE_OK);
    core_writer_reply(&writer, bytes, sizeof bytes, &query);
    ck_assert_uint_eq(core_writer_end(&writer, 0, 0), QUESTION_END);
    ck_assert_mem_eq(bytes + 12, QUESTION, QUESTION_END - 12);
}
END_TEST

START_TEST(a_query_has_one_question)
{
    static const char query[] = "\x12\x34\x01\0" "\0\1\0\0\0\0\0\0" WWW
        "\0\x1c\0\1";
    struct core_writer writer;
    uint8_t bytes[512];

    core_writer_query(&writer, bytes, sizeof bytes, 0x1234, CORE_RD,
                      (const uint8_t *) WWW, CORE_AAAA, CORE_IN);
    ck_assert_uint_eq(core_writer_end(&writer, 0, 0), sizeof query - 1);
    ck_assert_mem_eq(bytes, query, sizeof query - 1);
}
END_TEST

/* ---- compression --------------------------------------------------------- */

#define SERIALS "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"

static const struct {
    const char *owner;
    uint16_t type;
    const char *rdata;
    size_t rdata_size;
    const char *written_owner;
    size_t owner_size;
    const char *written_rdata;
    size_t written_size;
} compress_rows[] = {
    { WWW, CORE_A, PACKET("\1\2\3\4"),
      PACKET("\xc0\x0c"), PACKET("\1\2\3\4") },
    { "\3WWW\7EXAMPLE\3ORG", CORE_TXT, PACKET("\1a"),
      PACKET("\xc0\x0c"), PACKET("\1a") },
    { EXAMPLE, CORE_NS, PACKET("\2ns" EXAMPLE),
      PACKET("\xc0\x10"), PACKET("\2ns\xc0\x10") },
    { "\3org", CORE_NS, PACKET("\1a\3net\0"),
      PACKET("\xc0\x18"), PACKET("\1a\3net\0") },
    { "\3net", CORE_NS, PACKET("\1a\3net\0"),
      PACKET("\3net\0"), PACKET("\1a\xc0\x21") },
    { "\1a\3www\7example\3net", CORE_CNAME, PACKET("\3www\7example\3net\0"),
      PACKET("\1a\3www\7example\3net\0"), PACKET("\xc0\x23") },
    { "", CORE_NS, PACKET("\0"),        /* a pointer would be longer */
      PACKET("\0"), PACKET("\0") },
    { WWW, CORE_MX, PACKET("\0\5" WWW), /* rdata keeps its letters */
      PACKET("\xc0\x0c"), PACKET("\0\5\3www\xc0\x10") },
    { WWW, CORE_SOA, PACKET("\1m" EXAMPLE "\1h\1m" EXAMPLE SERIALS),
      PACKET("\xc0\x0c"), PACKET("\1m\xc0\x10" "\1h\xc0\x2d" SERIALS) },
    { WWW, CORE_SRV, PACKET("\0\1\0\2\0\3" WWW),        /* RFC 2782 */
      PACKET("\xc0\x0c"), PACKET("\0\1\0\2\0\3" WWW) },
    { WWW, CORE_DNAME, PACKET(EXAMPLE), /* RFC 6672 */
      PACKET("\xc0\x0c"), PACKET(EXAMPLE) },
    { WWW, 65280, PACKET(WWW),
      PACKET("\xc0\x0c"), PACKET(WWW) },
    { WWW, CORE_A, PACKET(""),
      PACKET("\xc0\x0c"), PACKET("") },
    { WWW, CORE_MX, PACKET("\1"),       /* rdata that is none of its type */
      PACKET("\xc0\x0c"), PACKET("\1") },
    { WWW, CORE_NS, PACKET("\xc0\x0c"),
      PACKET("\xc0\x0c"), PACKET("\xc0\x0c") },
    { WWW, CORE_SOA, PACKET(WWW "\3ww"),
      PACKET("\xc0\x0c"), PACKET(WWW "\3ww") },
};

START_TEST(compresses_names)
{
    struct core_writer writer;
    uint8_t bytes[512];
    size_t owner_size = compress_rows[_i].owner_size;
    size_t size = compress_rows[_i].written_size;
    const uint8_t *owner = bytes + QUESTION_END;
    const uint8_t *fixed = owner + owner_size;

    start_reply(&writer, bytes, sizeof bytes);
    ck_assert(add(&writer, compress_rows[_i].owner, compress_rows[_i].type,
                  compress_rows[_i].rdata, compress_rows[_i].rdata_size));
    ck_assert_uint_eq(core_writer_end(&writer, 0, 0),
                      QUESTION_END + owner_size + 10 + size);
    ck_assert_mem_eq(owner, compress_rows[_i].written_owner, owner_size);
    ck_assert_uint_eq(core_read16(fixed), compress_rows[_i].type);
    ck_assert_uint_eq(core_read16(fixed + 8), size);
    ck_assert_mem_eq(fixed + 10, compress_rows[_i].written_rdata, size);
}
END_TEST

/* A target in the rdata of a SRV record, then its address. */
START_TEST(points_to_names_that_are_not_compressed)
{
    static const char *const owners[] = {
        "\4host" EXAMPLE, "\1a\4host" EXAMPLE, "\4HOST" EXAMPLE,
    };
    static const char *const written[] = {
        "\xc0\x33", "\1a\xc0\x33", "\xc0\x33",
    };
    struct core_writer writer;
    uint8_t bytes[512];

    start_reply(&writer, bytes, sizeof bytes);
    ck_assert(add(&writer, WWW, CORE_SRV,
                  PACKET("\0\1\0\2\0\3\4host" EXAMPLE)));

    size_t start = writer.size;

    ck_assert(add(&writer, owners[_i], CORE_A, PACKET("\1\2\3\4")));
    ck_assert_uint_eq(writer.size, start + strlen(written[_i]) + 14);
    ck_assert_mem_eq(bytes + start, written[_i], strlen(written[_i]));
}
END_TEST

/* The rest of the name counts, not only its label: a.b is not a.c. */
START_TEST(same_labels_are_not_the_same_suffix)
{
    static const char *const owners[] = {
        "\1a\1b\1c", "\1a\1c\1b", "\1a\1b", "\1b\1a\1b\1c", "\1a", "\1c\1a",
        "\1a\1a\1a", "\1a\1a", "\1a\1a\1a\1a",
    };
    struct core_writer writer;
    struct core_message message;
    struct core_records records;
    struct core_rr rr;
    uint8_t bytes[512];
    uint8_t name[CORE_NAME_SIZE];

    start_reply(&writer, bytes, sizeof bytes);
    for (int i = 0; i < CORE_TEST_ROWS(owners); i++)
        ck_assert(add(&writer, owners[i], CORE_TXT, "\0", 1));
    ck_assert_int_eq(core_message_parse(&message, bytes,
                                        core_writer_end(&writer, 0, 0)),
                     CORE_PARSE_OK);
    core_records_start(&records, &message);
    for (int i = 0; core_records_next(&records, &rr); i++) {
        ck_assert_uint_ne(core_message_name(bytes, writer.size, rr.offset,
                                            name), 0);
        ck_assert(core_name_equal(name, (const uint8_t *) owners[i]));
    }
}
END_TEST

START_TEST(no_pointer_leads_behind_16383)
{
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    static const uint8_t filler[0x4000];
    struct core_writer writer;

    start_reply(&writer, bytes, sizeof bytes);
    ck_assert(core_writer_rr(&writer, CORE_ANSWER, (const uint8_t *) WWW,
                             65280, CORE_IN, 0, filler,
                             0x4000 - QUESTION_END - 12 - 4));
    /* "net" stands at 0x3ffe, "x.net" behind what a pointer can hold. */
    ck_assert_uint_eq(writer.size, 0x3ffc);
    ck_assert(add(&writer, "\1a\3net", CORE_TXT, "\0", 1));
    ck_assert(add(&writer, "\1x\3net", CORE_TXT, "\0", 1));

    size_t size = writer.size;

    ck_assert(add(&writer, "\1x\3net", CORE_TXT, "\0", 1));
    ck_assert_uint_eq(writer.size - size, 4 + 11);
    ck_assert_uint_eq(core_read16(bytes + size + 2), 0xfffe);
}
END_TEST

/* ---- the limit ----------------------------------------------------------- */

START_TEST(writes_whole_records_or_nothing)
{
    struct core_writer writer;
    struct core_message message;
    uint8_t bytes[512];
    size_t limit = (size_t) _i;

    memset(bytes, 0xee, sizeof bytes);
    start_reply(&writer, bytes, limit);

    bool question = !writer.full;
    unsigned records = 0;

    records += add(&writer, EXAMPLE, CORE_MX, PACKET("\0\1\4mail" EXAMPLE));
    records += add(&writer, WWW, CORE_A, "\1\2\3\4", 4);
    records += add(&writer, "", CORE_TXT, "\1a", 2);
    records += core_writer_edns(&writer, 1232, 0, false, NULL, 0);

    size_t size = core_writer_end(&writer, 0, 0);

    ck_assert_uint_le(size, limit);
    ck_assert(writer.full == (records < 4));
    ck_assert(question == (limit >= QUESTION_END));
    ck_assert_int_eq(core_message_parse(&message, bytes, size),
                     question ? CORE_PARSE_OK : CORE_PARSE_QUESTION);
    ck_assert_uint_eq(message.counts[CORE_ANSWER]
                      + message.counts[CORE_ADDITIONAL], records);
    for (size_t i = limit; i < sizeof bytes; i++)
        ck_assert_uint_eq(bytes[i], 0xee);
}
END_TEST

START_TEST(rewinding_takes_back_names_too)
{
    struct core_writer writer;
    struct core_writer mark;
    uint8_t bytes[64];

    start_reply(&writer, bytes, sizeof bytes);
    ck_assert(add(&writer, EXAMPLE, CORE_TXT, "\0", 1));
    mark = writer;
    ck_assert(!add(&writer, "\3net", CORE_TXT, PACKET(WWW)));
    ck_assert(writer.full);
    ck_assert(!add(&writer, "", CORE_TXT, "\0", 1));
    core_writer_rewind(&writer, &mark);
    ck_assert(!writer.full);
    ck_assert_uint_eq(writer.size, QUESTION_END + 13);
    ck_assert(add(&writer, "\3net", CORE_TXT, "", 0));
    ck_assert_mem_eq(bytes + QUESTION_END + 13, "\3net", 5);
    ck_assert_uint_eq(core_writer_end(&writer, CORE_TC, 0),
                      QUESTION_END + 13 + 15);
    ck_assert_uint_eq(core_read16(bytes + 6), 2);
}
END_TEST

START_TEST(edns_carries_the_high_bits_of_rcode)
{
    static const uint8_t option[] = { 0, CORE_OPTION_COOKIE, 0, 1, 'c' };
    struct core_writer writer;
    struct core_message message;
    uint8_t bytes[512];

    start_reply(&writer, bytes, sizeof bytes);
    ck_assert(core_writer_edns(&writer, 1232, CORE_BADVERS, true, option,
                               sizeof option));
    ck_assert_int_eq(
        core_message_parse(&message, bytes,
                           core_writer_end(&writer, 0, CORE_BADVERS)),
        CORE_PARSE_OK);
    ck_assert_uint_eq(core_message_rcode(&message), CORE_BADVERS);
    ck_assert_uint_eq(message.flags & 15, 0);
    ck_assert_uint_eq(message.edns.payload, 1232);
    ck_assert(message.edns.dnssec_ok);
    ck_assert_uint_eq(message.edns.options_size, sizeof option);
    ck_assert_mem_eq(message.edns.options, option, sizeof option);
}
END_TEST

/* ---- many names ---------------------------------------------------------- */

/* A name of few letters in both cases, so that suffixes are often the same. */
static void
make_name(uint8_t name[CORE_NAME_SIZE], unsigned *seed)
{
    size_t size = 0;
    unsigned labels = (*seed = *seed * 1103515245 + 12345) >> 16;

    for (labels %= 6; labels > 0; labels--) {
        unsigned draw = (*seed = *seed * 1103515245 + 12345) >> 16;
        uint8_t length = (uint8_t) (1 + draw % 9);

        name[size++] = length;
        memset(name + size, "aAbB"[draw >> 8 & 3], length);
        size += length;
    }
    name[size] = 0;
}

static void
check_records(const struct core_message *message, unsigned seed)
{
    struct core_records records;
    struct core_rr rr;
    uint8_t name[CORE_NAME_SIZE];
    uint8_t found[CORE_NAME_SIZE];

    core_records_start(&records, message);
    while (core_records_next(&records, &rr)) {
        make_name(name, &seed);
        ck_assert_uint_ne(core_message_name(message->bytes, message->size,
                                            rr.offset, found), 0);
        ck_assert(core_name_equal(name, found));
        make_name(name, &seed);
        ck_assert_uint_eq(core_message_name(message->bytes, message->size,
                                            rr.rdata_offset, found), rr.end);
        ck_assert(core_name_equal(name, found));
    }
}

START_TEST(names_come_back_as_they_went_in)
{
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    struct core_writer writer;
    struct core_message message;
    uint8_t owner[CORE_NAME_SIZE];
    uint8_t target[CORE_NAME_SIZE];
    unsigned seed = (unsigned) _i;
    unsigned records = 0;

    start_reply(&writer, bytes, 512u << _i % 8);
    for (;;) {
        make_name(owner, &seed);
        make_name(target, &seed);
        if (!core_writer_rr(&writer, CORE_ANSWER, owner, CORE_PTR, CORE_IN, 0,
                            target, core_name_size(target)))
            break;
        records++;
    }
    ck_assert_int_eq(core_message_parse(&message, bytes,
                                        core_writer_end(&writer, 0, 0)),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(message.counts[CORE_ANSWER], records);
    check_records(&message, (unsigned) _i);
}
END_TEST

/* A library that is cubic in labels takes a minute and more for this. */
START_TEST(many_labels_cost_little)
{
    struct core_writer writer;
    uint8_t bytes[1024];
    uint8_t name[CORE_NAME_SIZE] = { 0 };
    clock_t start = clock();

    for (size_t i = 0; i < 254; i += 2) {
        name[i] = 1;
        name[i + 1] = 'a';
    }
    for (unsigned i = 0; i < 5000; i++) {
        core_writer_query(&writer, bytes, sizeof bytes, 1, 0, name, CORE_A,
                          CORE_IN);
        name[1] = 'b';
        ck_assert(add(&writer, (const char *) name, CORE_NS,
                      (const char *) name, sizeof name));
        name[1] = 'a';
    }
    ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 2);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("writer");

    tcase_add_test(cases, a_reply_has_its_question_and_flags);
    tcase_add_test(cases, a_reply_keeps_opcode_but_not_answers_flags);
    tcase_add_test(cases, a_reply_can_lack_the_question);
    tcase_add_test(cases, a_reply_may_stand_where_the_query_stood);
    tcase_add_test(cases, a_query_has_one_question);
    tcase_add_loop_test(cases, compresses_names,
                        0, CORE_TEST_ROWS(compress_rows));
    tcase_add_loop_test(cases, points_to_names_that_are_not_compressed, 0, 3);
    tcase_add_test(cases, same_labels_are_not_the_same_suffix);
    tcase_add_test(cases, no_pointer_leads_behind_16383);
    tcase_add_loop_test(cases, writes_whole_records_or_nothing,
                        CORE_HEADER_SIZE, 140);
    tcase_add_test(cases, rewinding_takes_back_names_too);
    tcase_add_test(cases, edns_carries_the_high_bits_of_rcode);
    tcase_add_loop_test(cases, names_come_back_as_they_went_in, 0, 64);
    tcase_add_test(cases, many_labels_cost_little);
    return core_test_run(cases);
}
