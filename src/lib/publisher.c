/*
 * publisher - the source's end of a feed
 *
 * Two sockets.  The XPUB one says what changes; it is an XPUB and not a PUB
 * because that shows new subscribers, who get a beat at once and so never wait
 * for the clock.  The ROUTER one answers requests for snapshots, a frame for
 * each credit of the subscriber.
 *
 * Nothing is kept but the name, the options and the last sequence number of
 * each zone.  Renewals are gathered until something else is to be said or the
 * round of the loop is over: 12,000 zones of a first load are two messages.
 */

#include "coredns/feed.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "coredns/clock.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "coredns/pipe.h"
#include "lib/feed_frame.h"
#include "lib/feed_job.h"
#include "lib/feed_zones.h"

#define BEAT_MS 1000
#define JOBS 64                         /* subscribers served at once */
#define JOB_SILENCE_MS 30000            /* without credit: given up */
#define REQUESTS_A_DRAIN 16
#define CHANGE_FRAMES 8                 /* of one transaction, at most */
#define CHANGES_START (FEED_HEADER_SIZE + FEED_ZONE_SIZE)

/* A subscriber that is being answered. */
struct served {
    uint8_t id[256];                    /* its routing id */
    size_t id_size;
    feed_job_t *job;                    /* NULL: the place is free */
    unsigned credit;
    int64_t heard_ms;
};

/* The transaction under way. */
struct transaction {
    struct feed_zone *zone;             /* NULL: there is none */
    uint8_t *bytes;                     /* frames, one behind the other */
    size_t size;
    size_t capacity;
    size_t starts[CHANGE_FRAMES];
    unsigned frames;
    bool too_large;
};

struct core_publisher {
    core_loop_t *loop;
    void *feed;                         /* XPUB; NULL: nobody listens */
    void *snapshot;                     /* ROUTER */
    core_timer_t *beat;
    core_timer_t *late;                 /* runs end_round(); or NULL */
    struct feed_source source;
    struct core_snapshot_hooks hooks;
    struct transaction transaction;
    uint8_t *renewal;                   /* a RENEW frame being gathered */
    size_t renewal_size;                /* 0: none */
    bool beat_is_due;
    struct served served[JOBS];
    uint8_t *frame;                     /* of a snapshot */
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

void
core_publisher_renew(core_publisher_t *self, const struct core_zone_id *id,
                     const struct core_zone_options *options)
{
    uint8_t *bytes = core_allocate(FEED_OPTIONS_SIZE);
    size_t size = feed_options_write(bytes, options);
    struct feed_zone *zone = feed_zones_add(self->source.zones, id);

    zone->options = core_reallocate(zone->options, size);
    zone->options_size = size;
    memcpy(zone->options, bytes, size);
    free(bytes);
    add_renewal(self, zone);
}

void
core_publisher_remove(core_publisher_t *self, const struct core_zone_id *id)
{
    struct feed_zone *zone = feed_zones_find(self->source.zones, id);
    uint8_t bytes[FEED_HEADER_SIZE + FEED_ZONE_SIZE];

    if (zone == NULL)
        return;
    assert(self->transaction.zone == NULL);
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

/* Starts a frame of the transaction; its header is written when it is sent. */
static void
start_frame(struct transaction *transaction)
{
    struct core_zone_id id;
    uint8_t *bytes = transaction->bytes + transaction->size;

    transaction->starts[transaction->frames++] = transaction->size;
    feed_zone_id(transaction->zone, &id);
    transaction->size += FEED_HEADER_SIZE
        + feed_zone_write(bytes + FEED_HEADER_SIZE, FEED_ZONE_SIZE, &id);
}

static void
reserve(struct transaction *transaction, size_t size)
{
    if (transaction->capacity - transaction->size >= size)
        return;
    transaction->capacity = 2 * transaction->capacity + size;
    transaction->bytes = core_reallocate(transaction->bytes,
                                         transaction->capacity);
}

void
core_publisher_begin(core_publisher_t *self, const struct core_zone_id *id)
{
    struct transaction *transaction = &self->transaction;

    assert(transaction->zone == NULL);
    transaction->zone = feed_zones_find(self->source.zones, id);
    assert(transaction->zone != NULL);
    transaction->size = 0;
    transaction->frames = 0;
    transaction->too_large = false;
    reserve(transaction, CHANGES_START);
    start_frame(transaction);
}

/* Adds a change that fits in a frame of its own. */
static void
add_change(struct transaction *transaction, const struct core_change *change)
{
    size_t used = transaction->size
        - transaction->starts[transaction->frames - 1];
    size_t size = 16 + core_name_size(change->owner) + change->rdatas_size;

    if (transaction->size + size > CORE_FEED_TRANSACTION_SIZE
        || (used + size > CORE_FEED_FRAME_SIZE
            && transaction->frames == CHANGE_FRAMES)) {
        transaction->too_large = true;
        return;
    }
    reserve(transaction, size + CHANGES_START);
    if (used + size > CORE_FEED_FRAME_SIZE)
        start_frame(transaction);
    transaction->size += core_change_write(
        transaction->bytes + transaction->size, size, change);
}

void
core_publisher_change(core_publisher_t *self, const struct core_change *change)
{
    struct transaction *transaction = &self->transaction;
    const size_t limit = CORE_FEED_FRAME_SIZE - CHANGES_START;
    struct core_change rest = *change;
    struct core_change part;

    assert(transaction->zone != NULL);
    if (change->kind == CORE_CHANGE_DELETE)
        add_change(transaction, change);
    while (!transaction->too_large && core_change_cut(&rest, &part, limit))
        add_change(transaction, &part);
}

/* Sends the frames of a transaction as one message. */
static void
send_transaction(core_publisher_t *self, struct transaction *transaction)
{
    transaction->zone->sequence = ++self->source.sequence;
    for (unsigned i = 0; i < transaction->frames; i++) {
        bool is_last = i + 1 == transaction->frames;
        uint8_t *bytes = transaction->bytes + transaction->starts[i];
        size_t end = is_last ? transaction->size
            : transaction->starts[i + 1];

        write_header(self, bytes, FEED_CHANGE, is_last ? 0 : FEED_MORE);
        publish(self, bytes, end - transaction->starts[i],
                is_last ? 0 : ZMQ_SNDMORE);
    }
}

void
core_publisher_commit(core_publisher_t *self)
{
    struct transaction *transaction = &self->transaction;
    struct core_zone_id id;

    assert(transaction->zone != NULL);
    feed_zone_id(transaction->zone, &id);
    if (transaction->too_large) {
        add_renewal(self, transaction->zone);
    } else if (transaction->frames > 1 || transaction->size
               > FEED_HEADER_SIZE + 2 + core_name_size(id.name)) {
        flush_renewal(self);
        send_transaction(self, transaction);
    }
    transaction->zone = NULL;

    /* What a rare large one took is not kept for all time. */
    if (transaction->capacity > CORE_FEED_FRAME_SIZE) {
        free(transaction->bytes);
        transaction->bytes = NULL;
        transaction->capacity = 0;
    }
}

/* ---- requests ------------------------------------------------------------ */

static void
end_job(struct served *served)
{
    feed_job_destroy(&served->job);
}

/* Sends what the subscriber has credit for.  One that cannot be reached, or
   does not take what it asked for, is dropped: it will ask again. */
static void
serve(core_publisher_t *self, struct served *served)
{
    while (served->job != NULL && served->credit > 0) {
        size_t size = feed_job_next(served->job, self->frame);

        if (size == 0) {
            end_job(served);
            return;
        }
        served->credit--;
        if (zmq_send(self->snapshot, served->id, served->id_size,
                     ZMQ_DONTWAIT | ZMQ_SNDMORE) == -1
            || zmq_send(self->snapshot, self->frame, size,
                        ZMQ_DONTWAIT) == -1)
            end_job(served);
    }
}

/* The place of the subscriber, or else a free one; NULL when all are taken. */
static struct served *
find_served(core_publisher_t *self, const uint8_t *id, size_t id_size)
{
    struct served *free_place = NULL;

    for (unsigned i = 0; i < JOBS; i++) {
        struct served *served = &self->served[i];

        if (served->job == NULL)
            free_place = free_place != NULL ? free_place : served;
        else if (served->id_size == id_size
                 && memcmp(served->id, id, id_size) == 0)
            return served;
    }
    return free_place;
}

static void
say_absent(core_publisher_t *self, const uint8_t *id, size_t id_size,
           const struct feed_header *header)
{
    uint8_t bytes[FEED_HEADER_SIZE];

    feed_header_write(bytes, &(struct feed_header) {
        .kind = FEED_ABSENT, .epoch = self->source.epoch,
        .sequence = self->source.sequence, .request = header->request,
    });
    if (zmq_send(self->snapshot, id, id_size, ZMQ_DONTWAIT | ZMQ_SNDMORE)
        != -1)
        zmq_send(self->snapshot, bytes, sizeof bytes, ZMQ_DONTWAIT);
}

/* Carries out a request; what is none is left unanswered. */
static void
handle_request(core_publisher_t *self, const uint8_t *id, size_t id_size,
               const uint8_t *bytes, size_t size)
{
    struct feed_header header;
    struct served *served = find_served(self, id, id_size);

    if (!feed_header_read(bytes, size, &header) || served == NULL)
        return;
    if (header.kind == FEED_WANT) {
        end_job(served);
        memcpy(served->id, id, id_size);
        served->id_size = id_size;
        served->credit = 0;
        served->job = feed_job_new(&self->source, &header,
                                   bytes + FEED_HEADER_SIZE,
                                   size - FEED_HEADER_SIZE);
    } else if (header.kind != FEED_CREDIT_MORE) {
        return;
    } else if (served->job == NULL
               || feed_job_request(served->job) != header.request) {
        say_absent(self, id, id_size, &header);
        return;
    }
    served->heard_ms = core_loop_now_ms(self->loop);
    served->credit += header.count < FEED_CREDIT ? header.count : FEED_CREDIT;
    if (served->credit > FEED_CREDIT)
        served->credit = FEED_CREDIT;
    serve(self, served);
}

/* Reads one message into the frames; returns how many it had, 0 when there is
   none.  Frames behind the last one of `frames` are thrown away. */
static unsigned
receive(void *socket, zmq_msg_t *frames, unsigned limit)
{
    unsigned count = 0;
    int more = 1;

    while (more) {
        zmq_msg_t extra;
        zmq_msg_t *frame = count < limit ? &frames[count] : &extra;

        zmq_msg_init(frame);
        if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) == -1) {
            zmq_msg_close(frame);
            for (unsigned i = 0; i < count && i < limit; i++)
                zmq_msg_close(&frames[i]);
            return 0;
        }
        more = zmq_msg_more(frame);
        if (count++ >= limit)
            zmq_msg_close(frame);
    }
    return count;
}

static bool
drain_requests(void *owner)
{
    core_publisher_t *self = owner;

    for (unsigned i = 0; i < REQUESTS_A_DRAIN; i++) {
        zmq_msg_t frames[2];
        unsigned count = receive(self->snapshot, frames, 2);

        if (count == 0)
            return false;
        if (count == 2 && zmq_msg_size(&frames[0]) <= 255)
            handle_request(self, zmq_msg_data(&frames[0]),
                           zmq_msg_size(&frames[0]),
                           zmq_msg_data(&frames[1]),
                           zmq_msg_size(&frames[1]));
        for (unsigned f = 0; f < count && f < 2; f++)
            zmq_msg_close(&frames[f]);
    }
    return true;
}

/* A subscriber has come: it waits for a beat. */
static bool
drain_subscriptions(void *owner)
{
    core_publisher_t *self = owner;
    zmq_msg_t frame;

    while (receive(self->feed, &frame, 1) > 0) {
        self->beat_is_due = true;
        flush_later(self);
        zmq_msg_close(&frame);
    }
    return false;
}

/* ---- life ---------------------------------------------------------------- */

static void
beat(void *owner)
{
    core_publisher_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);

    send_beat(self);
    for (unsigned i = 0; i < JOBS; i++)
        if (self->served[i].job != NULL
            && now_ms - self->served[i].heard_ms > JOB_SILENCE_MS)
            end_job(&self->served[i]);
}

static void *
open_socket(void *context, int type, const char *endpoint,
            struct core_fault *fault)
{
    void *socket = zmq_socket(context, type);
    int on = 1;

    assert(socket != NULL);
    core_socket_prepare(socket);
    if (type == ZMQ_ROUTER) {
        zmq_setsockopt(socket, ZMQ_ROUTER_MANDATORY, &on, sizeof on);
        zmq_setsockopt(socket, ZMQ_ROUTER_HANDOVER, &on, sizeof on);
    } else {
        zmq_setsockopt(socket, ZMQ_XPUB_VERBOSE, &on, sizeof on);
    }
    if (core_endpoint_bind(socket, endpoint, fault) == -1) {
        zmq_close(socket);
        return NULL;
    }
    return socket;
}

static int
open_sockets(core_publisher_t *self, void *context, const char *feed_endpoint,
             const char *snapshot_endpoint, struct core_fault *fault)
{
    if (feed_endpoint == NULL || snapshot_endpoint == NULL)
        return 0;
    self->snapshot = open_socket(context, ZMQ_ROUTER, snapshot_endpoint,
                                 fault);
    if (self->snapshot == NULL)
        return -1;
    core_loop_socket(self->loop, self->snapshot, drain_requests, self);
    self->feed = open_socket(context, ZMQ_XPUB, feed_endpoint, fault);
    if (self->feed == NULL)
        return -1;
    core_loop_socket(self->loop, self->feed, drain_subscriptions, self);
    return 0;
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
        .epoch = (uint64_t) core_clock_real_us(),
    };
    self->renewal = core_allocate(CORE_FEED_FRAME_SIZE);
    self->frame = core_allocate(FEED_SNAPSHOT_FRAME_SIZE);
    if (open_sockets(self, context, feed_endpoint, snapshot_endpoint, fault)
        == -1) {
        core_publisher_destroy(&self);
        return NULL;
    }
    self->beat = core_loop_timer(loop, BEAT_MS, BEAT_MS, beat, self);
    return self;
}

static void
close_socket(core_publisher_t *self, void *socket)
{
    if (socket == NULL)
        return;
    core_loop_unsocket(self->loop, socket);
    zmq_close(socket);
}

void
core_publisher_retire(core_publisher_t *self)
{
    flush_renewal(self);
    close_socket(self, self->feed);
    self->feed = NULL;
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
    for (unsigned i = 0; i < JOBS; i++)
        end_job(&self->served[i]);
    close_socket(self, self->feed);
    close_socket(self, self->snapshot);
    feed_zones_destroy(&self->source.zones);
    free(self->transaction.bytes);
    free(self->renewal);
    free(self->frame);
    free(self);
    *self_p = NULL;
}
