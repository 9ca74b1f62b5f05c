/* record_text - records of a message as lines of a zone file */

#include "lib/record_text.h"

#include <stdlib.h>
#include <string.h>

#include "core_test.h"
#include "coredns/rrtype.h"

/* A reply to "ex. ANY" with one record of that owner, its name a pointer to
   the question's. */
static size_t
make_reply(uint8_t *bytes, uint16_t type, const void *rdata, size_t size)
{
    static const uint8_t head[] =
        "\0\1\x84\0\0\1\0\1\0\0\0\0\2ex\0\0\377\0\1\300\14";
    uint8_t *at = bytes + sizeof head - 1;

    memcpy(bytes, head, sizeof head - 1);
    core_write16(at, type);
    core_write16(at + 2, CORE_IN);
    core_write32(at + 4, 300);
    core_write16(at + 8, (uint16_t) size);
    memcpy(at + 10, rdata, size);
    return (size_t) (at + 10 + size - bytes);
}

/* The text of that record; free() it. */
static char *
text_of(uint16_t type, const void *rdata, size_t size)
{
    static uint8_t bytes[4096];
    struct core_message message;
    struct core_records records;
    struct core_rr rr;

    ck_assert_int_eq(core_message_parse(&message, bytes,
                                        make_reply(bytes, type, rdata, size)),
                     CORE_PARSE_OK);
    core_records_start(&records, &message);
    ck_assert(core_records_next(&records, &rr));
    return core_record_to_text(&message, &rr);
}

static const struct {
    uint16_t type;
    const char *rdata;
    size_t size;
    const char *text;
} rows[] = {
    { CORE_A, "\300\0\2\1", 4, "ex.\t300\tIN\tA\t192.0.2.1" },
    { CORE_MX, "\0\12\4mail\300\14", 9, "ex.\t300\tIN\tMX\t10 mail.ex." },
    /* The generic form: rare types, and what is not as its type says. */
    { 29 /* LOC */, "\0\1", 2, "ex.\t300\tIN\tLOC\t\\# 2 0001" },
    { CORE_NS, "\300\377", 2, "ex.\t300\tIN\tNS\t\\# 2 c0ff" },
};

START_TEST(stand_on_a_line_with_tabs)
{
    char *text = text_of(rows[_i].type, rows[_i].rdata, rows[_i].size);

    ck_assert_str_eq(text, rows[_i].text);
    free(text);
}
END_TEST

/* A bit map is the text that grows most: eighty letters an octet. */
START_TEST(are_whole_however_long)
{
    enum { WINDOWS = 8 };
    static const char start[] = "ex.\t300\tIN\tNSEC\t. ", end[] = " TYPE2047";
    uint8_t rdata[1 + WINDOWS * 34];
    size_t size;
    char *text;

    memset(rdata, 0xff, sizeof rdata);
    rdata[0] = 0;
    for (uint8_t i = 0; i < WINDOWS; i++) {
        rdata[1 + 34 * i] = i;
        rdata[2 + 34 * i] = 32;
    }
    text = text_of(CORE_NSEC, rdata, sizeof rdata);
    size = strlen(text);
    ck_assert_uint_gt(size, 8 * sizeof rdata);
    ck_assert_mem_eq(text, start, sizeof start - 1);
    ck_assert_str_eq(text + size - (sizeof end - 1), end);
    free(text);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("record_text");

    tcase_add_loop_test(cases, stand_on_a_line_with_tabs, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, are_whole_however_long);
    return core_test_run(cases);
}
