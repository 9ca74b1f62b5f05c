/*
 * replica - what a subscriber knows of its source
 *
 * Four states:
 *
 *   LISTENING   nothing is known; the first word of the source, a beat at the
 *               latest, tells its epoch.  Only then a snapshot is asked for:
 *               a subscription takes time to arrive, and what is published
 *               before it has would be lost.
 *   WANTING     a request is to be sent: for all, for what changed since our
 *               sequence number, or only for the zones that were renewed
 *   FETCHING    it is being answered; published messages wait in their queue
 *   FOLLOWING   messages are applied as they come
 *
 * A zone carries the sequence number it was read at, so that a message that
 * was published before is left out for it and applied for the others.
 */

#include "lib/replica.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "coredns/memory.h"
#include "lib/replica_parts.h"

#define POKE_MS 500                     /* silence after which we ask whether
                                           the request is known */
#define FETCH_SILENCE_MS 5000           /* and after which we ask anew */
#define SILENCE_MS 3500                 /* three beats and a half */

replica_t *
replica_new(const struct core_subscriber_hooks *hooks, void *owner)
{
    replica_t *self = core_allocate(sizeof *self);

    self->hooks = *hooks;
    self->owner = owner;
    self->zones = feed_zones_new();

    /* A request of a former life of ours must not be taken for ours. */
    if (getrandom(&self->request, sizeof self->request, GRND_NONBLOCK) == -1)
        self->request = (uint32_t) (uintptr_t) self;
    return self;
}

void
replica_destroy(replica_t **self_p)
{
    assert(self_p);
    if (*self_p == NULL)
        return;
    feed_zones_destroy(&(*self_p)->zones);
    free(*self_p);
    *self_p = NULL;
}

/* ---- states -------------------------------------------------------------- */

/* Many subscribers that miss the same message do not ask at the same time. */
static int64_t
some_ms(void)
{
    uint16_t chance = 0;

    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) == -1)
        return REPLICA_RETRY_MS;
    return chance % REPLICA_RETRY_MS;
}

void
replica_want(replica_t *self, int64_t at_ms)
{
    self->state = WANTING;
    self->ask_at_ms = at_ms;
}

static void
tell_synced(replica_t *self, const char *reason)
{
    bool synced = reason == NULL;

    if (self->synced == synced)
        return;
    self->synced = synced;
    self->hooks.synced(self->owner, synced, reason);
}

void
replica_drop_zone(replica_t *self, struct feed_zone *zone)
{
    struct core_zone_id id;

    feed_zone_id(zone, &id);
    if (zone->wanted)
        self->wanted--;
    if (zone->epoch != 0)               /* else the owner never heard of it */
        self->hooks.remove(self->owner, &id);
    feed_zones_remove(self->zones, zone);
}

/* A source that has yet to hear its own source does not know all its zones. */
static bool
is_pending(const replica_t *self)
{
    for (struct feed_zone *zone = feed_zones_first(self->zones); zone != NULL;
         zone = zone->next)
        if (zone->epoch == self->epoch && zone->pending)
            return true;
    return false;
}

/* The zones of a former epoch that a complete source no longer has. */
static void
drop_left_over(replica_t *self)
{
    struct feed_zone *next;

    for (struct feed_zone *zone = feed_zones_first(self->zones); zone != NULL;
         zone = next) {
        next = zone->next;
        if (zone->epoch != self->epoch && !zone->wanted)
            replica_drop_zone(self, zone);
    }
}

void
replica_follow(replica_t *self, int64_t now_ms)
{
    self->followed_ms = now_ms;
    if (self->wanted > 0) {
        replica_want(self, now_ms);
        return;
    }
    self->state = FOLLOWING;
    if (!self->complete)
        return;
    if (!is_pending(self)) {
        drop_left_over(self);
        if (self->hooks.known != NULL)
            self->hooks.known(self->owner);
    }
    tell_synced(self, NULL);
}

void
replica_start_epoch(replica_t *self, uint64_t epoch, int64_t now_ms)
{
    self->epoch = epoch;
    self->sequence = 0;
    self->ours = false;
    self->complete = false;
    self->wanted = 0;
    for (struct feed_zone *zone = feed_zones_first(self->zones); zone != NULL;
         zone = zone->next) {
        zone->sequence = 0;
        zone->wanted = false;
    }
    replica_want(self, now_ms);
}

static void
close_open_zone(replica_t *self)
{
    if (self->open != NULL)
        self->hooks.abandon(self->owner);
    self->open = NULL;
}

void
replica_give_up(replica_t *self, int64_t at_ms)
{
    close_open_zone(self);
    replica_want(self, at_ms);
}

/* ---- published messages -------------------------------------------------- */

/* A message is missing, or one is broken: ask for what changed since. */
static void
mend(replica_t *self, int64_t now_ms)
{
    self->wanted = 0;
    for (struct feed_zone *zone = feed_zones_first(self->zones); zone != NULL;
         zone = zone->next)
        zone->wanted = false;
    replica_want(self, now_ms + some_ms());
}

bool
replica_apply(replica_t *self, const uint8_t *zone_name, const uint8_t *bytes,
              size_t size)
{
    struct core_change change;
    size_t used;

    for (size_t offset = 0; offset < size; offset += used) {
        used = core_change_read(bytes + offset, size - offset, &change);
        if (used == 0 || !core_name_is_below(change.owner, zone_name)
            || !core_change_is_sound(&change))
            return false;
        self->hooks.change(self->owner, &change);
    }
    return true;
}

/* Applies one frame of a transaction that has begun. */
static bool
apply_frame(replica_t *self, const struct replica_frame *frame,
            const struct feed_header *first, const struct core_zone_id *id)
{
    struct feed_header header;
    struct core_zone_id own;

    if (!feed_header_read(frame->bytes, frame->size, &header)
        || header.kind != FEED_CHANGE || header.sequence != first->sequence)
        return false;

    size_t used = feed_zone_read(frame->bytes + FEED_HEADER_SIZE,
                                 frame->size - FEED_HEADER_SIZE, &own);

    return used > 0 && own.layer == id->layer
        && core_name_equal(own.name, id->name)
        && replica_apply(self, id->name,
                         frame->bytes + FEED_HEADER_SIZE + used,
                         frame->size - FEED_HEADER_SIZE - used);
}

/* Zones of the other kind are not for us. */
static bool
is_ours(const replica_t *self, const struct core_zone_id *id)
{
    return (id->layer == CORE_FEED_UPSTREAMS) == self->hooks.for_upstreams;
}

static bool
handle_change(replica_t *self, const struct feed_header *header,
              const struct replica_frame *frames, unsigned count)
{
    struct core_zone_id id;

    if (feed_zone_read(frames[0].bytes + FEED_HEADER_SIZE,
                       frames[0].size - FEED_HEADER_SIZE, &id) == 0)
        return false;
    if (!is_ours(self, &id))
        return true;

    struct feed_zone *zone = feed_zones_find(self->zones, &id);

    if (zone == NULL || zone->epoch != self->epoch)
        return false;
    if (zone->sequence >= header->sequence)
        return true;
    self->hooks.begin(self->owner, &id, NULL, false);
    for (unsigned i = 0; i < count; i++) {
        if (!apply_frame(self, &frames[i], header, &id)) {
            self->hooks.abandon(self->owner);
            return false;
        }
    }
    zone->sequence = header->sequence;
    self->hooks.commit(self->owner, replica_version(self, header->sequence));
    return true;
}

static bool
handle_options(replica_t *self, const struct feed_header *header,
               const struct replica_frame *frames, unsigned count)
{
    const uint8_t *body = frames[0].bytes + FEED_HEADER_SIZE;
    size_t size = frames[0].size - FEED_HEADER_SIZE;
    struct feed_options options;
    struct core_zone_id id;
    size_t used = feed_zone_read(body, size, &id);
    struct feed_zone *zone = used == 0 ? NULL
        : feed_zones_find(self->zones, &id);

    (void) count;
    if (used > 0 && !is_ours(self, &id))
        return true;
    if (zone == NULL || zone->epoch != self->epoch
        || feed_options_read(body + used, size - used, &options) == 0)
        return false;
    if (zone->sequence >= header->sequence)
        return true;
    zone->sequence = header->sequence;
    zone->pending = (options.options.flags & CORE_ZONE_PENDING) != 0;
    self->hooks.begin(self->owner, &id, &options.options, false);
    self->hooks.commit(self->owner, replica_version(self, header->sequence));
    return true;
}

/* Calls handle for each zone id in a body; false when one is broken. */
static bool
for_each_zone(replica_t *self, const uint8_t *bytes, size_t size,
              const struct feed_header *header,
              void (*handle)(replica_t *self, const struct core_zone_id *id,
                             const struct feed_header *header))
{
    struct core_zone_id id;
    size_t used;

    for (size_t offset = 0; offset < size; offset += used) {
        used = feed_zone_read(bytes + offset, size - offset, &id);
        if (used == 0)
            return false;
        handle(self, &id, header);
    }
    return true;
}

static void
renew_zone(replica_t *self, const struct core_zone_id *id,
           const struct feed_header *header)
{
    if (feed_zones_count(self->zones) >= REPLICA_ZONES || !is_ours(self, id))
        return;

    struct feed_zone *zone = feed_zones_add(self->zones, id);

    if (zone->wanted
        || (zone->epoch == self->epoch && zone->sequence >= header->sequence))
        return;
    zone->wanted = true;
    zone->asked = self->request;        /* the next request has another one */
    self->wanted++;
}

static bool
handle_renew(replica_t *self, const struct feed_header *header,
             const struct replica_frame *frames, unsigned count)
{
    (void) count;
    return for_each_zone(self, frames[0].bytes + FEED_HEADER_SIZE,
                         frames[0].size - FEED_HEADER_SIZE, header,
                         renew_zone);
}

static void
remove_zone(replica_t *self, const struct core_zone_id *id,
            const struct feed_header *header)
{
    struct feed_zone *zone = feed_zones_find(self->zones, id);

    if (zone != NULL && zone->sequence < header->sequence)
        replica_drop_zone(self, zone);
}

static bool
handle_remove(replica_t *self, const struct feed_header *header,
              const struct replica_frame *frames, unsigned count)
{
    (void) count;
    return for_each_zone(self, frames[0].bytes + FEED_HEADER_SIZE,
                         frames[0].size - FEED_HEADER_SIZE, header,
                         remove_zone);
}

static bool (*const published_handlers[])(replica_t *self,
                                          const struct feed_header *header,
                                          const struct replica_frame *frames,
                                          unsigned count) = {
    [FEED_CHANGE] = handle_change,
    [FEED_RENEW] = handle_renew,
    [FEED_REMOVE] = handle_remove,
    [FEED_OPTIONS] = handle_options,
};

/* A beat names the last message: when we have not got it, it is lost. */
static void
handle_beat(replica_t *self, const struct feed_header *header, int64_t now_ms)
{
    self->complete = header->flags & FEED_COMPLETE;
    if (header->sequence > self->sequence)
        mend(self, now_ms);
    else if (self->wanted == 0)
        replica_follow(self, now_ms);
}

static void
handle_numbered(replica_t *self, const struct feed_header *header,
                const struct replica_frame *frames, unsigned count,
                int64_t now_ms)
{
    if (header->sequence <= self->sequence)
        return;
    if (header->sequence != self->sequence + 1) {
        mend(self, now_ms);
        return;
    }
    if (!published_handlers[header->kind](self, header, frames, count)) {
        mend(self, now_ms);
        return;
    }
    self->sequence = header->sequence;
    if (self->wanted > 0)
        replica_want(self, now_ms);
}

bool
replica_is_idle(const replica_t *self)
{
    return self->state != FETCHING;
}

bool
replica_published(replica_t *self, const struct replica_frame *frames,
                  unsigned count, int64_t now_ms)
{
    struct feed_header header;

    if (!replica_is_idle(self))
        return false;
    if (count == 0 || count > REPLICA_FRAMES
        || !feed_header_read(frames[0].bytes, frames[0].size, &header)
        || header.kind > FEED_OPTIONS || header.epoch == 0)
        return true;
    self->heard_ms = now_ms;
    if (header.epoch != self->epoch || self->state == LISTENING) {
        replica_start_epoch(self, header.epoch, now_ms);
        return true;
    }

    /* A request for all, or since a gap, will cover this message. */
    if (!self->ours || (self->state == WANTING && self->wanted == 0))
        return true;

    /* Renewals are gathered; anything else waits for them. */
    if (self->wanted > 0 && header.kind != FEED_RENEW)
        return false;
    if (header.kind == FEED_BEAT)
        handle_beat(self, &header, now_ms);
    else
        handle_numbered(self, &header, frames, count, now_ms);
    return true;
}

/* ---- the clock ----------------------------------------------------------- */

void
replica_tick(replica_t *self, int64_t now_ms)
{
    if (self->state == FETCHING) {
        int64_t silent_ms = now_ms - self->fetched_ms;

        if (silent_ms > FETCH_SILENCE_MS)
            replica_give_up(self, now_ms + some_ms());
        else if (silent_ms > POKE_MS)
            self->poke = true;
    }
    if (now_ms - self->heard_ms > SILENCE_MS)
        tell_synced(self, "no word from the source for three seconds");
    else if (now_ms - self->followed_ms > SILENCE_MS
             && self->state != FETCHING)
        tell_synced(self, "a change was missed and not yet made up for");
}
