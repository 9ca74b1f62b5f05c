/*
 * stress - answers that tell whether they are whole, to one writer and many
 * readers
 *
 * Each answer is one record of many octets that all follow from the name and
 * from a number that is written in front of them.
 */

#ifndef TESTS_CACHE_STRESS_H
#define TESTS_CACHE_STRESS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cache/store.h"
#include "coredns/name.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "lib/table.h"

#define STRESS_NAMES 4000
#define STRESS_TYPE 10                  /* NULL: any octets (RFC 1035) */
#define STRESS_CAPACITY (1024 * 1024)   /* a fraction of what they take */
#define STRESS_RDATA 2000               /* octets, at most */
#define STRESS_RECORD (CORE_HEADER_SIZE + CORE_NAME_SIZE + 4 + 12)

struct stress {
    uint64_t random;
    uint64_t round;
};

static inline uint32_t
stress_draw(struct stress *self, uint32_t limit)
{
    self->random = self->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t) ((self->random >> 33) % limit);
}

static inline void
stress_name(uint32_t number, uint8_t wire[CORE_NAME_SIZE])
{
    char text[32];

    snprintf(text, sizeof text, "n%u.example.", number);
    core_name_from_text(wire, text, NULL);
}

static inline uint8_t
stress_octet(uint32_t number, uint32_t round, size_t at)
{
    return (uint8_t) (number * 31 + round * 7 + at);
}

/* A message with a question and, with size above 0, a record of so much. */
static inline size_t
stress_message(uint8_t *bytes, uint32_t number, uint32_t round, size_t size)
{
    uint8_t name[CORE_NAME_SIZE];
    struct core_writer writer;

    stress_name(number, name);
    core_writer_query(&writer, bytes, CORE_MESSAGE_SIZE, 0, 0, name,
                      STRESS_TYPE, CORE_IN);

    size_t end = core_writer_end(&writer, size == 0 ? 0 : CORE_QR, 0);

    if (size == 0)
        return end;

    uint8_t *record = bytes + end;

    memcpy(record, "\xc0\x0c\0\x0a\0\1\0\0\0\0", 10);
    core_write16(record + 10, (uint16_t) size);
    core_write32(record + 12, round);
    for (size_t i = 4; i < size; i++)
        record[12 + i] = stress_octet(number, round, i);
    core_write16(bytes + 6, 1);
    return end + 12 + size;
}

/* Puts another answer to one of the names, or takes one away. */
static inline void
stress_write(struct stress *self, store_t *store,
             const struct key_secret *secret, int64_t now_ms)
{
    static uint8_t bytes[CORE_MESSAGE_SIZE];
    uint32_t number = stress_draw(self, STRESS_NAMES);
    uint32_t kind = stress_draw(self, 16);
    size_t size = 4 + stress_draw(self, STRESS_RDATA);
    uint8_t name[CORE_NAME_SIZE];
    uint16_t place;
    struct image image = {
        .kind = IMAGE_POSITIVE, .message = bytes, .places = &place,
    };
    struct key key;

    stress_name(number, name);
    key_of_name(&key, name, STRESS_TYPE, CORE_IN, 0, secret);
    if (kind == 0) {
        store_remove(store, &key);
        return;
    }
    image.message_size = (uint16_t) stress_message(bytes, number,
                                                   (uint32_t) self->round++,
                                                   size);
    if (kind == 1) {
        store_put_local(store, &key, &image, number % TABLE_VERSIONS, now_ms);
        store_outdate(store, (number + 1) % TABLE_VERSIONS);
        return;
    }
    place = (uint16_t) (key.size + CORE_HEADER_SIZE + 6);
    image.place_count = 1;

    struct entry *entry = store_put(store, &key, &image, 3600000, now_ms);

    if (entry != NULL && kind < 8)
        store_used(entry);
}

/* Asks for one of the names: 1 when it was there and whole, 0 when it was not
   there, -1 when it was wrong. */
static inline int
stress_read(struct stress *self, table_t *table, int64_t now_ms)
{
    uint8_t query[STRESS_RECORD];
    uint32_t number = stress_draw(self, STRESS_NAMES);
    size_t size = stress_message(query, number, 0, 0);
    struct core_message message;
    struct table_answer answer;

    if (core_message_parse(&message, query, size) != CORE_PARSE_OK)
        return -1;
    if (!table_find(table, &message, now_ms, &answer))
        return 0;

    const uint8_t *record = answer.message + size;

    if (answer.message_size < size + 16
        || memcmp(answer.message + CORE_HEADER_SIZE, query + CORE_HEADER_SIZE,
                  size - CORE_HEADER_SIZE) != 0
        || core_read16(record + 10) != answer.message_size - size - 12)
        return -1;

    uint32_t round = core_read32(record + 12);

    for (size_t i = 4; i < core_read16(record + 10); i++)
        if (record[12 + i] != stress_octet(number, round, i))
            return -1;
    return 1;
}

#endif
