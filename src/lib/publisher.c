/*
 * publisher - the source's end of a feed
 *
 * One socket says what changes; it is an XPUB and not a PUB because that shows
 * new subscribers, who get a beat at once and so never wait for the clock.
 * Another one answers requests for snapshots (feed_server.h).
 *
 * Nothing is kept but the name, the options and the last sequence number of
 * each zone.  Renewals are gathered until something else is to be said, a
 * snapshot is asked for or the round of the loop is over: 12,000 zones of a
 * first load are two messages.
 */

#include "coredns/feed.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/clock.h"
#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "lib/feed_frame.h"
#include "lib/feed_server.h"
#include "lib/feed_transaction.h"
#include "lib/feed_zones.h"

#define BEAT_MS 1000

struct core_publisher {
    core_loop_t *loop;
    void *feed;                         /* XPUB; NULL: nobody listens */
    feed_server_t *server;              /* NULL likewise */
    core_timer_t *beat;
    core_timer_t *late;                 /* runs end_round(); or NULL */
    struct feed_source source;
    struct core_snapshot_hooks hooks;
    struct feed_transaction transaction;
    uint8_t *renewal;                   /* a RENEW frame being gathered */
    size_t renewal_size;                /* 0: none */
    bool beat_is_due;
};

/* ---- what is published --------------------------------------------------- */

static void
write_header(const core_publisher_t *self, uint8_t *bytes,
             enum feed_kind kind, unsigned flags)
{
    feed_header_write(bytes, &(struct feed_header) {
        .kind = kind, .flags = (uint16_t) flags,
        .epoch = self->source.epoch, .sequence = self->source.sequence,
    });
}

static void
publish(core_publisher_t *self, const uint8_t *bytes, size_t size, int flags)
{
    /* An XPUB never blocks: who does not keep up finds a gap. */
    if (self->feed != NULL)
        zmq_send(self->feed, bytes, size, ZMQ_DONTWAIT | flags);
}

/* Sends the renewals gathered so far. */
static void
flush_renewal(core_publisher_t *self)
{
    if (self->renewal_size == 0)
        return;
    publish(self, self->renewal, self->renewal_size, 0);
    self->renewal_size = 0;
}

static void
settle(void *owner)
{
    flush_renewal(owner);
}

static void
send_beat(core_publisher_t *self)
{
    uint8_t bytes[FEED_HEADER_SIZE];

    flush_renewal(self);
    write_header(self, bytes, FEED_BEAT,
                 self->source.complete ? FEED_COMPLETE : 0);
    publish(self, bytes, sizeof bytes, 0);
    self->beat_is_due = false;
}

static void
end_round(void *owner)
{
    core_publisher_t *self = owner;

    self->late = NULL;                  /* it has ended itself */
    flush_renewal(self);
    if (self->beat_is_due)
        send_beat(self);
}

/* Has end_round() called when what is at hand has been done. */
static void
flush_later(core_publisher_t *self)
{
    if (self->late == NULL)
        self->late = core_loop_timer(self->loop, 0, 0, end_round, self);
}

/* Adds a zone to the renewal; its message takes its place in the sequence when
   its first zone comes, for whatever follows flushes it. */
static void
add_renewal(core_publisher_t *self, struct feed_zone *zone)
{
    struct core_zone_id id;

    if (self->renewal_size + FEED_ZONE_SIZE > CORE_FEED_FRAME_SIZE)
        flush_renewal(self);
    if (self->renewal_size == 0) {
        self->source.sequence++;
        write_header(self, self->renewal, FEED_RENEW, 0);
        self->renewal_size = FEED_HEADER_SIZE;
        flush_later(self);
    }
    feed_zone_id(zone, &id);
    self->renewal_size += feed_zone_write(self->renewal + self->renewal_size,
                                          FEED_ZONE_SIZE, &id);
    zone->sequence = self->source.sequence;
}

static void
set_options(struct feed_zone *zone, const struct core_zone_options *options)
{
    uint8_t *bytes = core_allocate(FEED_OPTIONS_SIZE);
    size_t size = feed_options_write(bytes, options);

    zone->options = core_reallocate(zone->options, size);
    zone->options_size = size;
    memcpy(zone->options, bytes, size);
    free(bytes);
}

void
core_publisher_renew(core_publisher_t *self, const struct core_zone_id *id,
                     const struct core_zone_options *options)
{
    struct feed_zone *zone = feed_zones_add(self->source.zones, id);

    set_options(zone, options);
    add_renewal(self, zone);
}

void
core_publisher_options(core_publisher_t *self, const struct core_zone_id *id,
                       const struct core_zone_options *options)
{
    struct feed_zone *zone = feed_zones_find(self->source.zones, id);
    uint8_t bytes[FEED_HEADER_SIZE + FEED_ZONE_SIZE + FEED_OPTIONS_SIZE];
    size_t size = FEED_HEADER_SIZE;

    assert(self->transaction.frames == 0 && zone != NULL);
    set_options(zone, options);
    flush_renewal(self);
    zone->sequence = ++self->source.sequence;
    write_header(self, bytes, FEED_OPTIONS, 0);
    size += feed_zone_write(bytes + size, FEED_ZONE_SIZE, id);
    memcpy(bytes + size, zone->options, zone->options_size);
    publish(self, bytes, size + zone->options_size, 0);
}

void
core_publisher_remove(core_publisher_t *self, const struct core_zone_id *id)
{
    struct feed_zone *zone = feed_zones_find(self->source.zones, id);
    uint8_t bytes[FEED_HEADER_SIZE + FEED_ZONE_SIZE];

    if (zone == NULL)
        return;
    assert(self->transaction.frames == 0);
    flush_renewal(self);
    self->source.removed = ++self->source.sequence;
    feed_zones_remove(self->source.zones, zone);
    write_header(self, bytes, FEED_REMOVE, 0);
    publish(self, bytes, FEED_HEADER_SIZE
            + feed_zone_write(bytes + FEED_HEADER_SIZE, FEED_ZONE_SIZE, id),
            0);
}

void
core_publisher_complete(core_publisher_t *self)
{
    self->source.complete = true;
    send_beat(self);
}

/* ---- transactions -------------------------------------------------------- */

void
core_publisher_begin(core_publisher_t *self, const struct core_zone_id *id)
{
    assert(self->transaction.frames == 0);
    assert(feed_zones_find(self->source.zones, id) != NULL);
    feed_transaction_start(&self->transaction, id);
}

void
core_publisher_change(core_publisher_t *self, const struct core_change *change)
{
    assert(self->transaction.frames > 0);
    feed_transaction_add(&self->transaction, change);
}

/* Sends the frames of the transaction as one message. */
static void
send_transaction(core_publisher_t *self, struct feed_zone *zone)
{
    const struct feed_transaction *transaction = &self->transaction;

    flush_renewal(self);
    zone->sequence = ++self->source.sequence;
    for (unsigned i = 0; i < transaction->frames; i++) {
        bool is_last = i + 1 == transaction->frames;
        size_t size;
        uint8_t *bytes = feed_transaction_frame(transaction, i, &size);

        write_header(self, bytes, FEED_CHANGE, is_last ? 0 : FEED_MORE);
        publish(self, bytes, size, is_last ? 0 : ZMQ_SNDMORE);
    }
}

void
core_publisher_commit(core_publisher_t *self)
{
    struct feed_transaction *transaction = &self->transaction;
    struct feed_zone *zone = feed_zones_find(self->source.zones,
                                             &transaction->zone);

    assert(transaction->frames > 0 && zone != NULL);
    if (transaction->is_too_large)
        add_renewal(self, zone);
    else if (!transaction->is_empty)
        send_transaction(self, zone);
    feed_transaction_end(transaction);
}

/* ---- life ---------------------------------------------------------------- */

/* A subscriber has come: it waits for a beat. */
static bool
drain_subscriptions(void *owner)
{
    core_publisher_t *self = owner;
    uint8_t subscription[1];

    while (zmq_recv(self->feed, subscription, sizeof subscription,
                    ZMQ_DONTWAIT) != -1) {
        self->beat_is_due = true;
        flush_later(self);
    }
    return false;
}

static void
beat(void *owner)
{
    core_publisher_t *self = owner;

    send_beat(self);
    if (self->server != NULL)
        feed_server_tidy(self->server);
}

static int
open_feed(core_publisher_t *self, void *context, const char *endpoint,
          struct core_fault *fault)
{
    int on = 1;

    self->feed = zmq_socket(context, ZMQ_XPUB);
    assert(self->feed != NULL);
    core_socket_prepare(self->feed);
    zmq_setsockopt(self->feed, ZMQ_XPUB_VERBOSE, &on, sizeof on);
    core_loop_socket(self->loop, self->feed, drain_subscriptions, self);
    return core_endpoint_bind(self->feed, endpoint, fault);
}

static int
open_sockets(core_publisher_t *self, void *context, const char *feed_endpoint,
             const char *snapshot_endpoint, struct core_fault *fault)
{
    if (feed_endpoint == NULL || snapshot_endpoint == NULL)
        return 0;
    self->server = feed_server_new(context, self->loop, snapshot_endpoint,
                                   &self->source, fault);
    return self->server == NULL ? -1
        : open_feed(self, context, feed_endpoint, fault);
}

core_publisher_t *
core_publisher_new(void *context, core_loop_t *loop,
                   const char *feed_endpoint, const char *snapshot_endpoint,
                   const struct core_snapshot_hooks *hooks, void *owner,
                   struct core_fault *fault)
{
    core_publisher_t *self = core_allocate(sizeof *self);

    self->loop = loop;
    self->hooks = *hooks;
    self->source = (struct feed_source) {
        .zones = feed_zones_new(), .hooks = &self->hooks, .owner = owner,
        .settle = settle, .publisher = self,
        .epoch = (uint64_t) core_clock_real_us(),
    };
    self->renewal = core_allocate(CORE_FEED_FRAME_SIZE);
    if (open_sockets(self, context, feed_endpoint, snapshot_endpoint, fault)
        == -1) {
        core_publisher_destroy(&self);
        return NULL;
    }
    self->beat = core_loop_timer(loop, BEAT_MS, BEAT_MS, beat, self);
    return self;
}

static void
close_feed(core_publisher_t *self)
{
    if (self->feed == NULL)
        return;
    core_loop_unsocket(self->loop, self->feed);
    zmq_close(self->feed);
    self->feed = NULL;
}

void
core_publisher_retire(core_publisher_t *self)
{
    flush_renewal(self);
    close_feed(self);
}

void
core_publisher_destroy(core_publisher_t **self_p)
{
    assert(self_p);

    core_publisher_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->beat);
    core_loop_timer_cancel(self->loop, &self->late);
    feed_server_destroy(&self->server);
    close_feed(self);
    feed_zones_destroy(&self->source.zones);
    feed_transaction_free(&self->transaction);
    free(self->renewal);
    free(self);
    *self_p = NULL;
}
