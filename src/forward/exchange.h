/*
 * exchange - questions on their way to upstreams, and which reply is to which
 *
 * An exchange is one question sent once over one channel (a socket or a
 * connection, here only a number).  It has an id of its own and, unless the
 * upstream does not keep it, a random case of its letters.  A reply belongs to
 * it only when it came over that channel and has that id and that question,
 * letter by letter.
 */

#ifndef FORWARD_EXCHANGE_H
#define FORWARD_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coredns/message.h"
#include "forward/generator.h"

#define EXCHANGE_NONE UINT32_MAX
#define EXCHANGE_QUESTION_SIZE (CORE_NAME_SIZE + 4)

typedef struct exchange_table exchange_table_t;

enum exchange_case { EXCHANGE_AS_GIVEN, EXCHANGE_SCRAMBLED };

enum exchange_match {
    EXCHANGE_MATCHED,
    EXCHANGE_MISMATCHED,        /* the id is right, something else is not */
    EXCHANGE_UNKNOWN,           /* nobody waits for that, or it is garbage */
};

/* What a reply has to prove. */
enum exchange_proof {
    EXCHANGE_BY_LETTER,         /* datagrams: anyone may have sent them */
    EXCHANGE_BY_CHANNEL,        /* connections: case, or a question at all in
                                   an error, is not asked for */
};

struct exchange_reply {
    uint32_t number;                    /* EXCHANGE_NONE when unknown */
    struct core_message message;        /* when matched */
    bool kept_case;                     /* of the letters that were sent */
};

/* Channels are the numbers 0 to channels - 1; the generator is lent. */
exchange_table_t *
    exchange_table_new(uint32_t capacity, uint32_t channels,
                       generator_t *generator);

void
    exchange_table_destroy(exchange_table_t **self_p);

/*
 * Begins an exchange for a question (name, type and class as on the wire).
 * Returns its number, or EXCHANGE_NONE when there are too many.
 */
uint32_t
    exchange_begin(exchange_table_t *self, uint32_t channel,
                   const uint8_t *question, size_t question_size,
                   enum exchange_case letters);

void
    exchange_end(exchange_table_t *self, uint32_t number);

uint16_t
    exchange_id(const exchange_table_t *self, uint32_t number);

uint32_t
    exchange_channel(const exchange_table_t *self, uint32_t number);

/* The question as it was sent; lent. */
const uint8_t *
    exchange_question(const exchange_table_t *self, uint32_t number,
                      size_t *size);

/* Puts id and question of the exchange into a copy of its query. */
void
    exchange_stamp(const exchange_table_t *self, uint32_t number,
                   uint8_t *query);

/* Which exchange the octets from that channel are the reply to. */
enum exchange_match
    exchange_find(const exchange_table_t *self, uint32_t channel,
                  enum exchange_proof proof, const uint8_t *bytes, size_t size,
                  struct exchange_reply *reply);

/* The exchanges of a channel, one after the other; EXCHANGE_NONE ends. */
uint32_t
    exchange_first(const exchange_table_t *self, uint32_t channel);
uint32_t
    exchange_next(const exchange_table_t *self, uint32_t number);

#endif
