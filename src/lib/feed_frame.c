/*
 * feed_frame - what the frames of a feed are made of
 *
 * Numbers are put together from octets, so a frame may lie at any address and
 * the layout is the same on every machine.
 */

#include "lib/feed_frame.h"

#include <assert.h>

static const bool known_kinds[] = {
    [FEED_CHANGE] = true, [FEED_RENEW] = true, [FEED_REMOVE] = true,
    [FEED_BEAT] = true, [FEED_OPTIONS] = true, [FEED_WANT] = true,
    [FEED_CREDIT_MORE] = true, [FEED_SNAPSHOT] = true, [FEED_ABSENT] = true,
};

void
feed_header_write(uint8_t bytes[FEED_HEADER_SIZE],
                  const struct feed_header *header)
{
    memcpy(bytes, CORE_FEED_MAGIC, 4);
    bytes[4] = CORE_FEED_VERSION;
    bytes[5] = (uint8_t) header->kind;
    feed_put16(bytes + 6, header->flags);
    feed_put64(bytes + 8, header->epoch);
    feed_put64(bytes + 16, header->sequence);
    feed_put32(bytes + 24, header->count);
    feed_put32(bytes + 28, header->request);
}

bool
feed_header_read(const uint8_t *bytes, size_t size,
                 struct feed_header *header)
{
    if (size < FEED_HEADER_SIZE || memcmp(bytes, CORE_FEED_MAGIC, 4) != 0
        || bytes[4] != CORE_FEED_VERSION || bytes[5] >= sizeof known_kinds
        || !known_kinds[bytes[5]])
        return false;
    header->kind = (enum feed_kind) bytes[5];
    header->flags = feed_get16(bytes + 6);
    header->epoch = feed_get64(bytes + 8);
    header->sequence = feed_get64(bytes + 16);
    header->count = feed_get32(bytes + 24);
    header->request = feed_get32(bytes + 28);
    return true;
}

size_t
feed_zone_write(uint8_t *bytes, size_t limit, const struct core_zone_id *zone)
{
    size_t name_size = core_name_size(zone->name);

    if (limit < 2 + name_size)
        return 0;
    feed_put16(bytes, zone->layer);
    memcpy(bytes + 2, zone->name, name_size);
    return 2 + name_size;
}

size_t
feed_zone_read(const uint8_t *bytes, size_t size, struct core_zone_id *zone)
{
    if (size < 3)
        return 0;

    int name_size = core_name_check(bytes + 2, size - 2);

    if (name_size == -1)
        return 0;
    zone->layer = feed_get16(bytes);
    memcpy(zone->name, bytes + 2, (size_t) name_size);
    core_name_lower(zone->name);
    return 2 + (size_t) name_size;
}

size_t
feed_options_write(uint8_t bytes[FEED_OPTIONS_SIZE],
                   const struct core_zone_options *options)
{
    unsigned fall_count = options->fall_count < CORE_FEED_FALL
        ? options->fall_count : CORE_FEED_FALL;
    size_t reason_size = options->reason == NULL ? 0
        : strnlen(options->reason, FEED_REASON_SIZE - 1);
    size_t size = 6;

    feed_put16(bytes, options->flags);
    feed_put16(bytes + 2, (uint16_t) fall_count);
    feed_put16(bytes + 4, (uint16_t) reason_size);
    for (unsigned i = 0; i < fall_count; i++) {
        size_t name_size = core_name_size(options->fall[i]);

        memcpy(bytes + size, options->fall[i], name_size);
        size += name_size;
    }
    if (reason_size > 0)
        memcpy(bytes + size, options->reason, reason_size);
    return size + reason_size;
}

size_t
feed_options_read(const uint8_t *bytes, size_t size,
                  struct feed_options *options)
{
    if (size < 6)
        return 0;

    unsigned fall_count = feed_get16(bytes + 2);
    size_t reason_size = feed_get16(bytes + 4);
    size_t offset = 6;

    if (fall_count > CORE_FEED_FALL || reason_size >= FEED_REASON_SIZE)
        return 0;
    for (unsigned i = 0; i < fall_count; i++) {
        int name_size = core_name_check(bytes + offset, size - offset);

        if (name_size == -1)
            return 0;
        options->fall[i] = bytes + offset;
        offset += (size_t) name_size;
    }
    if (size - offset < reason_size)
        return 0;
    memcpy(options->reason, bytes + offset, reason_size);
    options->reason[reason_size] = '\0';
    options->options = (struct core_zone_options) {
        .flags = feed_get16(bytes), .fall_count = fall_count,
        .fall = options->fall,
        .reason = reason_size > 0 ? options->reason : NULL,
    };
    return offset + reason_size;
}

void
feed_section_write(uint8_t bytes[FEED_SECTION_SIZE],
                   enum feed_section_kind kind, uint8_t flags, size_t size)
{
    assert(size <= CORE_FEED_FRAME_SIZE);
    bytes[0] = (uint8_t) kind;
    bytes[1] = flags;
    feed_put16(bytes + 2, 0);
    feed_put32(bytes + 4, (uint32_t) size);
}

size_t
feed_section_read(const uint8_t *bytes, size_t size,
                  struct feed_section *section)
{
    if (size < FEED_SECTION_SIZE || bytes[0] < FEED_LIST
        || bytes[0] > FEED_DONE)
        return 0;
    section->kind = (enum feed_section_kind) bytes[0];
    section->flags = bytes[1];
    section->size = feed_get32(bytes + 4);
    section->bytes = bytes + FEED_SECTION_SIZE;
    if (section->size > size - FEED_SECTION_SIZE)
        return 0;
    return FEED_SECTION_SIZE + section->size;
}
