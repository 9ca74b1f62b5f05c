/*
 * batch - the frame that travels on a pipe: many DNS messages in one
 *
 * Numbers are copied octet by octet from and to little-endian, which a
 * compiler turns into one load on the machines we know.  The reader compares
 * every length with what is left before it uses it; a record that does not
 * fit ends the walk, and the rest of the frame is not trusted.
 */

#include "coredns/batch.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#define FIRST_SIZE (64 * 1024)

/* Places in the header of a batch; coredns-pipe(7) draws them. */
enum { BATCH_VERSION = 4, BATCH_KIND = 5, BATCH_COUNT = 6, BATCH_SIZE = 8 };

/* Places in the header of a record. */
enum {
    RECORD_SIZE = 0, RECORD_MESSAGE_SIZE = 4, RECORD_TRAIL_SIZE = 6,
    RECORD_ID = 8, RECORD_ARRIVED = 16, RECORD_LEFT = 24, RECORD_FLAGS = 28,
    RECORD_TRANSPORT = 30, RECORD_CLIENT = 32, RECORD_PORT = 48
};

struct core_batch {
    uint8_t *bytes;
    size_t size;                        /* written so far */
    size_t room;                        /* allocated */
    unsigned count;
    enum core_batch_kind kind;
};

static uint16_t
get16(const uint8_t *bytes)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof value);
    return le16toh(value);
}

static uint32_t
get32(const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return le32toh(value);
}

static uint64_t
get64(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return le64toh(value);
}

static void
put16(uint8_t *bytes, uint16_t value)
{
    value = htole16(value);
    memcpy(bytes, &value, sizeof value);
}

static void
put32(uint8_t *bytes, uint32_t value)
{
    value = htole32(value);
    memcpy(bytes, &value, sizeof value);
}

static void
put64(uint8_t *bytes, uint64_t value)
{
    value = htole64(value);
    memcpy(bytes, &value, sizeof value);
}

static size_t
aligned(size_t size)
{
    return (size + 7) & ~(size_t) 7;
}

/* ---- reading ------------------------------------------------------------- */

bool
core_batch_open(struct core_batch_reader *self, const void *bytes, size_t size)
{
    const uint8_t *header = bytes;

    *self = (struct core_batch_reader) { .bytes = bytes, .size = size };
    if (size < CORE_BATCH_HEADER_SIZE || size > CORE_BATCH_SIZE
        || memcmp(header, CORE_BATCH_MAGIC, 4) != 0
        || header[BATCH_VERSION] != CORE_BATCH_VERSION
        || get32(header + BATCH_SIZE) != size)
        return false;
    self->kind = header[BATCH_KIND];
    self->left = get16(header + BATCH_COUNT);
    self->offset = CORE_BATCH_HEADER_SIZE;
    return (self->kind == CORE_BATCH_QUERIES
            || self->kind == CORE_BATCH_REPLIES
            || self->kind == CORE_BATCH_CHANGES)
        && self->left > 0 && self->left <= CORE_BATCH_RECORDS;
}

bool
core_batch_next(struct core_batch_reader *self, struct core_record *record)
{
    size_t room = self->size - self->offset;

    if (self->left == 0 || room < CORE_RECORD_HEADER_SIZE)
        return false;

    const uint8_t *header = self->bytes + self->offset;
    size_t size = get32(header + RECORD_SIZE);
    size_t message_size = get16(header + RECORD_MESSAGE_SIZE);
    size_t trail_size = get16(header + RECORD_TRAIL_SIZE);
    size_t used = CORE_RECORD_HEADER_SIZE + message_size + trail_size;

    if (size > room || size != aligned(used) || trail_size > CORE_TRAIL_SIZE)
        return false;
    record->id = get64(header + RECORD_ID);
    record->arrived_us = (int64_t) get64(header + RECORD_ARRIVED);
    record->left_ms = get32(header + RECORD_LEFT);
    record->flags = get16(header + RECORD_FLAGS);
    record->transport = header[RECORD_TRANSPORT];
    memcpy(record->client, header + RECORD_CLIENT, sizeof record->client);
    record->client_port = get16(header + RECORD_PORT);
    record->message = header + CORE_RECORD_HEADER_SIZE;
    record->message_size = message_size;
    record->trail = record->message + message_size;
    record->trail_size = trail_size;
    self->offset += size;
    self->left--;
    return true;
}

/* ---- writing ------------------------------------------------------------- */

core_batch_t *
core_batch_new(void)
{
    core_batch_t *self = core_allocate(sizeof *self);

    self->room = FIRST_SIZE;
    self->bytes = core_reallocate(NULL, self->room);
    core_batch_start(self, CORE_BATCH_QUERIES);
    return self;
}

void
core_batch_destroy(core_batch_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    free((*self_p)->bytes);
    free(*self_p);
    *self_p = NULL;
}

void
core_batch_start(core_batch_t *self, enum core_batch_kind kind)
{
    self->kind = kind;
    self->count = 0;
    self->size = CORE_BATCH_HEADER_SIZE;
}

unsigned
core_batch_count(const core_batch_t *self)
{
    return self->count;
}

/* The most octets a record with such a message can take. */
static size_t
record_limit(size_t message_size)
{
    return aligned(CORE_RECORD_HEADER_SIZE + message_size + CORE_TRAIL_SIZE);
}

bool
core_batch_is_full(const core_batch_t *self, size_t message_size)
{
    return self->count >= CORE_BATCH_RECORDS
        || self->size + record_limit(message_size) > CORE_BATCH_SIZE;
}

uint8_t *
core_batch_reserve(core_batch_t *self, size_t message_limit)
{
    size_t needed = self->size + record_limit(message_limit);

    assert(!core_batch_is_full(self, message_limit));
    if (needed > self->room) {
        self->room = needed > 2 * self->room ? needed : 2 * self->room;
        self->bytes = core_reallocate(self->bytes, self->room);
    }
    return self->bytes + self->size + CORE_RECORD_HEADER_SIZE;
}

void
core_batch_commit(core_batch_t *self, const struct core_record *record,
                  size_t message_size)
{
    uint8_t *header = self->bytes + self->size;
    uint8_t *trail = header + CORE_RECORD_HEADER_SIZE + message_size;
    size_t used = CORE_RECORD_HEADER_SIZE + message_size + record->trail_size;
    size_t size = aligned(used);

    assert(message_size <= UINT16_MAX && record->trail_size <= CORE_TRAIL_SIZE);
    put32(header + RECORD_SIZE, (uint32_t) size);
    put16(header + RECORD_MESSAGE_SIZE, (uint16_t) message_size);
    put16(header + RECORD_TRAIL_SIZE, (uint16_t) record->trail_size);
    put64(header + RECORD_ID, record->id);
    put64(header + RECORD_ARRIVED, (uint64_t) record->arrived_us);
    put32(header + RECORD_LEFT, record->left_ms);
    put16(header + RECORD_FLAGS, record->flags);
    header[RECORD_TRANSPORT] = record->transport;
    header[RECORD_TRANSPORT + 1] = 0;
    memcpy(header + RECORD_CLIENT, record->client, sizeof record->client);
    put16(header + RECORD_PORT, record->client_port);
    memset(header + RECORD_PORT + 2, 0,
           CORE_RECORD_HEADER_SIZE - RECORD_PORT - 2);
    if (record->trail_size > 0)
        memcpy(trail, record->trail, record->trail_size);
    memset(header + used, 0, size - used);
    self->size += size;
    self->count++;
}

void
core_batch_add(core_batch_t *self, const struct core_record *record)
{
    uint8_t *message = core_batch_reserve(self, record->message_size);

    memcpy(message, record->message, record->message_size);
    core_batch_commit(self, record, record->message_size);
}

const void *
core_batch_frame(core_batch_t *self, size_t *size)
{
    uint8_t *header = self->bytes;

    memcpy(header, CORE_BATCH_MAGIC, 4);
    header[BATCH_VERSION] = CORE_BATCH_VERSION;
    header[BATCH_KIND] = (uint8_t) self->kind;
    put16(header + BATCH_COUNT, (uint16_t) self->count);
    put32(header + BATCH_SIZE, (uint32_t) self->size);
    put32(header + BATCH_SIZE + 4, 0);
    *size = self->size;
    return header;
}

/* ---- trail items --------------------------------------------------------- */

char *
core_client_to_text(char text[CORE_CLIENT_TEXT_SIZE], const uint8_t client[16])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    bool is_v4 = memcmp(client, mapped, sizeof mapped) == 0;

    inet_ntop(is_v4 ? AF_INET : AF_INET6, client + (is_v4 ? sizeof mapped : 0),
              text, CORE_CLIENT_TEXT_SIZE);
    return text;
}

size_t
core_trail_add(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size,
               enum core_trail_kind kind, const void *value, size_t value_size)
{
    if (trail_size + 4 + value_size > CORE_TRAIL_SIZE)
        return trail_size;
    put16(trail + trail_size, (uint16_t) kind);
    put16(trail + trail_size + 2, (uint16_t) value_size);
    if (value_size > 0)
        memcpy(trail + trail_size + 4, value, value_size);
    return trail_size + 4 + value_size;
}

size_t
core_trail_local(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size)
{
    static const uint8_t source[9];     /* version 0 of the root */
    static const uint8_t scope = CORE_SCOPE_ZONES;

    trail_size = core_trail_add(trail, trail_size, CORE_TRAIL_SOURCE, source,
                                sizeof source);
    return core_trail_add(trail, trail_size, CORE_TRAIL_SCOPE, &scope, 1);
}

size_t
core_trail_without(uint8_t copy[CORE_TRAIL_SIZE], const uint8_t *trail,
                   size_t trail_size, enum core_trail_kind kind)
{
    size_t size = trail_size < CORE_TRAIL_SIZE ? trail_size : CORE_TRAIL_SIZE;
    size_t value_size;
    const uint8_t *value;

    memcpy(copy, trail, size);
    while ((value = core_trail_find(copy, size, kind, &value_size)) != NULL) {
        size_t start = (size_t) (value - 4 - copy);
        size_t end = start + 4 + value_size;

        memmove(copy + start, copy + end, size - end);
        size -= end - start;
    }
    return size;
}

size_t
core_trail_add_part(uint8_t trail[CORE_TRAIL_SIZE], size_t trail_size,
                    const struct core_part *part)
{
    uint8_t value[4 + CORE_BOOKMARK_SIZE];

    assert(part->bookmark_size <= CORE_BOOKMARK_SIZE);
    put32(value, part->number);
    if (part->bookmark_size > 0)
        memcpy(value + 4, part->bookmark, part->bookmark_size);
    return core_trail_add(trail, trail_size, CORE_TRAIL_PART, value,
                          4 + part->bookmark_size);
}

bool
core_trail_part(const uint8_t *trail, size_t trail_size,
                struct core_part *part)
{
    size_t size;
    const uint8_t *value =
        core_trail_find(trail, trail_size, CORE_TRAIL_PART, &size);

    if (value == NULL || size < 4 || size > 4 + CORE_BOOKMARK_SIZE)
        return false;
    *part = (struct core_part) { get32(value), value + 4, size - 4 };
    return true;
}

const uint8_t *
core_trail_find(const uint8_t *trail, size_t trail_size,
                enum core_trail_kind kind, size_t *value_size)
{
    size_t offset = 0;

    while (trail_size - offset >= 4) {
        size_t size = get16(trail + offset + 2);

        if (size > trail_size - offset - 4)
            return NULL;
        if (get16(trail + offset) == kind) {
            *value_size = size;
            return trail + offset + 4;
        }
        offset += 4 + size;
    }
    return NULL;
}
