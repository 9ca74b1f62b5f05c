/* A line as a record */

#include "lib/zone_record.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/rrtype.h"
#include "core_test.h"

static const struct core_zone_name root = { 1, "" };
static const struct core_zone_usual usual = { &root, 3600, 1 };

static const struct {
    const char *line;
    const char *owner;
    uint32_t ttl;
    uint16_t rrclass, type;
    const char *rdata;
    size_t rdata_size;
} rows[] = {
    { "a.Example. 60 IN A 192.0.2.1", "a.Example.", 60, 1, 1, "\300\0\2\1",
      4 },
    { "a IN 1m A 192.0.2.1", "a.", 60, 1, 1, "\300\0\2\1", 4 },
    { "a A 192.0.2.1", "a.", 3600, 1, 1, "\300\0\2\1", 4 },
    { " a 0 CH TXT \"x y\" z", "a.", 0, 3, 16, "\3x y\1z", 6 },
    { "*.a 5 CNAME Target.a", "*.a.", 5, 1, 5, "\6target\1a", 10 },
    { "a 5 TYPE65400 \\# 2 0102", "a.", 5, 1, 65400, "\1\2", 2 },
    { "a 5 A 192.0.2.1\nb 5 A 192.0.2.2", "a.", 5, 1, 1, "\300\0\2\1", 4 },
};

START_TEST(a_line_is_a_record)
{
    static struct core_zone_record record;
    struct core_fault fault;
    char text[CORE_NAME_TEXT_SIZE];

    ck_assert_int_eq(core_zone_record_read(&record, rows[_i].line,
                                           strlen(rows[_i].line), &usual,
                                           &fault), 0);
    ck_assert_str_eq(core_name_to_text(text, record.owner), rows[_i].owner);
    ck_assert_uint_eq(record.ttl, rows[_i].ttl);
    ck_assert_uint_eq(record.rrclass, rows[_i].rrclass);
    ck_assert_uint_eq(record.type, rows[_i].type);
    ck_assert_uint_eq(record.rdata_size, rows[_i].rdata_size);
    ck_assert_int_eq(memcmp(record.rdata, rows[_i].rdata,
                            rows[_i].rdata_size), 0);
}
END_TEST

START_TEST(what_a_line_does_not_say_is_given)
{
    static const struct core_zone_name origin = { 9, "\1a\5there" };
    static const struct core_zone_usual given = { &origin, 7, 3 };
    static struct core_zone_record record;
    struct core_fault fault;
    char text[CORE_NAME_TEXT_SIZE];

    ck_assert_int_eq(core_zone_record_read(&record, "@ MX 1 x", 8, &given,
                                           &fault), 0);
    ck_assert_str_eq(core_name_to_text(text, record.owner), "a.there.");
    ck_assert_uint_eq(record.ttl, 7);
    ck_assert_uint_eq(record.rrclass, 3);
    ck_assert_str_eq(core_name_to_text(text, record.rdata + 2), "x.a.there.");
}
END_TEST

static const struct {
    const char *line;
    const char *fault;
} wrong[] = {
    { "", "there is no record" }, { "; a comment", "there is no record" },
    { "a..b 60 IN A 192.0.2.1", "not a domain name: a..b" },
    { "\"a\" 60 IN A 192.0.2.1", "not a domain name: a" },
    { "a.example.", "no type" }, { "a 60 IN", "no type" },
    { "a 60 NOSUCH x", "not the type of a record: NOSUCH" },
    { "a 60 ANY x", "not the type of a record: ANY" },
    { "a 2147483648 A 192.0.2.1", "TTL out of range: 2147483648" },
    { "a 60 A 192.0.2", "not an IPv4 address: 192.0.2" },
    { "a 60 A <no value>", NULL }, { "a 60 TXT \"x", NULL },
};

START_TEST(what_is_none_is_refused)
{
    static struct core_zone_record record;
    struct core_fault fault = { .text = "" };

    ck_assert_int_eq(core_zone_record_read(&record, wrong[_i].line,
                                           strlen(wrong[_i].line), &usual,
                                           &fault), -1);
    if (wrong[_i].fault != NULL)
        ck_assert_str_eq(fault.text, wrong[_i].fault);
    ck_assert_str_ne(fault.text, "");
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("zone_record");

    tcase_add_loop_test(cases, a_line_is_a_record, 0, CORE_TEST_ROWS(rows));
    tcase_add_test(cases, what_a_line_does_not_say_is_given);
    tcase_add_loop_test(cases, what_is_none_is_refused, 0,
                        CORE_TEST_ROWS(wrong));
    return core_test_run(cases);
}
