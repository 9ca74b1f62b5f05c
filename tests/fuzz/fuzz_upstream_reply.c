/*
 * upstream_reply - any octets as the reply of an upstream
 *
 * The first octet says how they come: bit 0, over a connection; bit 1, with
 * the id and the question that were sent put in.  What is believed must be
 * what was asked, and what is handed up a well-formed message without OPT, of
 * the same records.
 */

#include <assert.h>
#include <string.h>

#include "coredns/rrtype.h"
#include "forward/answer.h"
#include "forward/exchange.h"

#define CHANNEL 1

static const uint8_t asked[] = "\3www\7example\3org\0\0\1\0\1";
#define QUESTION_SIZE (sizeof asked - 1)

int
    LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A table with one exchange, made once; the seed makes runs the same. */
static exchange_table_t *
the_table(uint32_t *number)
{
    static const uint8_t seed[GENERATOR_SEED_SIZE];
    static exchange_table_t *table;
    static uint32_t only;

    if (table == NULL) {
        table = exchange_table_new(8, 4, generator_new_seeded(seed));
        only = exchange_begin(table, CHANNEL, asked, QUESTION_SIZE,
                              EXCHANGE_SCRAMBLED);
    }
    *number = only;
    return table;
}

static unsigned
count_records(const struct core_message *message)
{
    struct core_records records;
    struct core_rr rr;
    unsigned count = 0;

    core_records_start(&records, message);
    while (core_records_next(&records, &rr))
        count++;
    return count;
}

static void
check_answer(const struct answer *answer, const struct core_message *before,
             unsigned records)
{
    struct core_message message;
    enum core_parse parsed = core_message_parse(&message, answer->bytes,
                                                answer->size);

    assert(parsed == CORE_PARSE_OK && !message.edns.present);
    assert(memcmp(answer->bytes + CORE_HEADER_SIZE, asked, QUESTION_SIZE)
           == 0);
    assert(core_message_rcode(&message) == answer->rcode);
    assert(count_records(&message) == 0
           || count_records(&message) == records - before->edns.present);
    for (unsigned i = 0; i < answer->edes.count; i++)
        assert(answer->edes.items[i].size >= 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t copy[CORE_MESSAGE_SIZE + QUESTION_SIZE];
    uint32_t number;
    exchange_table_t *table = the_table(&number);
    struct exchange_reply reply;
    struct answer answer;
    size_t sent_size;
    const uint8_t *sent = exchange_question(table, number, &sent_size);

    if (size < 1 || size - 1 > CORE_MESSAGE_SIZE)
        return 0;

    enum exchange_proof proof = (bytes[0] & 1) != 0 ? EXCHANGE_BY_CHANNEL
                                                    : EXCHANGE_BY_LETTER;

    memcpy(copy, bytes + 1, size - 1);
    if ((bytes[0] & 2) != 0 && size - 1 >= CORE_HEADER_SIZE + QUESTION_SIZE)
        exchange_stamp(table, number, copy);
    if (exchange_find(table, CHANNEL, proof, copy, size - 1, &reply)
        != EXCHANGE_MATCHED)
        return 0;
    assert(reply.number == number && (reply.message.flags & CORE_QR) != 0);
    assert(proof == EXCHANGE_BY_CHANNEL
           || memcmp(reply.message.qname, sent, sent_size) == 0);

    struct core_message before = reply.message;
    unsigned records = count_records(&before);

    answer_make(&answer, copy, &reply.message, sent, asked, QUESTION_SIZE);
    check_answer(&answer, &before, records);
    return 0;
}
