/* opt - a message without its OPT record is the same message */

#include "forward/opt.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "core_test.h"

static const uint8_t name[] = "\3www\7example\3org";
static const uint8_t address[] = { 192, 0, 2, 1 };

/* Reads "\3www..." of all records, one after the other, into text. */
static void
list_names(const uint8_t *bytes, size_t size, char *text)
{
    struct core_message message;
    struct core_records records;
    struct core_rr rr;

    *text = '\0';
    ck_assert_int_eq(core_message_parse(&message, bytes, size),
                     CORE_PARSE_OK);
    ck_assert(!message.edns.present);
    core_records_start(&records, &message);
    while (core_records_next(&records, &rr)) {
        uint8_t owner[CORE_NAME_SIZE];
        char one[CORE_NAME_TEXT_SIZE];

        ck_assert_uint_gt(core_message_name(bytes, size, rr.offset, owner),
                          0);
        strcat(text, core_name_to_text(one, owner));
        if (rr.type == CORE_MX) {
            core_message_name(bytes, size, rr.rdata_offset + 2, owner);
            strcat(strcat(text, "="), core_name_to_text(one, owner));
        }
        strcat(text, " ");
    }
}

START_TEST(cuts_off_one_that_comes_last)
{
    uint8_t bytes[512];
    struct core_writer writer;
    struct core_message message;
    char text[1024];

    core_writer_query(&writer, bytes, sizeof bytes, 1, CORE_RD, name, CORE_A,
                      CORE_IN);
    core_writer_rr(&writer, CORE_ANSWER, name, CORE_A, CORE_IN, 1, address, 4);
    core_writer_edns(&writer, 1232, 0, true, NULL, 0);

    size_t size = core_writer_end(&writer, CORE_QR, 0);

    ck_assert_int_eq(core_message_parse(&message, bytes, size),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(opt_remove(bytes, &message), size - 11);
    list_names(bytes, size - 11, text);
    ck_assert_str_eq(text, "www.example.org. ");
}
END_TEST

START_TEST(mends_pointers_behind_one_that_does_not)
{
    /* Behind OPT: an owner, a pointer to it, and an MX that points to both
       sides. */
    static const uint8_t bytes[] =
        "\0\1\x81\x80\0\1\0\0\0\0\0\4"
        "\3www\7example\3org\0\0\1\0\1"             /* 12 to 32 */
        "\0\0\x29\4\xd0\0\0\0\0\0\4\0\xc\0\0"       /* 33 to 47 */
        "\4mail\xc0\x10\0\1\0\1\0\0\0\1\0\4\1\2\3\4"  /* from 48 */
        "\xc0\x30\0\1\0\1\0\0\0\1\0\4\1\2\3\4"
        "\xc0\x0c\0\xf\0\1\0\0\0\1\0\4\0\xa\xc0\x30";
    uint8_t copy[sizeof bytes - 1];
    struct core_message message;
    char text[1024];

    memcpy(copy, bytes, sizeof copy);
    ck_assert_int_eq(core_message_parse(&message, copy, sizeof copy),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(opt_remove(copy, &message), sizeof copy - 15);
    list_names(copy, sizeof copy - 15, text);
    ck_assert_str_eq(text, "mail.example.org. mail.example.org. "
                     "www.example.org.=mail.example.org. ");
}
END_TEST

START_TEST(knows_when_a_name_would_be_lost)
{
    /* The owner behind OPT is a name that stands in OPT. */
    static const uint8_t bytes[] =
        "\0\1\x81\x80\0\1\0\0\0\0\0\2"
        "\3www\7example\3org\0\0\1\0\1"             /* 12 to 32 */
        "\0\0\x29\4\xd0\0\0\0\0\0\7\0\xc\0\3\1a\0"    /* 33 to 50 */
        "\xc0\x30\0\1\0\1\0\0\0\1\0\4\1\2\3\4";
    uint8_t copy[sizeof bytes - 1];
    struct core_message message;

    memcpy(copy, bytes, sizeof copy);
    ck_assert_int_eq(core_message_parse(&message, copy, sizeof copy),
                     CORE_PARSE_OK);
    ck_assert_uint_eq(opt_remove(copy, &message), 0);
}
END_TEST

START_TEST(leaves_a_message_without_one)
{
    uint8_t bytes[512];
    struct core_writer writer;
    struct core_message message;

    core_writer_query(&writer, bytes, sizeof bytes, 1, 0, name, CORE_A,
                      CORE_IN);

    size_t size = core_writer_end(&writer, 0, 0);

    core_message_parse(&message, bytes, size);
    ck_assert_uint_eq(opt_remove(bytes, &message), size);
    ck_assert_uint_eq(core_read16(bytes + 10), 0);
}
END_TEST

START_TEST(copies_extended_errors)
{
    static const uint8_t options[] = "\0\17\0\6\0\26lost"   /* EDE 22 */
        "\0\3\0\1x"                                         /* NSID */
        "\0\17\0\1\0"                                       /* too short */
        "\0\17\0\2\0\3";                                    /* EDE 3 */
    uint8_t bytes[512];
    struct core_writer writer;
    struct core_message message;
    struct opt_edes edes;

    core_writer_query(&writer, bytes, sizeof bytes, 1, 0, name, CORE_A,
                      CORE_IN);
    core_writer_edns(&writer, 1232, 0, false, options, sizeof options - 1);
    core_message_parse(&message, bytes, core_writer_end(&writer, 0, 0));
    opt_edes(&message, &edes);
    ck_assert_uint_eq(edes.count, 2);
    ck_assert_uint_eq(edes.items[0].size, 6);
    ck_assert_mem_eq(edes.items[0].bytes, "\0\26lost", 6);
    ck_assert_uint_eq(edes.items[1].size, 2);
    ck_assert_mem_eq(edes.items[1].bytes, "\0\3", 2);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("opt");

    tcase_add_test(cases, cuts_off_one_that_comes_last);
    tcase_add_test(cases, mends_pointers_behind_one_that_does_not);
    tcase_add_test(cases, knows_when_a_name_would_be_lost);
    tcase_add_test(cases, leaves_a_message_without_one);
    tcase_add_test(cases, copies_extended_errors);
    return core_test_run(cases);
}
