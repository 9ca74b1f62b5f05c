/* the formats that are texts: what they say, and that they stay in place */

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core_test.h"
#include "tap/sample.h"

static struct sample query, reply;
static char text[65536];

static const char *
write_text(const struct format *format, const struct item *item, size_t limit)
{
    struct core_sheet sheet = { .text = text, .limit = limit };

    ck_assert(format->write(&sheet, item));
    ck_assert(!sheet.is_full);
    text[sheet.size] = '\0';
    return text;
}

static void
mark_query(void)
{
    sample_query(&query, "www.example.org.", CORE_A);
    query.record.flags = CORE_RECORD_RESENT | CORE_RECORD_TRACE;
    sample_trail(&query, CORE_TRAIL_HOP, "frontend passed 12", 18);
}

static void
mark_reply(void)
{
    sample_reply(&reply, "www.example.org.", 2, CORE_NOERROR);
    sample_trail(&reply, CORE_TRAIL_EDE, "\0\3a \"b\"\n", 8);
}

/* ---- dig ----------------------------------------------------------------- */

START_TEST(dig_shows_a_query)
{
    mark_query();
    ck_assert_str_eq(write_text(&dig_format, &query.item, 4096),
        ";; QUERY from 192.0.2.1#40212 over udp at tap "
        "2026-11-28T07:30:01.000042Z\n"
        ";; marks: resent trace\n"
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660\n"
        ";; flags: rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1\n"
        ";; EDNS: version: 0, flags: do; udp: 1232\n"
        ";; OPT=10: abcd\n"
        ";; HOP: frontend passed 12\n"
        ";; QUESTION SECTION:\n;www.example.org.\tIN\tA\n"
        ";; SIZE: 50\n\n");
}
END_TEST

START_TEST(dig_shows_a_reply)
{
    mark_reply();
    ck_assert_str_eq(write_text(&dig_format, &reply.item, 4096),
        ";; REPLY to 192.0.2.1#40212 over udp at tap "
        "2026-11-28T07:30:01.000042Z\n"
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660\n"
        ";; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 0, "
        "ADDITIONAL: 0\n"
        ";; EDE: 3 (Stale Answer): a \"b\"?\n"
        ";; QUESTION SECTION:\n;www.example.org.\tIN\tA\n"
        ";; ANSWER SECTION:\n"
        "www.example.org.\t300\tIN\tA\t192.0.2.1\n"
        "www.example.org.\t300\tIN\tA\t192.0.2.2\n"
        ";; WAITED: 1500 us\n;; SIZE: 65\n\n");
}
END_TEST

START_TEST(dig_leaves_out_what_is_too_long)
{
    sample_reply(&reply, "www.example.org.", 200, CORE_NOERROR);
    write_text(&dig_format, &reply.item, 1000);
    ck_assert_ptr_nonnull(strstr(text, "\t192.0.2.3\n"));
    ck_assert_ptr_null(strstr(text, "\t192.0.2.40\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n;; CUT: the rest is too long\n"));
}
END_TEST

/* ---- line ---------------------------------------------------------------- */

START_TEST(line_shows_a_query)
{
    mark_query();
    ck_assert_str_eq(write_text(&line_format, &query.item, 4096),
        "2026-11-28T07:30:01.000042Z query 192.0.2.1#40212 udp 4660 "
        "www.example.org. IN A rd,do 50 resent,trace\n");
}
END_TEST

START_TEST(line_shows_a_reply)
{
    mark_reply();
    ck_assert_str_eq(write_text(&line_format, &reply.item, 4096),
        "2026-11-28T07:30:01.000042Z reply 192.0.2.1#40212 udp 4660 "
        "www.example.org. IN A NOERROR 2/0/0 qr,aa,rd 65 - 1500 "
        "A 192.0.2.1, A 192.0.2.2\n");
}
END_TEST

START_TEST(line_shows_the_first_records)
{
    sample_reply(&reply, ".", 200, CORE_NXDOMAIN);
    reply.record.arrived_us = 0;
    reply.record.transport = CORE_INTERNAL;
    write_text(&line_format, &reply.item, 4096);
    ck_assert_ptr_nonnull(strstr(text, " internal 4660 . IN A NXDOMAIN "));
    ck_assert_ptr_nonnull(strstr(text, " internal - A 192.0.2.1, "));
    ck_assert_ptr_nonnull(strstr(text, ", A 192.0.2.8 +192\n"));
}
END_TEST

/* ---- json ---------------------------------------------------------------- */

static json_t *
load(const struct item *item, size_t limit)
{
    json_error_t error;
    json_t *root = json_loads(write_text(&json_format, item, limit),
                              JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(root != NULL, "%s: %s", error.text, text);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    return root;
}

static const char *
dump(const json_t *value)
{
    static char line[4096];
    size_t size = json_dumpb(value, line, sizeof line - 1,
                             JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    ck_assert_uint_lt(size, sizeof line);
    line[size] = '\0';
    return line;
}

static const struct {
    const char *key, *query, *reply;
} members[] = {
    { "schema", "1", "1" },
    { "kind", "\"query\"", "\"reply\"" },
    { "time", "\"2026-11-28T07:30:01.000042Z\"",
      "\"2026-11-28T07:30:01.000042Z\"" },
    { "process", "\"tap\"", "\"tap\"" },
    { "query", "\"7\"", "\"7\"" },
    { "client", "\"192.0.2.1\"", "\"192.0.2.1\"" },
    { "port", "40212", "40212" },
    { "transport", "\"udp\"", "\"udp\"" },
    { "marks", "[\"resent\",\"trace\"]", "[]" },
    { "size", "50", "65" },
    { "waited_us", "null", "1500" },
    { "ede", "[]", "[{\"code\":3,\"text\":\"a \\\"b\\\"?\"}]" },
    { "hops", "[\"frontend passed 12\"]", "[]" },
    { "cut", "false", "false" },
    { "dns",
      "{\"additional\":[],\"answer\":[],\"authority\":[],\"edns\":{\"do\":true,"
      "\"options\":[{\"code\":10,\"data\":\"abcd\"}],\"udp\":1232,"
      "\"version\":0},\"flags\":[\"rd\"],\"id\":4660,\"opcode\":\"QUERY\","
      "\"question\":{\"class\":\"IN\",\"name\":\"www.example.org.\","
      "\"type\":\"A\"},\"rcode\":\"NOERROR\"}",
      "{\"additional\":[],\"answer\":[{\"class\":\"IN\",\"data\":\"192.0.2.1\","
      "\"name\":\"www.example.org.\",\"ttl\":300,\"type\":\"A\"},"
      "{\"class\":\"IN\",\"data\":\"192.0.2.2\",\"name\":\"www.example.org.\","
      "\"ttl\":300,\"type\":\"A\"}],\"authority\":[],\"edns\":null,"
      "\"flags\":[\"qr\",\"aa\",\"rd\"],\"id\":4660,\"opcode\":\"QUERY\","
      "\"question\":{\"class\":\"IN\",\"name\":\"www.example.org.\","
      "\"type\":\"A\"},\"rcode\":\"NOERROR\"}" },
};

START_TEST(json_has_each_member)
{
    json_t *root;

    mark_query();
    root = load(&query.item, 4096);
    ck_assert_uint_eq(json_object_size(root), CORE_TEST_ROWS(members));
    ck_assert_str_eq(dump(json_object_get(root, members[_i].key)),
                     members[_i].query);
    json_decref(root);
    mark_reply();
    root = load(&reply.item, 4096);
    ck_assert_uint_eq(json_object_size(root), CORE_TEST_ROWS(members));
    ck_assert_str_eq(dump(json_object_get(root, members[_i].key)),
                     members[_i].reply);
    json_decref(root);
}
END_TEST

START_TEST(json_escapes_what_strangers_write)
{
    json_t *root;

    sample_reply(&reply, "a\\\"b\\\\c\\000\\255.example.", 1, 3);
    root = load(&reply.item, 4096);
    ck_assert_str_eq(json_string_value(
        json_object_get(json_array_get(json_object_get(
            json_object_get(root, "dns"), "answer"), 0), "name")),
        "a\\\"b\\\\c\\000\\255.example.");
    json_decref(root);
}
END_TEST

START_TEST(json_is_whole_when_it_is_cut)
{
    json_t *root;
    size_t count;

    sample_reply(&reply, "www.example.org.", 200, CORE_NOERROR);
    root = load(&reply.item, 3000);
    ck_assert(json_is_true(json_object_get(root, "cut")));
    count = json_array_size(json_object_get(json_object_get(root, "dns"),
                                            "answer"));
    ck_assert_uint_gt(count, 5);
    ck_assert_uint_lt(count, 200);
    json_decref(root);
}
END_TEST

/* ---- all ----------------------------------------------------------------- */

static const struct {
    const struct format *format;
    const char *lost;
} texts[] = {
    { &dig_format, ";; LOST: 12\n\n" },
    { &line_format, "lost 12\n" },
    { &json_format, "{\"schema\":1,\"kind\":\"lost\",\"count\":12}\n" },
};

START_TEST(each_can_tell_of_what_is_lost)
{
    struct core_sheet sheet = { .text = text, .limit = FORMAT_HEAD_SIZE };

    texts[_i].format->lost(&sheet, 12);
    text[sheet.size] = '\0';
    ck_assert_str_eq(text, texts[_i].lost);
}
END_TEST

START_TEST(each_is_whole_or_nothing)
{
    mark_reply();
    for (size_t limit = 0; limit < 2000; limit++) {
        char *place = malloc(limit + 1);
        struct core_sheet sheet = { .text = place, .limit = limit };

        if (texts[_i].format->write(&sheet, &reply.item)) {
            ck_assert_uint_le(sheet.size, limit);
            ck_assert_int_eq(place[sheet.size - 1], '\n');
        }
        else
            ck_assert_uint_eq(sheet.size, 0);
        free(place);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("texts");

    tcase_add_test(cases, dig_shows_a_query);
    tcase_add_test(cases, dig_shows_a_reply);
    tcase_add_test(cases, dig_leaves_out_what_is_too_long);
    tcase_add_test(cases, line_shows_a_query);
    tcase_add_test(cases, line_shows_a_reply);
    tcase_add_test(cases, line_shows_the_first_records);
    tcase_add_loop_test(cases, json_has_each_member, 0,
                        CORE_TEST_ROWS(members));
    tcase_add_test(cases, json_escapes_what_strangers_write);
    tcase_add_test(cases, json_is_whole_when_it_is_cut);
    tcase_add_loop_test(cases, each_can_tell_of_what_is_lost, 0,
                        CORE_TEST_ROWS(texts));
    tcase_add_loop_test(cases, each_is_whole_or_nothing, 0,
                        CORE_TEST_ROWS(texts));
    return core_test_run(cases);
}
