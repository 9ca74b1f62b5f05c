/* Lines of the query log, as a format or as an object */

#include "frontend/log_format.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core_test.h"

static const uint8_t client[16] = {
    [10] = 0xff, [11] = 0xff, 127, 0, 0, 1
};
static const uint8_t server[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

/* id 4660, RD, www.Example. AAAA IN with an OPT record: DO, 4096 octets. */
static const uint8_t query_bytes[] =
    "\x12\x34\x01\x00\0\1\0\0\0\0\0\1\3www\7Example\0\0\x1c\0\1"
    "\0\0\x29\x10\0\0\0\x80\0\0\0";
static const uint8_t reply_bytes[] = "\x12\x34\x85\xb0\0\1\0\0\0\0\0\0";

/* Fills in what a client asked over UDP, and a reply of 12 octets. */
static void
begin(struct exchange *exchange, struct core_message *query)
{
    ck_assert_int_eq(core_message_parse(query, query_bytes,
                                        sizeof query_bytes - 1),
                     CORE_PARSE_OK);
    *exchange = (struct exchange) {
        .query = query, .reply = reply_bytes, .reply_size = 12, .rcode = 3,
        .ede = CORE_EDE_NONE, .transport = CORE_UDP, .payload = 4096,
        .client = client, .client_port = 5300, .server = server,
        .took_us = 1000042,
    };
}

static const struct {
    const char *format;
    const char *line;
} rows[] = {
    { "{common}", "127.0.0.1:5300 - 4660 \"AAAA IN www.example. udp 40 true "
      "4096\" NXDOMAIN qr,aa,rd,ra,ad,cd 12 1.000042s" },
    { "{combined}", "127.0.0.1:5300 - 4660 \"AAAA IN www.example. udp 40 "
      "true 4096\" NXDOMAIN qr,aa,rd,ra,ad,cd 12 1.000042s \"0\"" },
    { "a{name}b{local}", "awww.example.b[2001:db8::1]" },
    { "{}{nobody} {/meta/x}", "-- -" },
    { "{type", "{type" },
    { "", "" },
};

START_TEST(a_line_is_as_its_format)
{
    struct core_message query;
    struct exchange exchange;
    log_format_t *self = log_format_new(rows[_i].format);
    char line[LOG_FORMAT_SIZE];

    begin(&exchange, &query);
    ck_assert_uint_eq(log_format_write(self, &exchange, line),
                      strlen(rows[_i].line));
    ck_assert_str_eq(line, rows[_i].line);
    log_format_destroy(&self);
    ck_assert_ptr_null(self);
}
END_TEST

/* What the client takes is what its transport and its OPT record say. */
START_TEST(the_size_of_replies_is_known)
{
    static const struct {
        enum core_transport transport;
        uint16_t payload;
        const char *text;
    } sizes[] = {
        { CORE_UDP, 0, "512" }, { CORE_UDP, 100, "512" },
        { CORE_UDP, 1400, "1400" }, { CORE_TCP, 1400, "65535" },
    };
    log_format_t *self = log_format_new("{>bufsize}");
    struct core_message query;
    struct exchange exchange;
    char line[LOG_FORMAT_SIZE];

    begin(&exchange, &query);
    for (size_t i = 0; i < CORE_TEST_ROWS(sizes); i++) {
        exchange.transport = sizes[i].transport;
        exchange.payload = sizes[i].payload;
        log_format_write(self, &exchange, line);
        ck_assert_str_eq(line, sizes[i].text);
    }
    log_format_destroy(&self);
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
    char format[3 * LOG_FORMAT_SIZE] = "";
    struct core_message query;
    struct exchange exchange;
    char line[LOG_FORMAT_SIZE];

    for (int i = 0; i < LOG_FORMAT_SIZE / 4; i++)
        strcat(format, "{name}");
    begin(&exchange, &query);

    log_format_t *self = log_format_new(format);

    ck_assert_uint_eq(log_format_write(self, &exchange, line),
                      LOG_FORMAT_SIZE - 1);
    ck_assert_uint_eq(strlen(line), LOG_FORMAT_SIZE - 1);
    log_format_destroy(&self);
}
END_TEST

static void
check_text(const json_t *object, const char *key, const char *wanted)
{
    ck_assert_str_eq(json_string_value(json_object_get(object, key)), wanted);
}

static void
check_number(const json_t *object, const char *key, json_int_t wanted)
{
    ck_assert_int_eq(json_integer_value(json_object_get(object, key)),
                     wanted);
}

START_TEST(an_object_has_all_there_is)
{
    struct core_message query;
    struct exchange exchange;
    char text[LOG_FORMAT_SIZE];

    begin(&exchange, &query);
    exchange.ede = 22;
    log_format_json(&exchange, "coredns-frontend", text);

    json_t *object = json_loads(text, 0, NULL);

    ck_assert_ptr_nonnull(object);
    check_text(object, "program", "coredns-frontend");
    check_text(object, "event", "query");
    check_text(object, "client", "127.0.0.1");
    check_text(object, "name", "www.example.");
    check_text(object, "type", "AAAA");
    check_text(object, "rcode", "NXDOMAIN");
    check_text(object, "flags", "qr,aa,rd,ra,ad,cd");
    check_number(object, "port", 5300);
    check_number(object, "id", 4660);
    check_number(object, "bufsize", 4096);
    check_number(object, "rsize", 12);
    check_number(object, "duration_us", 1000042);
    check_number(object, "ede", 22);
    ck_assert(json_is_true(json_object_get(object, "do")));
    json_decref(object);
}
END_TEST

/* The longest name there is, of octets that are escaped twice. */
START_TEST(an_object_is_never_cut)
{
    uint8_t name[CORE_NAME_SIZE];
    struct core_message query;
    struct exchange exchange;
    char text[LOG_FORMAT_SIZE];

    begin(&exchange, &query);
    memset(name, 1, sizeof name);
    name[0] = name[64] = name[128] = 63;
    name[192] = 61;
    name[254] = 0;
    query.qname = name;
    query.qname_size = sizeof name;
    exchange.ede = 65535 - 1;
    exchange.took_us = INT64_MAX;
    log_format_json(&exchange, "coredns-frontend", text);

    json_t *object = json_loads(text, 0, NULL);

    ck_assert_ptr_nonnull(object);
    check_number(object, "ede", 65534);
    json_decref(object);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("log_format");

    tcase_add_loop_test(cases, a_line_is_as_its_format, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, the_size_of_replies_is_known);
    tcase_add_test(cases, what_does_not_fit_is_cut);
    tcase_add_test(cases, an_object_has_all_there_is);
    tcase_add_test(cases, an_object_is_never_cut);
    return core_test_run(cases);
}
