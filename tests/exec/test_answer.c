/* answer - a line of a script, and the reply it makes */

#include "exec/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "core_test.h"

static const uint8_t query_bytes[] =
    "\x12\x34\1\0\0\1\0\0\0\0\0\0\3WwW\7example\0\0\1\0\1";
static const struct answer_limits usual = { .records = 3, .size = 300 };

/* The reply of a line as text: "rcode [AA] | section owner ttl class type
   size..."; or "pass", or "! fault". */
static void
carry_out(char *out, const char *line, const struct answer_limits *limits)
{
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    struct core_zone_record *scratch = core_allocate(sizeof *scratch);
    struct core_fault fault = { .text = "" };
    answer_t *answer = answer_read(line, strlen(line), &fault);
    enum answer_kind kind = answer == NULL ? ANSWER_BROKEN
        : answer_check(answer, &fault);
    struct core_message query, reply;
    struct core_records records;
    struct core_writer writer;
    struct core_rr rr;

    core_message_parse(&query, query_bytes, sizeof query_bytes - 1);
    core_writer_reply(&writer, bytes, sizeof bytes, &query);
    if (kind == ANSWER_REPLY
        && answer_write(answer, &query, limits, scratch, &writer,
                        &fault) == -1)
        kind = ANSWER_BROKEN;
    if (kind == ANSWER_PASS)
        strcpy(out, "pass");
    else if (kind == ANSWER_BROKEN)
        sprintf(out, "! %s", fault.text);
    else {
        ck_assert_int_eq(core_message_parse(&reply, bytes, writer.size),
                         CORE_PARSE_OK);
        ck_assert_uint_eq(reply.id, 0x1234);
        out += sprintf(out, "%u%s", core_message_rcode(&reply),
                       (reply.flags & CORE_AA) != 0 ? " AA" : "");
        core_records_start(&records, &reply);
        while (core_records_next(&records, &rr)) {
            uint8_t owner[CORE_NAME_SIZE];
            char text[CORE_NAME_TEXT_SIZE];

            core_message_name(bytes, writer.size, rr.offset, owner);
            out += sprintf(out, " | %d %s %u %u %u %u", (int) rr.section,
                           core_name_to_text(text, owner), rr.ttl, rr.rclass,
                           rr.type, rr.rdata_size);
        }
    }
    answer_destroy(&answer);
    free(scratch);
}

#define A "\"@ A 192.0.2.1\""

static const struct {
    const char *line, *out;
} rows[] = {
    { "{\"id\":1,\"pass\":true}", "pass" },
    { "{\"id\":1,\"pass\":true,\"name\":\"x\",\"flags\":[]}", "pass" },
    { "{\"id\":1,\"pass\":false,\"rcode\":0}", "0" },
    { "{\"id\":1,\"rcode\":\"NXDOMAIN\"}", "3" },
    { " { \"id\" : 1 , \"rcode\" : \"refused\" } ", "5" },
    { "{\"id\":1,\"rcode\":15}", "15" },
    { "{\"id\":1,\"rcode\":3,\"aa\":true}", "3 AA" },
    { "{\"id\":1,\"rcode\":3,\"aa\":false}", "3" },
    { "{\"id\":1,\"answers\":[]}", "0" },
    { "{\"id\":1,\"answers\":[" A "]}", "0 | 1 WwW.example. 0 1 1 4" },
    { "{\"id\":1,\"answers\":" A "}", "0 | 1 WwW.example. 0 1 1 4" },
    { "{\"id\":1,\"answers\":[\"a 5 TXT x\",\"b. CH TXT yy\"]}",
      "0 | 1 a.WwW.example. 5 1 16 2 | 1 b. 0 3 16 3" },
    { "{\"id\":1,\"rcode\":3,"
      "\"authority\":[\"example. 1h SOA a b 1 2 3 4 5\"]}",
      "3 | 2 example. 3600 1 6 28" },
    { "{\"id\":1,\"answers\":[\"@ MX 1 m\"],"
      "\"additional\":[\"m A 192.0.2.1\"]}",
      "0 | 1 WwW.example. 0 1 15 6 | 3 m.WwW.example. 0 1 1 4" },
    { "{\"answers\":[],\"id\":1,\"ede\":15,\"ede_text\":\"why\"}", "0" },

    { "", "! not JSON: '[' or '{' expected near end of file" },
    { "[]", "! not an object" },
    { "[1]", "! not an object" },
    { "{}", "! an object without an id" },
    { "{\"id\":\"1\",\"pass\":true}", "! an object without an id" },
    { "{\"id\":-1,\"pass\":true}", "! an object without an id" },
    { "{\"id\":1.0,\"pass\":true}", "! an object without an id" },
    { "{\"id\":1}", "! neither pass, rcode nor answers" },
    { "{\"id\":1,\"authority\":[]}", "! neither pass, rcode nor answers" },
    { "{\"id\":1,\"pass\":false}", "! neither pass, rcode nor answers" },
    { "{\"id\":1,\"pass\":1}", "! pass: neither true nor false" },
    { "{\"id\":1,\"pass\":true,\"rcode\":0}", "! both pass and an answer" },
    { "{\"id\":1,\"rcode\":\"NOSUCH\"}",
      "! rcode: there is no rcode NOSUCH" },
    { "{\"id\":1,\"rcode\":\"BADVERS\"}",
      "! rcode: there is no rcode BADVERS" },
    { "{\"id\":1,\"rcode\":16}", "! rcode: there is no rcode like that" },
    { "{\"id\":1,\"rcode\":-1}", "! rcode: there is no rcode like that" },
    { "{\"id\":1,\"rcode\":null}", "! rcode: neither a word nor a number" },
    { "{\"id\":1,\"answers\":5}", "! answers: not a list of texts" },
    { "{\"id\":1,\"answers\":[5]}", "! answers: not a list of texts" },
    { "{\"id\":1,\"answers\":[],\"additional\":{}}",
      "! additional: not a list of texts" },
    { "{\"id\":1,\"answers\":[],\"aa\":\"yes\"}",
      "! aa: neither true nor false" },
    { "{\"id\":1,\"answers\":[],\"ede\":65535}",
      "! ede: not a code from 0 to 65534" },
    { "{\"id\":1,\"answers\":[],\"ede_text\":5}", "! ede_text: not a text" },
    { "{\"id\":1,\"answer\":[]}",
      "! there is no key answer; did you mean answers" },
    { "{\"id\":1,\"answers\":[],\"zzzzzzzzz\":1}",
      "! there is no key zzzzzzzzz" },
    { "{\"id\":1,\"answers\":[\"\"]}", "! there is no record" },
    { "{\"id\":1,\"answers\":[\"@ A 192.0.2\"]}",
      "! not an IPv4 address: 192.0.2" },
    { "{\"id\":1,\"answers\":[\"@ OPT x\"]}",
      "! not the type of a record: OPT" },
    { "{\"id\":1,\"answers\":[\"@ A 192.0.2.1\\n@ A 192.0.2.2\"]}",
      "! a record of several lines" },
    { "{\"id\":1,\"answers\":[" A "," A "],\"additional\":[" A "," A "]}",
      "! more than 3 records" },
    { "{\"id\":1,\"answers\":[\"@ TYPE65400 \\\\# 5 0102\"]}", NULL },
    { "{\"id\":1,\"answers\":[\"@ TXT \\u0000\"]}", NULL },
    { "{\"id\":1,\"id\":2,\"pass\":true}", NULL },
    { "{\"id\":1,\"pass\":true} x", NULL },
};

START_TEST(a_line_is_a_reply_or_says_why_not)
{
    char out[1024];

    carry_out(out, rows[_i].line, &usual);
    if (rows[_i].out != NULL)
        ck_assert_str_eq(out, rows[_i].out);
    else
        ck_assert_int_eq(out[0], '!');
}
END_TEST

START_TEST(a_reply_has_no_more_octets_than_allowed)
{
    struct answer_limits limits = { .records = 3, .size = 45, .ttl = 9 };
    char out[1024];

    carry_out(out, "{\"id\":1,\"answers\":[" A "]}", &limits);
    ck_assert_str_eq(out, "0 | 1 WwW.example. 9 1 1 4");
    limits.size--;
    carry_out(out, "{\"id\":1,\"answers\":[" A "]}", &limits);
    ck_assert_str_eq(out, "! a reply of more than 44 octets");
}
END_TEST

START_TEST(an_error_has_a_code_and_a_text)
{
    const char *line = "{\"id\":281474976710655,\"rcode\":5,\"ede\":15,"
        "\"ede_text\":\"listed\"}";
    struct core_fault fault;
    answer_t *answer = answer_read(line, strlen(line), &fault);
    const char *text;

    ck_assert_uint_eq(answer_id(answer), 281474976710655);
    ck_assert_int_eq(answer_check(answer, &fault), ANSWER_REPLY);
    ck_assert_uint_eq(answer_ede(answer, &text), 15);
    ck_assert_str_eq(text, "listed");
    answer_destroy(&answer);
    ck_assert_ptr_null(answer);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("answer");

    tcase_add_loop_test(cases, a_line_is_a_reply_or_says_why_not, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, a_reply_has_no_more_octets_than_allowed);
    tcase_add_test(cases, an_error_has_a_code_and_a_text);
    return core_test_run(cases);
}
