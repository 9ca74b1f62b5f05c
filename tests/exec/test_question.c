/* question - a query as the line of JSON that a script reads */

#include "exec/question.h"

#include <string.h>

#include <jansson.h>

#include "core_test.h"

#define QUESTION "\0\1\0\0\0\0\0"       /* counts but for additional */

static const uint8_t ipv4[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 };
static const uint8_t ipv6[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 };

static const struct {
    const char *message;
    size_t size;
    const uint8_t *client;
    uint16_t port;
    uint8_t transport;
    const char *line;
} rows[] = {
    { "\0\1\1\0" QUESTION "\0\3WwW\7Example\0\0\1\0\1", 29, ipv4, 5353,
      CORE_UDP,
      "{\"id\":7,\"name\":\"www.example.\",\"type\":\"A\",\"class\":\"IN\","
      "\"client\":\"192.0.2.1\",\"port\":5353,\"transport\":\"udp\","
      "\"flags\":[\"rd\"]}\n" },
    { "\0\1\0\0" QUESTION "\0\0\0\2\0\3", 17, ipv6, 1, CORE_TCP,
      "{\"id\":7,\"name\":\".\",\"type\":\"NS\",\"class\":\"CH\","
      "\"client\":\"2001:db8::1\",\"port\":1,\"transport\":\"tcp\","
      "\"flags\":[]}\n" },
    { "\0\1\1\x30" QUESTION "\1\0\xff\x98\0\1"
      "\0\0\x29\4\xd0\0\0\x80\0\0\0", 28, ipv4, 0, CORE_DOT,
      "{\"id\":7,\"name\":\".\",\"type\":\"TYPE65432\",\"class\":\"IN\","
      "\"client\":\"192.0.2.1\",\"port\":0,\"transport\":\"tls\","
      "\"flags\":[\"rd\",\"ad\",\"cd\",\"do\"]}\n" },
    { "\0\1\0\0" QUESTION "\0\4\"\\.\n\0\0\1\0\1", 22, ipv4, 0, 99,
      "{\"id\":7,\"name\":\"\\\\\\\"\\\\\\\\\\\\.\\\\010.\",\"type\":\"A\","
      "\"class\":\"IN\",\"client\":\"192.0.2.1\",\"port\":0,"
      "\"transport\":\"other\",\"flags\":[]}\n" },
};

START_TEST(a_query_is_one_line)
{
    struct core_message message;
    struct core_record record = {
        .client_port = rows[_i].port, .transport = rows[_i].transport,
    };
    char line[QUESTION_SIZE];
    size_t size;

    memcpy(record.client, rows[_i].client, sizeof record.client);
    ck_assert_int_eq(core_message_parse(&message,
                                        (const uint8_t *) rows[_i].message,
                                        rows[_i].size), CORE_PARSE_OK);
    size = question_write(line, 7, &message, &record);
    line[size] = '\0';
    ck_assert_str_eq(line, rows[_i].line);
}
END_TEST

/* Of any octets, the name is at its longest. */
START_TEST(the_longest_name_fits_and_is_json)
{
    uint8_t bytes[CORE_HEADER_SIZE + CORE_NAME_SIZE + 4] = { [5] = 1 };
    uint8_t *at = bytes + CORE_HEADER_SIZE;
    struct core_message message;
    struct core_record record = { .client_port = 65535,
                                  .transport = CORE_INTERNAL };
    char line[QUESTION_SIZE];
    json_t *object;
    size_t size;

    memset(record.client, 0x88, sizeof record.client);
    for (unsigned i = 0; i < 4; i++) {
        unsigned length = i < 3 ? 63 : 61;

        *at++ = (uint8_t) length;
        memset(at, "\xff\"\\\1"[_i], length);
        at += length;
    }
    memset(at, 0, 5);
    ck_assert_int_eq(core_message_parse(&message, bytes, sizeof bytes),
                     CORE_PARSE_OK);
    size = question_write(line, UINT64_MAX >> 11, &message, &record);
    ck_assert_uint_lt(size, QUESTION_SIZE);
    object = json_loadb(line, size, 0, NULL);
    ck_assert_ptr_nonnull(object);
    json_decref(object);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("question");

    tcase_add_loop_test(cases, a_query_is_one_line, 0, CORE_TEST_ROWS(rows));
    tcase_add_loop_test(cases, the_longest_name_fits_and_is_json, 0, 4);
    return core_test_run(cases);
}
