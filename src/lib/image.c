/*
 * image - an answer as it is kept: a finished message and where its TTLs are
 *
 * One TTL is written into all records: the whole is only as good as its
 * shortest-lived part, and a client that keeps the parts apart would otherwise
 * keep some of them longer than we keep the whole.
 */

#include "lib/image.h"

#include <assert.h>
#include <string.h>

#include "coredns/name.h"

#define KEPT_FLAGS (CORE_AA | CORE_RA | CORE_AD)

uint16_t
image_flags(const struct image *self)
{
    return core_read16(self->message + 2) & KEPT_FLAGS;
}

uint16_t
image_flags_for(const struct image *self, const struct core_message *query)
{
    unsigned flags = image_flags(self);

    if (self->kind != IMAGE_FAILURE)
        flags |= CORE_AA;
    if ((query->flags & CORE_AD) == 0 && !query->edns.dnssec_ok)
        flags &= ~(unsigned) CORE_AD;   /* RFC 6840 section 5.8 */
    return (uint16_t) flags;
}

unsigned
image_rcode(const struct image *self)
{
    return core_read16(self->message + 2) & 15;
}

void
image_compose(const struct image *self, struct core_writer *writer,
              uint32_t ttl_seconds, uint16_t flags)
{
    size_t start = writer->size;

    assert(start <= self->message_size && self->message_size <= writer->limit);
    memcpy(writer->bytes + start, self->message + start,
           self->message_size - start);
    for (unsigned i = 0; i < self->place_count; i++)
        core_write32(writer->bytes + self->places[i], ttl_seconds);
    for (unsigned i = CORE_ANSWER; i < CORE_SECTIONS; i++)
        writer->counts[i] = core_read16(self->message + 4 + 2 * i);
    writer->size = self->message_size;
    writer->section = CORE_ADDITIONAL;
    core_writer_end(writer, flags, image_rcode(self));
}
