/*
 * feed_change - one change as it stands in a frame
 *
 * Sixteen octets in front of the owner, so that a record of a large zone costs
 * little more than its own octets, and reading is two bounds checks and a walk
 * over the rdatas.
 */

#include "coredns/feed.h"

#include <string.h>

#include "coredns/message.h"
#include "coredns/rrtype.h"
#include "lib/feed_frame.h"

#define CHANGE_HEADER_SIZE 16
#define TTL_LIMIT 0x7fffffffu           /* RFC 2181 section 8 */

size_t
core_change_write(uint8_t *bytes, size_t limit,
                  const struct core_change *change)
{
    size_t owner_size = core_name_size(change->owner);
    size_t size = CHANGE_HEADER_SIZE + owner_size + change->rdatas_size;

    if (size > limit || change->rdatas_size > limit)
        return 0;
    bytes[0] = (uint8_t) change->kind;
    bytes[1] = 0;
    feed_put16(bytes + 2, change->type);
    feed_put32(bytes + 4, change->ttl);
    feed_put16(bytes + 8, change->count);
    feed_put16(bytes + 10, (uint16_t) owner_size);
    feed_put32(bytes + 12, (uint32_t) change->rdatas_size);
    memcpy(bytes + CHANGE_HEADER_SIZE, change->owner, owner_size);
    if (change->rdatas_size > 0)
        memcpy(bytes + CHANGE_HEADER_SIZE + owner_size, change->rdatas,
               change->rdatas_size);
    return size;
}

/* True when the octets are exactly so many rdatas, each behind its size. */
static bool
rdatas_are_whole(const uint8_t *rdatas, size_t size, unsigned count)
{
    size_t offset = 0;

    for (; count > 0; count--) {
        if (size - offset < 2)
            return false;

        size_t rdata_size = core_read16(rdatas + offset);

        offset += 2;
        if (size - offset < rdata_size)
            return false;
        offset += rdata_size;
    }
    return offset == size;
}

/* Only records that a zone can hold: no OPT, no question types; but for what
   is said of a name and not of its records. */
static bool
type_is_sound(const struct core_change *change)
{
    if (change->kind == CORE_CHANGE_DELETE && change->type == CORE_ANY)
        return true;
    if (change->kind == CORE_CHANGE_NAME)
        return change->type == 0;
    return change->type != 0 && change->type != CORE_OPT
        && (change->type < CORE_TKEY || change->type > CORE_ANY);
}

static bool
has_no_records(enum core_change_kind kind)
{
    return kind == CORE_CHANGE_DELETE || kind == CORE_CHANGE_NAME;
}

size_t
core_change_read(const uint8_t *bytes, size_t size,
                 struct core_change *change)
{
    if (size < CHANGE_HEADER_SIZE || bytes[0] < CORE_CHANGE_PUT
        || bytes[0] > CORE_CHANGE_NAME)
        return 0;

    size_t owner_size = feed_get16(bytes + 10);
    size_t rdatas_size = feed_get32(bytes + 12);

    size -= CHANGE_HEADER_SIZE;
    if (owner_size > size || rdatas_size > size - owner_size)
        return 0;
    *change = (struct core_change) {
        .kind = (enum core_change_kind) bytes[0],
        .owner = bytes + CHANGE_HEADER_SIZE,
        .type = feed_get16(bytes + 2),
        .ttl = feed_get32(bytes + 4),
        .count = feed_get16(bytes + 8),
        .rdatas = bytes + CHANGE_HEADER_SIZE + owner_size,
        .rdatas_size = rdatas_size,
    };
    if (core_name_check(change->owner, owner_size) != (int) owner_size
        || change->ttl > TTL_LIMIT || !type_is_sound(change)
        || (change->count == 0) != has_no_records(change->kind)
        || !rdatas_are_whole(change->rdatas, rdatas_size, change->count))
        return 0;
    return CHANGE_HEADER_SIZE + owner_size + rdatas_size;
}

bool
core_change_cut(struct core_change *rest, struct core_change *part,
                size_t limit)
{
    size_t fixed = CHANGE_HEADER_SIZE + core_name_size(rest->owner);
    size_t size = 0;
    uint16_t count = 0;

    if (rest->count == 0)
        return false;
    while (count < rest->count) {
        size_t rdata_size = 2 + (size_t) core_read16(rest->rdatas + size);

        if (fixed + size + rdata_size > limit)
            break;
        size += rdata_size;
        count++;
    }
    *part = *rest;
    part->count = count;
    part->rdatas_size = size;
    rest->count = (uint16_t) (rest->count - count);
    rest->rdatas += size;
    rest->rdatas_size -= size;
    if (count > 0 && rest->kind == CORE_CHANGE_PUT)
        rest->kind = CORE_CHANGE_ADD;
    return count > 0;
}

/* The octets that a type's rdata has behind its names, or in all when it has
   none: exactly so many, at least so many, or anything. */
static bool
tail_is_sound(uint16_t type, size_t tail)
{
    switch (type) {
    case CORE_A:
        return tail == 4;
    case CORE_AAAA:
        return tail == 16;
    case CORE_SOA:
        return tail == 20;
    case CORE_NS: case CORE_CNAME: case CORE_PTR: case CORE_MX: case CORE_SRV:
    case CORE_DNAME:
        return tail == 0;
    default:
        return true;
    }
}

static bool
rdata_is_sound(uint16_t type, struct core_rrtype_names names,
               const uint8_t *rdata, size_t size)
{
    size_t offset = names.names > 0 ? names.before : 0;

    if (size < offset)
        return false;
    for (unsigned i = 0; i < names.names; i++) {
        int name_size = core_name_check(rdata + offset, size - offset);

        if (name_size == -1)
            return false;
        offset += (size_t) name_size;
    }
    return tail_is_sound(type, size - offset);
}

bool
core_change_is_sound(const struct core_change *change)
{
    struct core_rrtype_names names = core_rrtype_names(change->type);
    const uint8_t *rdata = change->rdatas;

    for (unsigned i = 0; i < change->count; i++) {
        size_t size = core_read16(rdata);

        if (!rdata_is_sound(change->type, names, rdata + 2, size))
            return false;
        rdata += 2 + size;
    }
    return true;
}
