/* answer - what of an upstream's reply is handed up, and how it looks */

#include "forward/answer.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "core_test.h"

static const uint8_t asked[] = "\3www\7Example\3org\0\0\1\0\1";
static const uint8_t sent[] = "\3WwW\7eXaMple\3oRG\0\0\1\0\1";
static const uint8_t other[] = "\3wWW\7eXaMple\3oRG";
static const uint8_t address[] = { 192, 0, 2, 1 };
#define QUESTION_SIZE (sizeof asked - 1)

/* A reply with the flags, the whole rcode, and EDNS when the rcode needs it. */
static size_t
make(uint8_t *bytes, size_t room, uint16_t flags, unsigned rcode,
     struct core_message *message)
{
    struct core_writer writer;

    core_writer_query(&writer, bytes, room, 7, CORE_RD, sent, CORE_A, CORE_IN);
    writer.indexed = true;              /* owners written out, as some do */
    memset(writer.suffixes, 0, sizeof writer.suffixes);
    core_writer_rr(&writer, CORE_ANSWER, sent, CORE_A, CORE_IN, 1, address, 4);
    core_writer_edns(&writer, 1232, rcode, false, NULL, 0);

    size_t size = core_writer_end(&writer, flags, rcode);

    ck_assert_int_eq(core_message_parse(message, bytes, size), CORE_PARSE_OK);
    return size;
}

static const struct {
    uint16_t flags;
    unsigned rcode;
    unsigned answered;
} rows[] = {
    { CORE_QR | CORE_RA, CORE_NOERROR, CORE_NOERROR },
    { CORE_QR | CORE_AA | CORE_AD, CORE_NXDOMAIN, CORE_NXDOMAIN },
    { CORE_QR | CORE_TC | CORE_CD, CORE_REFUSED, CORE_REFUSED },
    { CORE_QR, CORE_BADVERS, CORE_SERVFAIL },   /* no room without OPT */
    { CORE_QR, 23, CORE_SERVFAIL },
};

START_TEST(keeps_flags_and_says_every_rcode_in_four_bits)
{
    uint8_t bytes[512];
    struct core_message message;
    struct answer answer;

    make(bytes, sizeof bytes, rows[_i].flags, rows[_i].rcode, &message);
    answer_make(&answer, bytes, &message, sent, asked, QUESTION_SIZE);
    ck_assert_uint_eq(answer.rcode, rows[_i].answered);
    ck_assert_uint_eq(core_read16(answer.bytes + 2),
                      (rows[_i].flags | CORE_RD | rows[_i].answered));
    ck_assert_int_eq(core_message_parse(&message, answer.bytes, answer.size),
                     CORE_PARSE_OK);
    ck_assert(!message.edns.present);
    ck_assert_uint_eq(message.counts[CORE_ANSWER], 1);
}
END_TEST

START_TEST(gives_names_their_letters_again)
{
    uint8_t bytes[512];
    struct core_message message;
    struct answer answer;

    make(bytes, sizeof bytes, CORE_QR, 0, &message);
    answer_make(&answer, bytes, &message, sent, asked, QUESTION_SIZE);
    ck_assert_mem_eq(answer.bytes + 12, asked, QUESTION_SIZE);
    ck_assert_ptr_null(memmem(answer.bytes, answer.size, "eXaMple", 7));
}
END_TEST

START_TEST(leaves_letters_that_are_the_upstreams_own)
{
    uint8_t bytes[512];
    struct core_message message;
    struct answer answer;
    size_t size = make(bytes, sizeof bytes, CORE_QR, 0, &message);
    uint8_t *owner = memmem(bytes + 12 + QUESTION_SIZE, size, "\3WwW", 4);

    if (owner == NULL)
        return;                         /* it was compressed: nothing to see */
    memcpy(owner, other, 4);
    answer_make(&answer, bytes, &message, sent, asked, QUESTION_SIZE);
    ck_assert_ptr_nonnull(memmem(answer.bytes, answer.size, "\3wWW", 4));
}
END_TEST

START_TEST(gives_a_bare_error_its_question)
{
    uint8_t bytes[512] = "\0\7\x81\x81\0\0\0\0\0\0\0\0";
    struct core_message message;
    struct answer answer;

    ck_assert_int_eq(core_message_parse_continued(&message, bytes, 12),
                     CORE_PARSE_OK);
    answer_make(&answer, bytes, &message, sent, asked, QUESTION_SIZE);
    ck_assert_uint_eq(answer.size, 12 + QUESTION_SIZE);
    ck_assert_int_eq(core_message_parse(&message, answer.bytes, answer.size),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(core_message_rcode(&message), CORE_FORMERR);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("answer");

    tcase_add_loop_test(cases, keeps_flags_and_says_every_rcode_in_four_bits,
                        0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, gives_names_their_letters_again);
    tcase_add_test(cases, leaves_letters_that_are_the_upstreams_own);
    tcase_add_test(cases, gives_a_bare_error_its_question);
    return core_test_run(cases);
}
