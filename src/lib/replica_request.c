/*
 * replica_request - what a replica asks of its source
 */

#include "lib/replica_parts.h"

#define CREDIT 8                        /* frames under way to us */
#define CREDIT_BATCH 4                  /* frames that are paid at once */

bool
replica_has_request(const replica_t *self)
{
    return self->state == WANTING
        || (self->state == FETCHING
            && (self->poke || self->unpaid >= CREDIT_BATCH));
}

/* Names the zones to be fetched, as many as fit in the frame. */
static size_t
write_wanted(replica_t *self, uint8_t *bytes)
{
    size_t size = FEED_HEADER_SIZE;

    for (struct feed_zone *zone = feed_zones_first(self->zones);
         zone != NULL && size + FEED_ZONE_SIZE <= CORE_FEED_FRAME_SIZE;
         zone = zone->next) {
        struct core_zone_id id;

        if (!zone->wanted)
            continue;
        feed_zone_id(zone, &id);
        size += feed_zone_write(bytes + size, FEED_ZONE_SIZE, &id);
        zone->asked = self->request;
    }
    return size;
}

static size_t
write_want(replica_t *self, uint8_t *bytes, int64_t now_ms)
{
    size_t size = FEED_HEADER_SIZE;
    uint16_t flags = self->ours ? 0 : FEED_ALL;
    uint16_t kind = self->hooks.for_upstreams ? FEED_FOR_UPSTREAMS : 0;

    self->request++;
    self->only = self->ours && self->wanted > 0;
    if (self->only) {
        flags = FEED_ONLY;
        size = write_wanted(self, bytes);
    }
    feed_header_write(bytes, &(struct feed_header) {
        .kind = FEED_WANT, .flags = flags | kind, .epoch = self->epoch,
        .sequence = self->sequence, .count = CREDIT, .request = self->request,
    });
    self->state = FETCHING;
    self->fetched_ms = now_ms;
    self->unpaid = 0;
    self->poke = false;
    return size;
}

size_t
replica_request(replica_t *self, uint8_t bytes[CORE_FEED_FRAME_SIZE],
                int64_t now_ms)
{
    if (!replica_has_request(self))
        return 0;
    if (self->state == WANTING)
        return now_ms < self->ask_at_ms ? 0 : write_want(self, bytes, now_ms);
    feed_header_write(bytes, &(struct feed_header) {
        .kind = FEED_CREDIT_MORE, .epoch = self->epoch,
        .sequence = self->sequence, .count = self->unpaid,
        .request = self->request,
    });
    self->unpaid = 0;
    self->poke = false;
    return FEED_HEADER_SIZE;
}

void
replica_unsent(replica_t *self)
{
    if (self->state == FETCHING)
        replica_give_up(self, self->ask_at_ms);
}
