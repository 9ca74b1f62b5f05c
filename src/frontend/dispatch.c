/*
 * dispatch - from a received query to the reply that answers it
 *
 * One timer a slot serves all that can come due.  It is set for the moment the
 * query is sent again, later each time, or for its deadline, whichever is
 * first.  Sending twice is harmless: a query has one slot, and the second
 * reply finds it free or used again under another generation.
 */

#include "frontend/dispatch.h"

#include <czmq.h>

#include "coredns/clock.h"
#include "coredns/rrtype.h"
#include "frontend/chain.h"
#include "frontend/resend.h"

#define CHAINS 64                       /* different heads, at most */
#define TICK_MS 10
#define RETURNED_MS 10                  /* first pause after a refusal */
#define SHIFT_MAX 6                     /* pauses grow 64-fold at most */
#define OWN_REPLY_SIZE 1536             /* of any reply of our own */
#define OPT_ROOM 320                    /* an OPT record of ours, at most */
#define DEPTH_MAX 8                     /* look-ups for look-ups */
#define TRANSPORTS (CORE_INTERNAL + 1)

struct table {
    inflight_t *slots;
    resend_t *timers;
};

struct dispatch {
    core_loop_t *loop;
    core_timer_t *timer;                /* runs while anything is in flight */
    core_life_t *life;
    struct counters *counters;
    struct table tables[DISPATCH_TABLES];
    struct dispatch_carrier carriers[TRANSPORTS];
    struct dispatch_policy policy;
    route_table_t *routes;
    chain_t *chains[CHAINS];
    unsigned chain_count;
    int64_t real_offset_us;             /* from monotonic time to 1970's */
    int64_t offset_read_ms;
    uint8_t trail[CORE_TRAIL_SIZE];
};

/* One slot in hand. */
struct flight {
    enum dispatch_table table;
    uint32_t number;
    struct inflight_slot *slot;
};

static struct flight
flight_at(const dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    return (struct flight) {
        table, number, inflight_at(self->tables[table].slots, number)
    };
}

/* The flight of a record's id; its slot is NULL when it is over. */
static struct flight
flight_of(const dispatch_t *self, uint64_t id)
{
    enum dispatch_table table = inflight_id_table(id);
    uint32_t number = inflight_find(self->tables[table].slots, id);

    if (number == INFLIGHT_NONE)
        return (struct flight) { .slot = NULL };
    return flight_at(self, table, number);
}

/* 1970's clock without reading it for each query. */
static int64_t
real_now_us(dispatch_t *self)
{
    int64_t now_ms = core_loop_now_ms(self->loop);

    if (self->offset_read_ms == 0 || now_ms - self->offset_read_ms >= 1000) {
        self->real_offset_us = core_clock_real_us() - core_clock_us();
        self->offset_read_ms = now_ms;
    }
    return core_loop_now_us(self->loop) + self->real_offset_us;
}

void
dispatch_peer(const struct inflight_slot *slot, struct admit_peer *peer)
{
    if (slot->peer.sin6_family == AF_INET6) {
        memcpy(peer->address, &slot->peer.sin6_addr, sizeof peer->address);
        peer->port = ntohs(slot->peer.sin6_port);
        return;
    }

    struct sockaddr_in v4;

    memcpy(&v4, &slot->peer, sizeof v4);
    memset(peer->address, 0, 10);
    peer->address[10] = peer->address[11] = 0xff;
    memcpy(peer->address + 12, &v4.sin_addr, 4);
    peer->port = ntohs(v4.sin_port);
}

/* ---- replies ------------------------------------------------------------- */

void
dispatch_finish(dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    struct flight flight = flight_at(self, table, number);
    const struct dispatch_carrier *carrier =
        &self->carriers[flight.slot->transport];

    if (carrier->finished != NULL)
        carrier->finished(carrier->owner, number);
    resend_clear(self->tables[table].timers, number);
    inflight_release(self->tables[table].slots, number);
}

static void
request_of(const dispatch_t *self, const struct inflight_slot *slot,
           struct reply_request *request)
{
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];

    *request = (struct reply_request) {
        .query = slot->message,
        .question_end = slot->question_end,
        .limit = slot->limit,
        .asked = slot->asked,
        .is_continued = (slot->progress & INFLIGHT_STREAMING) != 0,
    };
    if ((slot->asked & REPLY_KEEPALIVE) != 0 && carrier->keepalive != NULL)
        request->keepalive = carrier->keepalive(carrier->owner);
}

static uint8_t *
reserve(dispatch_t *self, struct flight flight, size_t size)
{
    const struct dispatch_carrier *carrier =
        &self->carriers[flight.slot->transport];
    uint8_t *room = NULL;

    if (size > flight.slot->limit)
        size = flight.slot->limit;
    if (carrier->reserve != NULL)
        room = carrier->reserve(carrier->owner, flight.number, size);
    if (room == NULL) {
        self->counters->unsent++;
        if (flight.table == DISPATCH_UDP)
            dispatch_unsent(self, flight.table, flight.number);
        else
            dispatch_finish(self, flight.table, flight.number);
    }
    return room;
}

/* Hands the reply over to the transport. */
static void
commit(dispatch_t *self, struct flight flight, const uint8_t *reply,
       size_t size, bool is_last, size_t trail_size)
{
    struct inflight_slot *slot = flight.slot;
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];

    if (is_last) {
        unsigned rcode = reply[3] & 15;

        slot->progress |= INFLIGHT_ANSWERED;
        resend_clear(self->tables[flight.table].timers, flight.number);
        counters_reply(self->counters, rcode,
                       real_now_us(self) - slot->arrived_us);
    }
    carrier->commit(carrier->owner, flight.number, size, is_last, self->trail,
                    trail_size);
}

/* Answers without a stage. */
static void
reply_rcode_now(dispatch_t *self, struct flight flight, unsigned rcode,
                uint16_t ede_code)
{
    struct reply_request request;
    struct reply_ede ede = { .code = ede_code };
    uint8_t *room = reserve(self, flight, OWN_REPLY_SIZE);
    size_t trail_size = 0;

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);

    size_t size = reply_rcode(&self->policy.reply, &request, rcode, &ede,
                              room);

    if (ede_code != CORE_EDE_NONE) {
        uint8_t value[2];

        core_write16(value, ede_code);
        trail_size = core_trail_add(self->trail, 0, CORE_TRAIL_EDE, value,
                                    sizeof value);
    }
    commit(self, flight, room, size, true, trail_size);
}

static void
reply_unknown_key_now(dispatch_t *self, struct flight flight,
                      const struct core_message *message)
{
    struct reply_request request;
    uint8_t *room = reserve(self, flight, OWN_REPLY_SIZE);

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);
    commit(self, flight, room,
           reply_unknown_key(&self->policy.reply, &request, message, room),
           true, 0);
}

static void
reply_chaos_now(dispatch_t *self, struct flight flight,
                const struct core_message *message)
{
    struct reply_request request;
    uint8_t composed[CHAOS_REPLY_SIZE];
    size_t size = chaos_reply(&self->policy.chaos, message, composed);
    uint8_t *room = reserve(self, flight, size + OPT_ROOM);
    bool is_cut;

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);
    size = reply_shape(&self->policy.reply, &request, composed, size, NULL,
                       room, &is_cut);
    commit(self, flight, room, size, true, 0);
}

/* ---- queries on their way down ------------------------------------------- */

static int64_t
grown(int64_t pause_ms, unsigned times)
{
    return pause_ms << (times < SHIFT_MAX ? times : SHIFT_MAX);
}

/* When the slot is to be looked at again. */
static int64_t
due_time(const dispatch_t *self, const struct inflight_slot *slot)
{
    int64_t due = core_loop_now_ms(self->loop);

    if ((slot->progress & INFLIGHT_UNREACHABLE) != 0) {
        int64_t pause = grown(RETURNED_MS, slot->returns);

        due += pause < self->policy.retry_ms ? pause : self->policy.retry_ms;
    } else if ((slot->progress & INFLIGHT_TRANSFER) != 0) {
        due = slot->deadline_ms;
    } else {
        due += grown(self->policy.retry_ms, slot->attempts);
    }
    return due < slot->deadline_ms ? due : slot->deadline_ms;
}

static void run_timers(void *owner);

static void
set_timer(dispatch_t *self, struct flight flight, int64_t due_ms)
{
    resend_set(self->tables[flight.table].timers, flight.number, due_ms);
    if (self->timer == NULL)
        self->timer = core_loop_timer(self->loop, TICK_MS, TICK_MS,
                                      run_timers, self);
}

static size_t
make_trail(dispatch_t *self, const struct inflight_slot *slot,
           const uint8_t *zone)
{
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];
    size_t size = carrier->trail == NULL ? 0
        : carrier->trail(carrier->owner, slot, self->trail);

    return core_trail_add(self->trail, size, CORE_TRAIL_ROUTE, zone,
                          core_name_size(zone));
}

/* Sends a query to its chain, the first time or once more. */
static void
send_down(dispatch_t *self, struct flight flight, const uint8_t *zone)
{
    struct inflight_slot *slot = flight.slot;
    int64_t left_ms = slot->deadline_ms - core_loop_now_ms(self->loop);
    bool is_resent = slot->attempts + slot->returns > 0;
    struct admit_peer peer;
    struct core_record record = {
        .id = inflight_id(self->tables[flight.table].slots, flight.number,
                          flight.table),
        .arrived_us = slot->arrived_us,
        .left_ms = left_ms > 0 ? (uint32_t) left_ms : 0,
        .flags = (uint16_t) (slot->record_flags
                             | (is_resent ? CORE_RECORD_RESENT : 0)),
        .transport = slot->transport,
        .message = slot->message,
        .message_size = slot->size,
        .trail = self->trail,
        .trail_size = make_trail(self, slot, zone),
    };

    dispatch_peer(slot, &peer);
    memcpy(record.client, peer.address, sizeof record.client);
    record.client_port = peer.port;
    slot->progress &= (uint8_t) ~INFLIGHT_UNREACHABLE;
    set_timer(self, flight, due_time(self, slot));
    chain_add(self->chains[slot->chain], &record,
              slot->message + CORE_HEADER_SIZE);
}

/* The route may have changed since the query came. */
static void
route_down(dispatch_t *self, struct flight flight)
{
    struct inflight_slot *slot = flight.slot;
    const uint8_t *qtype = slot->message + slot->question_end - 4;
    const uint8_t *zone;
    uint32_t chain = route_table_find(self->routes,
                                      slot->message + CORE_HEADER_SIZE,
                                      core_read16(qtype), &zone);

    if (chain == ROUTE_NONE) {
        reply_rcode_now(self, flight, CORE_REFUSED,
                        CORE_EDE_NOT_AUTHORITATIVE);
        return;
    }
    slot->chain = (uint8_t) chain;
    slot->progress |= INFLIGHT_ROUTED;
    send_down(self, flight, zone);
}

static void
count_query(struct counters *counters, const struct inflight_slot *slot,
            const struct admit_peer *peer, const struct core_message *message)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    bool is_v6 = memcmp(peer->address, mapped, sizeof mapped) != 0;

    if (message->edns.dnssec_ok)
        counters->dnssec_ok++;
    if (slot->transport == CORE_INTERNAL) {
        counters->internal_requests++;
        return;
    }
    counters->queries++;
    counters->requests[slot->transport == CORE_UDP ? COUNTERS_UDP
                                                   : COUNTERS_TCP][is_v6]++;
}

/* Look-ups for look-ups end somewhere. */
static bool
is_too_deep(dispatch_t *self, const struct inflight_slot *slot)
{
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];
    size_t size;

    if (slot->transport != CORE_INTERNAL || carrier->trail == NULL)
        return false;

    size_t trail_size = carrier->trail(carrier->owner, slot, self->trail);
    const uint8_t *depth = core_trail_find(self->trail, trail_size,
                                           CORE_TRAIL_DEPTH, &size);

    return depth != NULL && (size != 1 || *depth > DEPTH_MAX);
}

static void
start_clock(dispatch_t *self, struct inflight_slot *slot)
{
    int64_t now_ms = core_loop_now_ms(self->loop);

    if (slot->arrived_us == 0)
        slot->arrived_us = real_now_us(self);
    if (slot->deadline_ms == 0
        || slot->deadline_ms > now_ms + self->policy.deadline_ms)
        slot->deadline_ms = now_ms + self->policy.deadline_ms;
}

static void
judge(dispatch_t *self, struct flight flight, enum admit_verdict verdict,
      const struct core_message *message, unsigned rcode)
{
    switch (verdict) {
    case ADMIT_QUERY:
        if (message->qtype == CORE_AXFR || message->qtype == CORE_IXFR)
            flight.slot->progress |= INFLIGHT_TRANSFER;
        if (is_too_deep(self, flight.slot))
            reply_rcode_now(self, flight, CORE_SERVFAIL, CORE_EDE_OTHER);
        else
            route_down(self, flight);
        break;
    case ADMIT_CHAOS:
        reply_chaos_now(self, flight, message);
        break;
    case ADMIT_REPLY:
        reply_rcode_now(self, flight, rcode, CORE_EDE_NONE);
        break;
    case ADMIT_UNKNOWN_KEY:
        reply_unknown_key_now(self, flight, message);
        break;
    case ADMIT_DROP:
        break;
    }
}

void
dispatch_query(dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    struct flight flight = flight_at(self, table, number);
    struct inflight_slot *slot = flight.slot;
    struct reply_request request;
    struct core_message message;
    struct admit_peer peer;
    unsigned rcode;

    dispatch_peer(slot, &peer);

    enum admit_verdict verdict = admit(&self->policy.admit, slot->message,
                                       slot->size, slot->transport, &peer,
                                       &message, &rcode);

    if (verdict == ADMIT_DROP) {
        self->counters->silent++;
        dispatch_finish(self, table, number);
        return;
    }
    count_query(self->counters, slot, &peer, &message);
    start_clock(self, slot);
    reply_request_read(&request, &self->policy.reply, &message,
                       slot->transport);
    slot->question_end = request.question_end;
    slot->limit = request.limit;
    slot->asked = request.asked;
    judge(self, flight, verdict, &message, rcode);
}

/* ---- what can go wrong --------------------------------------------------- */

static void
give_up(dispatch_t *self, struct flight flight)
{
    struct inflight_slot *slot = flight.slot;
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];

    self->counters->expired++;
    if ((slot->progress & INFLIGHT_STREAMING) != 0) {
        carrier->abandon(carrier->owner, flight.number);
        dispatch_finish(self, flight.table, flight.number);
        return;
    }
    reply_rcode_now(self, flight, CORE_SERVFAIL,
                    (slot->progress & INFLIGHT_UNREACHABLE) != 0
                    ? CORE_EDE_NETWORK_ERROR
                    : CORE_EDE_NO_REACHABLE_AUTHORITY);
}

/* Nobody took the query: it is tried again soon. */
static void
take_back(dispatch_t *self, struct flight flight)
{
    flight.slot->progress |= INFLIGHT_UNREACHABLE;
    if (flight.slot->returns < UINT8_MAX)
        flight.slot->returns++;
    self->counters->returned++;
    set_timer(self, flight, due_time(self, flight.slot));
}

static void
look_again(dispatch_t *self, struct flight flight)
{
    struct inflight_slot *slot = flight.slot;

    if (core_loop_now_ms(self->loop) >= slot->deadline_ms) {
        give_up(self, flight);
        return;
    }
    if ((slot->progress & INFLIGHT_UNREACHABLE) == 0
        && slot->attempts < UINT8_MAX)
        slot->attempts++;
    if ((slot->progress & INFLIGHT_ROUTED) == 0) {
        dispatch_query(self, flight.table, flight.number);
        return;
    }
    self->counters->resent++;
    route_down(self, flight);
}

static void
run_timers(void *owner)
{
    dispatch_t *self = owner;
    int64_t now_ms = core_loop_now_ms(self->loop);
    bool is_idle = true;

    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        struct table *table = &self->tables[t];
        uint32_t number;

        while ((number = resend_next(table->timers, now_ms)) != RESEND_NONE)
            look_again(self, flight_at(self, t, number));
        if (!resend_is_empty(table->timers))
            is_idle = false;
    }
    if (is_idle)
        core_loop_timer_cancel(self->loop, &self->timer);
}

void
dispatch_unsent(dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    struct flight flight = flight_at(self, table, number);

    if (core_loop_now_ms(self->loop) >= flight.slot->deadline_ms) {
        dispatch_finish(self, table, number);
        return;
    }
    flight.slot->progress &= (uint8_t) ~INFLIGHT_ANSWERED;
    set_timer(self, flight, due_time(self, flight.slot));
}

bool
dispatch_make_room(dispatch_t *self, enum dispatch_table table)
{
    inflight_t *slots = self->tables[table].slots;
    uint32_t number = inflight_oldest(slots);

    while (number != INFLIGHT_NONE
           && (inflight_at(slots, number)->progress & INFLIGHT_ANSWERED) != 0)
        number = inflight_after(slots, number);
    if (number == INFLIGHT_NONE)
        return false;
    self->counters->overflow++;
    if (table == DISPATCH_UDP)
        dispatch_finish(self, table, number);
    else
        give_up(self, flight_at(self, table, number));
    return true;
}

void
dispatch_recover(dispatch_t *self, enum dispatch_table table)
{
    inflight_t *slots = self->tables[table].slots;
    uint32_t next;

    for (uint32_t number = inflight_oldest(slots); number != INFLIGHT_NONE;
         number = next) {
        struct inflight_slot *slot = inflight_at(slots, number);

        next = inflight_after(slots, number);
        self->counters->recovered++;
        if (slot->deadline_ms != 0
            && slot->deadline_ms <= core_loop_now_ms(self->loop)) {
            self->counters->expired++;
            dispatch_finish(self, table, number);
            continue;
        }
        slot->returns = 1;              /* it may have been seen before */
        dispatch_query(self, table, number);
    }
}

/* ---- what the stages say ------------------------------------------------- */

static void
read_ede(const struct core_record *record, struct reply_ede *ede)
{
    size_t size;
    const uint8_t *value;

    *ede = (struct reply_ede) { .code = CORE_EDE_NONE };
    if (record->trail_size == 0)
        return;
    value = core_trail_find(record->trail, record->trail_size, CORE_TRAIL_EDE,
                            &size);
    if (value == NULL || size < 2)
        return;
    *ede = (struct reply_ede) { core_read16(value), value + 2, size - 2 };
}

static void
keep_streaming(dispatch_t *self, struct flight flight)
{
    flight.slot->progress |= INFLIGHT_STREAMING;
    flight.slot->deadline_ms = core_loop_now_ms(self->loop)
        + self->policy.deadline_ms;
    set_timer(self, flight, flight.slot->deadline_ms);
}

static void
take_reply(dispatch_t *self, struct flight flight,
           const struct core_record *record)
{
    bool is_last = (record->flags & CORE_RECORD_MORE) == 0
        || flight.slot->transport == CORE_UDP;
    uint8_t *room = reserve(self, flight, record->message_size + OPT_ROOM);
    struct reply_request request;
    struct reply_ede ede;
    bool is_cut;

    if (room == NULL)
        return;
    request_of(self, flight.slot, &request);
    read_ede(record, &ede);

    size_t size = reply_shape(&self->policy.reply, &request, record->message,
                              record->message_size, &ede, room, &is_cut);

    if (size == 0) {
        self->counters->broken++;
        if ((flight.slot->progress & INFLIGHT_STREAMING) != 0)
            give_up(self, flight);
        else
            reply_rcode_now(self, flight, CORE_SERVFAIL,
                            CORE_EDE_INVALID_DATA);
        return;
    }
    if (is_cut)
        self->counters->truncated++;
    if (!is_last)
        keep_streaming(self, flight);
    memcpy(self->trail, record->trail, record->trail_size);
    commit(self, flight, room, size, is_last, record->trail_size);
}

static void
take_replies(void *owner, const struct core_envelope *envelope,
             struct core_batch_reader *reader)
{
    dispatch_t *self = owner;
    struct core_record record;

    (void) envelope;                    /* it ends here */
    while (core_batch_next(reader, &record)) {
        struct flight flight = flight_of(self, record.id);

        if (flight.slot == NULL
            || (flight.slot->progress & INFLIGHT_ANSWERED) != 0)
            self->counters->late++;
        else if ((record.flags & CORE_RECORD_RETURNED) == 0)
            take_reply(self, flight, &record);
        else if ((flight.slot->progress & INFLIGHT_STREAMING) == 0)
            take_back(self, flight);
    }
}

static void
take_undelivered(void *owner, uint64_t id)
{
    dispatch_t *self = owner;
    struct flight flight = flight_of(self, id);

    if (flight.slot != NULL
        && (flight.slot->progress & INFLIGHT_ANSWERED) == 0)
        take_back(self, flight);
}

/* A stage is back: what it may have taken with it is sent once more. */
static void
take_return(void *owner, core_outlet_t *outlet, unsigned instance)
{
    dispatch_t *self = owner;
    uint32_t next;

    (void) instance;                    /* twice is harmless */
    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        inflight_t *slots = self->tables[t].slots;

        for (uint32_t number = inflight_oldest(slots);
             number != INFLIGHT_NONE; number = next) {
            struct flight flight = flight_at(self, t, number);

            next = inflight_after(slots, number);
            if ((flight.slot->progress & INFLIGHT_ANSWERED) != 0
                || (flight.slot->progress & INFLIGHT_ROUTED) == 0
                || !chain_is(self->chains[flight.slot->chain], outlet))
                continue;
            if ((flight.slot->progress & INFLIGHT_STREAMING) != 0) {
                give_up(self, flight);
                continue;
            }
            flight.slot->attempts = 0;
            flight.slot->returns = 1;
            self->counters->resent++;
            route_down(self, flight);
        }
    }
}

/* ---- making and ending --------------------------------------------------- */

dispatch_t *
dispatch_new(core_life_t *life, inflight_t *udp, inflight_t *connected,
             struct counters *counters)
{
    dispatch_t *self = zmalloc(sizeof *self);
    inflight_t *slots[DISPATCH_TABLES] = { udp, connected };

    self->life = life;
    self->loop = core_life_loop(life);
    self->counters = counters;
    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        self->tables[t].slots = slots[t];
        self->tables[t].timers = resend_new(inflight_slots(slots[t]),
                                            core_loop_now_ms(self->loop));
    }
    return self;
}

void
dispatch_destroy(dispatch_t **self_p)
{
    assert(self_p);

    dispatch_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->timer);
    for (unsigned i = 0; i < self->chain_count; i++)
        chain_destroy(&self->chains[i]);
    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++)
        resend_destroy(&self->tables[t].timers);
    route_table_destroy(&self->routes);
    free(self);
    *self_p = NULL;
}

int
dispatch_chain(dispatch_t *self, const char *name, struct core_fault *fault)
{
    struct chain_events events = {
        take_replies, take_return, take_undelivered, self
    };

    for (unsigned i = 0; i < self->chain_count; i++) {
        if (streq(chain_name(self->chains[i]), name))
            return (int) i;
    }
    if (self->chain_count == CHAINS) {
        core_fault_set(fault, NULL, 0, "more than %d different next stages",
                       CHAINS);
        return -1;
    }

    chain_t *chain = chain_new(self->life, name, &events, fault);

    if (chain == NULL)
        return -1;
    self->chains[self->chain_count] = chain;
    return (int) self->chain_count++;
}

void
dispatch_configure(dispatch_t *self, const struct dispatch_policy *policy,
                   route_table_t **routes_p)
{
    self->policy = *policy;
    route_table_destroy(&self->routes);
    self->routes = *routes_p;
    *routes_p = NULL;
}

void
dispatch_carry(dispatch_t *self, enum core_transport transport,
               const struct dispatch_carrier *carrier)
{
    self->carriers[transport] = *carrier;
}

void
dispatch_flush(dispatch_t *self)
{
    for (unsigned i = 0; i < self->chain_count; i++)
        chain_flush(self->chains[i]);
}

uint32_t
dispatch_in_flight(const dispatch_t *self)
{
    return inflight_count(self->tables[DISPATCH_UDP].slots)
        + inflight_count(self->tables[DISPATCH_CONNECTED].slots);
}
