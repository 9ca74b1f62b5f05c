/* exchange - which replies are believed, and how hard one is to forge */

#include "forward/exchange.h"

#include <string.h>

#include "coredns/rrtype.h"
#include "core_test.h"

#define CHANNELS 4

static const uint8_t question[] = "\3www\7example\3org\0\0\1\0\1";
#define QUESTION_SIZE (sizeof question - 1)

static generator_t *generator;
static exchange_table_t *table;

static void
setup(void)
{
    generator = generator_new();
    table = exchange_table_new(64, CHANNELS, generator);
}

static void
teardown(void)
{
    exchange_table_destroy(&table);
    generator_destroy(&generator);
}

/* What is done to the right reply before it comes. */
enum harm {
    NONE, OTHER_ID, OTHER_CHANNEL, OTHER_CASE, OTHER_NAME, OTHER_TYPE,
    IS_QUERY, OTHER_OPCODE, NO_QUESTION, BARE_ERROR, BROKEN_RECORD, SHORT,
    TRAILING,
};

static const struct {
    const char *says;
    enum harm harm;
    enum exchange_match datagram;
    enum exchange_match stream;
} rows[] = {
    { "the reply", NONE, EXCHANGE_MATCHED, EXCHANGE_MATCHED },
    { "another id", OTHER_ID, EXCHANGE_UNKNOWN, EXCHANGE_UNKNOWN },
    { "over another channel", OTHER_CHANNEL, EXCHANGE_UNKNOWN,
      EXCHANGE_UNKNOWN },
    { "other letters", OTHER_CASE, EXCHANGE_MISMATCHED, EXCHANGE_MATCHED },
    { "another name", OTHER_NAME, EXCHANGE_MISMATCHED, EXCHANGE_MISMATCHED },
    { "another type", OTHER_TYPE, EXCHANGE_MISMATCHED, EXCHANGE_MISMATCHED },
    { "the query itself", IS_QUERY, EXCHANGE_MISMATCHED,
      EXCHANGE_MISMATCHED },
    { "an update", OTHER_OPCODE, EXCHANGE_MISMATCHED, EXCHANGE_MISMATCHED },
    { "no question", NO_QUESTION, EXCHANGE_MISMATCHED, EXCHANGE_MISMATCHED },
    { "a bare error", BARE_ERROR, EXCHANGE_MISMATCHED, EXCHANGE_MATCHED },
    { "a broken record", BROKEN_RECORD, EXCHANGE_MISMATCHED,
      EXCHANGE_MISMATCHED },
    { "half a header", SHORT, EXCHANGE_UNKNOWN, EXCHANGE_UNKNOWN },
    { "octets behind it", TRAILING, EXCHANGE_MISMATCHED,
      EXCHANGE_MISMATCHED },
};

/* Flips the case of the first letter there is. */
static void
flip(uint8_t *name)
{
    name[1] ^= 0x20;
}

static size_t
harm_reply(uint8_t *bytes, size_t size, enum harm harm, uint32_t *channel)
{
    switch (harm) {
    case NONE: break;
    case OTHER_ID: bytes[0] ^= 1; break;
    case OTHER_CHANNEL: *channel = 1; break;
    case OTHER_CASE: flip(bytes + 12); break;
    case OTHER_NAME: bytes[13] = '-'; break;
    case OTHER_TYPE: bytes[size - 3] = 28; break;
    case IS_QUERY: bytes[2] = 1; break;
    case OTHER_OPCODE: bytes[2] |= 0x28; break;
    case NO_QUESTION: bytes[5] = 0; return 12;
    case BARE_ERROR: bytes[5] = 0; bytes[3] = CORE_FORMERR; return 12;
    case BROKEN_RECORD: bytes[7] = 1; break;
    case SHORT: return 11;
    case TRAILING: return size + 1;
    }
    return size;
}

static size_t
make_reply(uint32_t number, uint8_t *bytes)
{
    memset(bytes, 0, 12);
    bytes[2] = 0x81;
    bytes[5] = 1;
    exchange_stamp(table, number, bytes);
    return 12 + QUESTION_SIZE;
}

START_TEST(believes_only_the_reply)
{
    uint32_t channel = 2;
    uint32_t number = exchange_begin(table, channel, question, QUESTION_SIZE,
                                     EXCHANGE_SCRAMBLED);
    struct exchange_reply reply;
    uint8_t bytes[64] = { 0 };
    size_t size = make_reply(number, bytes);

    size = harm_reply(bytes, size, rows[_i].harm, &channel);
    ck_assert_msg(exchange_find(table, channel, EXCHANGE_BY_LETTER, bytes,
                                size, &reply) == rows[_i].datagram,
                  "datagram: %s", rows[_i].says);
    ck_assert_uint_eq(reply.number, rows[_i].datagram == EXCHANGE_UNKNOWN
                      ? EXCHANGE_NONE : number);
    ck_assert_msg(exchange_find(table, channel, EXCHANGE_BY_CHANNEL, bytes,
                                size, &reply) == rows[_i].stream,
                  "stream: %s", rows[_i].says);
    if (rows[_i].stream == EXCHANGE_MATCHED)
        ck_assert(reply.kept_case == (rows[_i].harm != OTHER_CASE));
}
END_TEST

START_TEST(knows_no_reply_after_the_end)
{
    uint32_t number = exchange_begin(table, 0, question, QUESTION_SIZE,
                                     EXCHANGE_AS_GIVEN);
    struct exchange_reply reply;
    uint8_t bytes[64] = { 0 };
    size_t size = make_reply(number, bytes);

    ck_assert_mem_eq(bytes + 12, question, QUESTION_SIZE);
    exchange_end(table, number);
    ck_assert_int_eq(exchange_find(table, 0, EXCHANGE_BY_LETTER, bytes, size,
                                   &reply), EXCHANGE_UNKNOWN);
}
END_TEST

START_TEST(lists_the_exchanges_of_a_channel)
{
    uint32_t numbers[3], count = 0;

    for (int i = 0; i < 3; i++)
        numbers[i] = exchange_begin(table, 1, question, QUESTION_SIZE,
                                    EXCHANGE_SCRAMBLED);
    exchange_begin(table, 2, question, QUESTION_SIZE, EXCHANGE_SCRAMBLED);
    exchange_end(table, numbers[1]);
    for (uint32_t i = exchange_first(table, 1); i != EXCHANGE_NONE;
         i = exchange_next(table, i)) {
        ck_assert(i == numbers[0] || i == numbers[2]);
        ck_assert_uint_eq(exchange_channel(table, i), 1);
        count++;
    }
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(exchange_first(table, 0), EXCHANGE_NONE);
}
END_TEST

START_TEST(is_full_at_its_capacity_and_no_id_is_twice)
{
    uint32_t numbers[64];

    for (int i = 0; i < 64; i++) {
        numbers[i] = exchange_begin(table, 0, question, QUESTION_SIZE,
                                    EXCHANGE_SCRAMBLED);
        ck_assert_uint_ne(numbers[i], EXCHANGE_NONE);
        for (int j = 0; j < i; j++)
            ck_assert_uint_ne(exchange_id(table, numbers[i]),
                              exchange_id(table, numbers[j]));
    }
    ck_assert_uint_eq(exchange_begin(table, 1, question, QUESTION_SIZE,
                                     EXCHANGE_SCRAMBLED), EXCHANGE_NONE);
    exchange_end(table, numbers[5]);
    ck_assert_uint_eq(exchange_begin(table, 1, question, QUESTION_SIZE,
                                     EXCHANGE_SCRAMBLED), numbers[5]);
}
END_TEST

/* Over a million queries every id, and every letter's case, is as likely. */
START_TEST(ids_and_letters_are_spread_evenly)
{
    enum { QUERIES = 1 << 20, BINS = 256, LETTERS = 13 };
    static unsigned ids[BINS];
    static unsigned capitals[QUESTION_SIZE];
    unsigned letters = 0;

    for (int i = 0; i < QUERIES; i++) {
        uint32_t number = exchange_begin(table, 3, question, QUESTION_SIZE,
                                         EXCHANGE_SCRAMBLED);
        size_t size;
        const uint8_t *sent = exchange_question(table, number, &size);

        ids[exchange_id(table, number) / (65536 / BINS)]++;
        for (size_t j = 0; j < size - 4; j++)
            capitals[j] += sent[j] >= 'A' && sent[j] <= 'Z';
        exchange_end(table, number);
    }

    /* Seven standard deviations. */
    for (int i = 0; i < BINS; i++)
        ck_assert_msg(ids[i] > 3650 && ids[i] < 4550, "%u", ids[i]);
    for (size_t j = 0; j < QUESTION_SIZE - 4; j++)
        if (question[j] >= 'a') {
            letters++;
            ck_assert_msg(capitals[j] > 520700 && capitals[j] < 527900, "%u",
                          capitals[j]);
        }
        else
            ck_assert_uint_eq(capitals[j], 0);
    ck_assert_uint_eq(letters, LETTERS);
}
END_TEST

int
main(void)
{
    TCase *cases = tcase_create("exchange");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, believes_only_the_reply, 0,
                        CORE_TEST_ROWS(rows));
    tcase_add_test(cases, knows_no_reply_after_the_end);
    tcase_add_test(cases, lists_the_exchanges_of_a_channel);
    tcase_add_test(cases, is_full_at_its_capacity_and_no_id_is_twice);
    tcase_add_test(cases, ids_and_letters_are_spread_evenly);
    return core_test_run(cases);
}
