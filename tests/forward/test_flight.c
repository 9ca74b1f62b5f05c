/* flight - who asks the same, and who waits how long */

#include "forward/flight.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "core_test.h"

static struct route route, another;
static flight_table_t *table;

static void
setup(void)
{
    table = flight_table_new(4, 6);
}

static void
teardown(void)
{
    flight_table_destroy(&table);
}

/* A query in words: name, flags, and options as they stand on the wire. */
struct words {
    const char *name;
    uint16_t type;
    uint16_t flags;
    uint16_t payload;                   /* 0: no EDNS */
    bool dnssec_ok;
    const char *options;
    size_t options_size;
};

static void
make(const struct words *words, uint8_t bytes[512],
     struct core_message *message)
{
    struct core_writer writer;
    uint8_t name[CORE_NAME_SIZE];

    core_name_from_text(name, words->name, NULL);
    core_writer_query(&writer, bytes, 512, 9, words->flags, name, words->type,
                      CORE_IN);
    if (words->payload > 0)
        core_writer_edns(&writer, words->payload, 0, words->dnssec_ok,
                         (const uint8_t *) words->options,
                         words->options_size);
    ck_assert_int_eq(core_message_parse(message, bytes,
                                        core_writer_end(&writer, 0, 0)),
                     CORE_PARSE_OK);
}

static const struct words first = {
    "www.example.org.", CORE_A, CORE_RD, 1232, false, "\0\3\0\0", 4,
};

static const struct {
    struct words words;
    bool is_same;
} rows[] = {
    { { "www.example.org.", CORE_A, CORE_RD, 1232, false, "\0\3\0\0", 4 },
      true },
    { { "WWW.example.ORG.", CORE_A, CORE_RD, 4096, false,
        "\0\12\0\3abc\0\3\0\0\0\14\0\1\0", 16 },
      true },                           /* cookie and padding do not count */
    { { "wwx.example.org.", CORE_A, CORE_RD, 1232, false, "\0\3\0\0", 4 },
      false },
    { { "www.example.org.", CORE_AAAA, CORE_RD, 1232, false, "\0\3\0\0", 4 },
      false },
    { { "www.example.org.", CORE_A, 0, 1232, false, "\0\3\0\0", 4 }, false },
    { { "www.example.org.", CORE_A, CORE_RD | CORE_CD, 1232, false,
        "\0\3\0\0", 4 }, false },
    { { "www.example.org.", CORE_A, CORE_RD | CORE_AD, 1232, false,
        "\0\3\0\0", 4 }, false },
    { { "www.example.org.", CORE_A, CORE_RD, 1232, true, "\0\3\0\0", 4 },
      false },
    { { "www.example.org.", CORE_A, CORE_RD, 1232, false, "", 0 }, false },
    { { "www.example.org.", CORE_A, CORE_RD, 1232, false,
        "\0\10\0\4\0\1\0\0", 8 }, false },
    { { "www.example.org.", CORE_A, CORE_RD, 1232, false,
        "\0\3\0\0\0\10\0\4\0\1\0\0", 12 }, false },
    { { "www.example.org.", CORE_A, CORE_RD, 0, false, NULL, 0 }, false },
};

START_TEST(knows_who_asks_the_same)
{
    uint8_t bytes[512], other_bytes[512];
    struct core_message message, other;

    make(&first, bytes, &message);
    make(&rows[_i].words, other_bytes, &other);

    uint32_t number = flight_begin(table, &route, &message,
                                   flight_hash(&message), 0);

    ck_assert_uint_eq(flight_find(table, &route, &other,
                                  flight_hash(&other)),
                      rows[_i].is_same ? number : FLIGHT_NONE);
    ck_assert_uint_eq(flight_find(table, &another, &message,
                                  flight_hash(&message)), FLIGHT_NONE);
    flight_end(table, number);
    ck_assert_uint_eq(flight_find(table, &route, &message,
                                  flight_hash(&message)), FLIGHT_NONE);
}
END_TEST

START_TEST(has_a_copy_of_any_size)
{
    static uint8_t bytes[2000], options[1900];
    struct core_writer writer;
    struct core_message message;

    memcpy(options, "\0\14\7\150", 4);  /* 1896 octets of padding */
    core_writer_query(&writer, bytes, sizeof bytes, 9, 0,
                      (const uint8_t *) "\1a", CORE_A, CORE_IN);
    core_writer_edns(&writer, 1232, 0, false, options, sizeof options);
    core_message_parse(&message, bytes, core_writer_end(&writer, 0, 0));

    uint32_t number = flight_begin(table, &route, &message, 1, 0);
    struct flight *flight = flight_at(table, number);

    ck_assert_uint_eq(flight->query.size, message.size);
    ck_assert_mem_eq(flight->bytes, bytes, message.size);
    flight_end(table, number);
}
END_TEST

START_TEST(gives_back_those_whose_time_is_over)
{
    static int helds[4];
    struct core_record record = { .id = 1 };
    uint8_t bytes[512];
    struct core_message message;

    make(&first, bytes, &message);

    uint32_t number = flight_begin(table, &route, &message, 1, 0);
    static const int64_t deadlines[] = { 300, 100, 200, 100 };

    for (int i = 0; i < 4; i++) {
        record.id = (uint64_t) i;
        flight_add(table, number, (core_held_t *) &helds[i], &record,
                   deadlines[i]);
    }
    ck_assert_int_eq(flight_at(table, number)->deadline_ms, 100);
    ck_assert_ptr_null(flight_take(table, number, 99));
    ck_assert_ptr_eq(flight_take(table, number, 150), &helds[1]);
    ck_assert_ptr_eq(flight_take(table, number, 150), &helds[3]);
    ck_assert_ptr_null(flight_take(table, number, 150));
    ck_assert_int_eq(flight_at(table, number)->deadline_ms, 200);
    ck_assert_ptr_eq(flight_take(table, number, INT64_MAX), &helds[0]);
    ck_assert_ptr_eq(flight_take(table, number, INT64_MAX), &helds[2]);
    ck_assert_ptr_null(flight_take(table, number, INT64_MAX));
    flight_end(table, number);
}
END_TEST

START_TEST(knows_a_query_that_came_before)
{
    static int held;
    struct core_record record = {
        .id = 5, .arrived_us = 6, .client_port = 7, .client = { 8 },
    };
    uint8_t bytes[512];
    struct core_message message;

    make(&first, bytes, &message);

    uint32_t number = flight_begin(table, &route, &message, 1, 0);

    flight_add(table, number, (core_held_t *) &held, &record, 1);
    ck_assert(flight_has(table, number, &record));
    record.client_port++;
    ck_assert(!flight_has(table, number, &record));
    flight_take(table, number, INT64_MAX);
    flight_end(table, number);
}
END_TEST

START_TEST(has_room_for_so_many)
{
    static int held;
    struct core_record record = { .id = 1 };
    uint8_t bytes[512];
    struct core_message message;
    uint32_t numbers[4];

    make(&first, bytes, &message);
    for (int i = 0; i < 4; i++)
        numbers[i] = flight_begin(table, &route, &message, 1, i);
    ck_assert_uint_eq(flight_begin(table, &route, &message, 1, 0), FLIGHT_NONE);
    for (int i = 0; i < 6; i++) {
        ck_assert(flight_has_room(table, numbers[i % 4]));
        flight_add(table, numbers[i % 4], (core_held_t *) &held, &record, 1);
    }
    ck_assert(!flight_has_room(table, numbers[0]));
    ck_assert_ptr_nonnull(flight_take(table, numbers[3], INT64_MAX));
    ck_assert(flight_has_room(table, numbers[0]));
}
END_TEST

START_TEST(knows_the_oldest)
{
    static const int ends[] = { 2, 0, 3, 1 };
    static const int oldest[] = { 0, 0, 1, 1 };
    uint8_t bytes[512];
    struct core_message message;
    uint32_t numbers[4];

    make(&first, bytes, &message);
    ck_assert_uint_eq(flight_oldest(table), FLIGHT_NONE);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++)
            numbers[i] = flight_begin(table, &route, &message, 1, 10 + i);
        for (int i = 0; i < 4; i++) {
            ck_assert_uint_eq(flight_oldest(table), numbers[oldest[i]]);
            ck_assert_int_eq(flight_at(table, numbers[oldest[i]])->begun_ms,
                             10 + oldest[i]);
            flight_end(table, numbers[ends[i]]);
        }
        ck_assert_uint_eq(flight_oldest(table), FLIGHT_NONE);
    }
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("flight");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, knows_who_asks_the_same, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, has_a_copy_of_any_size);
    tcase_add_test(cases, gives_back_those_whose_time_is_over);
    tcase_add_test(cases, knows_a_query_that_came_before);
    tcase_add_test(cases, has_room_for_so_many);
    tcase_add_test(cases, knows_the_oldest);
    return core_test_run(cases);
}
