/*
 * exchange - questions on their way to upstreams, and which reply is to which
 *
 * What an off-path attacker has to guess: the port of the channel (16 bits,
 * datagram.c), the id (16 bits), and one bit for each letter of the name (0x20,
 * draft-vixie-dnsext-dns0x20).  Everything is looked up by channel and id, so
 * a forged packet costs one probe of the table, and the question is compared as
 * octets.  Ids only have to differ within a channel.
 */

#include "forward/exchange.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define ID_TRIES 64                     /* for one that is free */
#define EXCHANGES_A_BUCKET 8            /* when full; then one is a rare sight
                                           and the buckets stay in the cache */

struct exchange {
    uint32_t channel;                   /* NO_CHANNEL: free */
    uint32_t next;                      /* in its bucket, or of the free */
    uint32_t channel_next;
    uint32_t channel_previous;
    uint16_t id;
    uint16_t question_size;
    uint8_t question[EXCHANGE_QUESTION_SIZE];
};

#define NO_CHANNEL UINT32_MAX

struct exchange_table {
    generator_t *generator;
    uint32_t capacity;
    uint32_t channels;
    uint32_t fresh;                     /* from here on never used */
    uint32_t free;                      /* last freed first: it is warm */
    uint32_t bucket_mask;
    uint32_t *buckets;
    uint32_t *channel_heads;
    struct exchange *exchanges;
};

exchange_table_t *
exchange_table_new(uint32_t capacity, uint32_t channels,
                   generator_t *generator)
{
    exchange_table_t *self = core_allocate(sizeof *self);
    uint32_t buckets = 1;

    while (buckets < capacity / EXCHANGES_A_BUCKET)
        buckets *= 2;
    self->generator = generator;
    self->capacity = capacity;
    self->channels = channels;
    self->free = EXCHANGE_NONE;
    self->bucket_mask = buckets - 1;
    self->buckets = core_allocate(buckets * sizeof *self->buckets);
    self->channel_heads = core_allocate(channels
                                        * sizeof *self->channel_heads);
    self->exchanges = core_allocate(capacity * sizeof *self->exchanges);
    memset(self->buckets, 0xff, buckets * sizeof *self->buckets);
    memset(self->channel_heads, 0xff, channels * sizeof *self->channel_heads);
    return self;
}

void
exchange_table_destroy(exchange_table_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->buckets);
    free((*self_p)->channel_heads);
    free((*self_p)->exchanges);
    free(*self_p);
    *self_p = NULL;
}

static const struct exchange *
at(const exchange_table_t *self, uint32_t number)
{
    assert(number < self->fresh
           && self->exchanges[number].channel != NO_CHANNEL);
    return &self->exchanges[number];
}

static uint32_t *
bucket_of(const exchange_table_t *self, uint32_t channel, uint16_t id)
{
    return &self->buckets[(channel * 2654435761u ^ id) & self->bucket_mask];
}

static uint32_t
look_up(const exchange_table_t *self, uint32_t channel, uint16_t id)
{
    uint32_t number = *bucket_of(self, channel, id);

    while (number != EXCHANGE_NONE
           && (self->exchanges[number].id != id
               || self->exchanges[number].channel != channel))
        number = self->exchanges[number].next;
    return number;
}

/* ---- begin and end ------------------------------------------------------- */

static bool
choose_id(exchange_table_t *self, uint32_t channel, uint16_t *id)
{
    for (int i = 0; i < ID_TRIES; i++) {
        generator_fill(self->generator, id, sizeof *id);
        if (look_up(self, channel, *id) == EXCHANGE_NONE)
            return true;
    }
    return false;
}

/* A length octet is at most 63, so no length looks like a letter. */
static void
scramble(exchange_table_t *self, uint8_t *name, size_t size)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < size; i++) {
        if (i % 64 == 0)
            bits = generator_draw(self->generator);

        uint8_t small = name[i] | 0x20;

        if (small >= 'a' && small <= 'z')
            name[i] = (uint8_t) (small ^ ((bits & 1) << 5));
        bits >>= 1;
    }
}

static uint32_t
take_free(exchange_table_t *self)
{
    uint32_t number = self->free;

    if (number != EXCHANGE_NONE)
        self->free = self->exchanges[number].next;
    else if (self->fresh < self->capacity)
        number = self->fresh++;
    return number;
}

static void
link_in(exchange_table_t *self, uint32_t number)
{
    struct exchange *exchange = &self->exchanges[number];
    uint32_t *bucket = bucket_of(self, exchange->channel, exchange->id);
    uint32_t *head = &self->channel_heads[exchange->channel];

    exchange->next = *bucket;
    *bucket = number;
    exchange->channel_previous = EXCHANGE_NONE;
    exchange->channel_next = *head;
    if (*head != EXCHANGE_NONE)
        self->exchanges[*head].channel_previous = number;
    *head = number;
}

uint32_t
exchange_begin(exchange_table_t *self, uint32_t channel,
               const uint8_t *question, size_t question_size,
               enum exchange_case letters)
{
    uint16_t id;

    assert(channel < self->channels && question_size > 4
           && question_size <= EXCHANGE_QUESTION_SIZE);
    if (!choose_id(self, channel, &id))
        return EXCHANGE_NONE;

    uint32_t number = take_free(self);

    if (number == EXCHANGE_NONE)
        return EXCHANGE_NONE;

    struct exchange *exchange = &self->exchanges[number];

    exchange->channel = channel;
    exchange->id = id;
    exchange->question_size = (uint16_t) question_size;
    memcpy(exchange->question, question, question_size);
    if (letters == EXCHANGE_SCRAMBLED)
        scramble(self, exchange->question, question_size - 4);
    link_in(self, number);
    return number;
}

void
exchange_end(exchange_table_t *self, uint32_t number)
{
    const struct exchange *found = at(self, number);
    uint32_t *link = bucket_of(self, found->channel, found->id);
    struct exchange *exchange = &self->exchanges[number];

    while (*link != number)
        link = &self->exchanges[*link].next;
    *link = exchange->next;
    if (exchange->channel_previous != EXCHANGE_NONE)
        self->exchanges[exchange->channel_previous].channel_next
            = exchange->channel_next;
    else
        self->channel_heads[exchange->channel] = exchange->channel_next;
    if (exchange->channel_next != EXCHANGE_NONE)
        self->exchanges[exchange->channel_next].channel_previous
            = exchange->channel_previous;
    exchange->channel = NO_CHANNEL;
    exchange->next = self->free;
    self->free = number;
}

/* ---- what one is --------------------------------------------------------- */

uint16_t
exchange_id(const exchange_table_t *self, uint32_t number)
{
    return at(self, number)->id;
}

uint32_t
exchange_channel(const exchange_table_t *self, uint32_t number)
{
    return at(self, number)->channel;
}

const uint8_t *
exchange_question(const exchange_table_t *self, uint32_t number, size_t *size)
{
    const struct exchange *exchange = at(self, number);

    *size = exchange->question_size;
    return exchange->question;
}

void
exchange_stamp(const exchange_table_t *self, uint32_t number, uint8_t *query)
{
    const struct exchange *exchange = at(self, number);

    core_write16(query, exchange->id);
    memcpy(query + CORE_HEADER_SIZE, exchange->question,
           exchange->question_size);
}

uint32_t
exchange_first(const exchange_table_t *self, uint32_t channel)
{
    assert(channel < self->channels);
    return self->channel_heads[channel];
}

uint32_t
exchange_next(const exchange_table_t *self, uint32_t number)
{
    return at(self, number)->channel_next;
}

/* ---- replies ------------------------------------------------------------- */

/* Some servers answer what they cannot read with a bare header. */
static bool
is_bare_error(const struct core_message *message)
{
    unsigned rcode = message->flags & 15;

    return message->qname == NULL && message->counts[CORE_ANSWER] == 0
        && message->counts[CORE_AUTHORITY] == 0
        && (rcode == CORE_FORMERR || rcode == CORE_SERVFAIL
            || rcode == CORE_NOTIMP || rcode == CORE_REFUSED);
}

static bool
is_reply(const struct exchange *exchange, enum exchange_proof proof,
         struct exchange_reply *reply)
{
    const struct core_message *message = &reply->message;
    size_t size = message->question_end - CORE_HEADER_SIZE;
    const uint8_t *question = message->bytes + CORE_HEADER_SIZE;

    if ((message->flags & CORE_QR) == 0
        || core_message_opcode(message) != CORE_OPCODE_QUERY)
        return false;
    reply->kept_case = true;
    if (message->qname == NULL)
        return proof == EXCHANGE_BY_CHANNEL && is_bare_error(message);
    if (size != exchange->question_size)
        return false;
    if (memcmp(question, exchange->question, size) == 0)
        return true;
    reply->kept_case = false;
    return proof == EXCHANGE_BY_CHANNEL
        && memcmp(question + size - 4, exchange->question + size - 4, 4) == 0
        && core_name_equal(question, exchange->question);
}

enum exchange_match
exchange_find(const exchange_table_t *self, uint32_t channel,
              enum exchange_proof proof, const uint8_t *bytes, size_t size,
              struct exchange_reply *reply)
{
    assert(channel < self->channels);
    reply->number = size < CORE_HEADER_SIZE ? EXCHANGE_NONE
        : look_up(self, channel, core_read16(bytes));
    if (reply->number == EXCHANGE_NONE)
        return EXCHANGE_UNKNOWN;

    enum core_parse parsed = proof == EXCHANGE_BY_CHANNEL
        ? core_message_parse_continued(&reply->message, bytes, size)
        : core_message_parse(&reply->message, bytes, size);

    if (parsed != CORE_PARSE_OK
        || !is_reply(&self->exchanges[reply->number], proof, reply))
        return EXCHANGE_MISMATCHED;
    return EXCHANGE_MATCHED;
}
