/*
 * dispatch - from a received query to the reply that answers it
 */

#include "frontend/dispatch.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "coredns/clock.h"
#include "coredns/memory.h"
#include "coredns/rrtype.h"
#include "frontend/flight.h"

#define DEPTH_MAX 8                     /* look-ups for look-ups */

struct flight
flight_at(const dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    return (struct flight) {
        table, number, inflight_at(self->tables[table].slots, number)
    };
}

struct flight
flight_of(const dispatch_t *self, uint64_t id)
{
    enum dispatch_table table = inflight_id_table(id);
    uint32_t number = inflight_find(self->tables[table].slots, id);

    if (number == INFLIGHT_NONE)
        return (struct flight) { .slot = NULL };
    return flight_at(self, table, number);
}

int64_t
flight_now_us(dispatch_t *self)
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

void
dispatch_finish(dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    struct flight flight = flight_at(self, table, number);
    const struct dispatch_carrier *carrier =
        &self->carriers[flight.slot->transport];

    if (carrier->finished != NULL)
        carrier->finished(carrier->owner, number);
    if ((flight.slot->progress & INFLIGHT_STREAMING) != 0)
        streams_end(&self->streams, number);
    wheel_clear(self->tables[table].timers, number);
    inflight_release(self->tables[table].slots, number);
}

/* ---- on the way down ----------------------------------------------------- */

static size_t
make_trail(dispatch_t *self, struct flight flight, const uint8_t *zone)
{
    const struct inflight_slot *slot = flight.slot;
    const struct dispatch_carrier *carrier = &self->carriers[slot->transport];
    size_t size = carrier->trail == NULL ? 0
        : carrier->trail(carrier->owner, slot, self->trail);

    size = core_trail_add(self->trail, size, CORE_TRAIL_ROUTE, zone,
                          core_name_size(zone));
    if ((slot->progress & INFLIGHT_STREAMING) != 0)
        size = core_trail_add_part(self->trail, size,
                                   &streams_find(&self->streams,
                                                 flight.number)->next);
    return size;
}

/* Adds the stop that a traced query makes here. */
static size_t
add_hop(dispatch_t *self, const struct inflight_slot *slot,
        const uint8_t *zone, size_t trail_size)
{
    char name[CORE_NAME_TEXT_SIZE] = "no zone";
    char reason[CORE_NAME_TEXT_SIZE + 80];

    if (zone != NULL)
        core_name_to_text(name, zone);
    snprintf(reason, sizeof reason, "route of %s to %.64s", name,
             chain_name(flight_route(self, slot)->chain));
    return core_trail_hop(self->trail, trail_size, &(struct core_hop) {
        .name = core_life_name(self->life), .verdict = "passed",
        .out_us = core_clock_real_us() - slot->arrived_us, .reason = reason,
    });
}

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
        .trail_size = make_trail(self, flight, zone),
    };

    if ((slot->record_flags & CORE_RECORD_TRACE) != 0)
        record.trail_size = add_hop(self, slot, zone, record.trail_size);
    dispatch_peer(slot, &peer);
    memcpy(record.client, peer.address, sizeof record.client);
    record.client_port = peer.port;
    patience_start(self, flight);
    chain_add(flight_route(self, slot)->chain, &record,
              slot->message + CORE_HEADER_SIZE);
}

const struct dispatch_route *
flight_route(const dispatch_t *self, const struct inflight_slot *slot)
{
    return &self->plan.routes[self->plan.zones[slot->zone].route];
}

/* Sets the zone of a slot with a question; returns its name or NULL. */
static const uint8_t *
find_zone(const dispatch_t *self, struct inflight_slot *slot)
{
    const uint8_t *qtype = slot->message + slot->question_end - 4;
    uint32_t zone = route_table_find(self->plan.table,
                                     slot->message + CORE_HEADER_SIZE,
                                     core_read16(qtype), NULL);

    slot->zone = zone == ROUTE_NONE ? DISPATCH_ELSEWHERE : zone;
    return self->plan.zones[slot->zone].name;
}

/* Finds the route anew: it may have changed since the query came. */
void
flight_down(dispatch_t *self, struct flight flight)
{
    const uint8_t *zone = find_zone(self, flight.slot);
    const struct dispatch_route *route = flight_route(self, flight.slot);

    if (route->chain == NULL
        && (flight.slot->progress & INFLIGHT_STREAMING) != 0) {
        patience_end(self, flight);
        return;
    }
    if (route->chain == NULL) {
        answer_rcode(self, flight, route->otherwise,
                     zone == NULL ? CORE_EDE_NOT_AUTHORITATIVE
                                  : CORE_EDE_NONE);
        return;
    }
    flight.slot->progress |= INFLIGHT_ROUTED;
    send_down(self, flight, zone);
}

/* What the route's chain keeps and lets us see is answered without it. */
static bool
answer_known(dispatch_t *self, struct flight flight,
             const struct core_message *message)
{
    chain_t *chain = flight_route(self, flight.slot)->chain;
    struct core_record reply = { .flags = 0 };

    if (chain == NULL || (flight.slot->record_flags & CORE_RECORD_TRACE) != 0
        || !chain_find(chain, message, &reply))
        return false;
    self->counters->known++;
    answer_record(self, flight, &reply);
    return true;
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
    int64_t latest_ms = core_loop_now_ms(self->loop)
        + flight_route(self, slot)->deadline_ms;

    if (slot->arrived_us == 0)
        slot->arrived_us = flight_now_us(self);
    if (slot->deadline_ms == 0 || slot->deadline_ms > latest_ms)
        slot->deadline_ms = latest_ms;
}

/* Answers here or sends down. */
static void
handle(dispatch_t *self, struct flight flight,
       const struct core_message *message)
{
    const struct dispatch_route *route = flight_route(self, flight.slot);
    uint8_t made[MADE_REPLY_SIZE];
    size_t made_size = made_reply(&route->made, message, made);

    if (message->qtype == CORE_AXFR || message->qtype == CORE_IXFR)
        flight.slot->progress |= INFLIGHT_TRANSFER;
    if (made_size > 0)
        answer_made(self, flight, made, made_size);
    else if (message->qclass != CORE_IN && !route->all_classes)
        answer_rcode(self, flight, CORE_REFUSED, CORE_EDE_NONE);
    else if (is_too_deep(self, flight.slot))
        answer_rcode(self, flight, CORE_SERVFAIL, CORE_EDE_OTHER);
    else if (!answer_known(self, flight, message))
        flight_down(self, flight);
}

static void
judge(dispatch_t *self, struct flight flight, enum admit_verdict verdict,
      const struct core_message *message, unsigned rcode)
{
    switch (verdict) {
    case ADMIT_QUERY:
        handle(self, flight, message);
        break;
    case ADMIT_REPLY:
        if (core_message_opcode(message) == CORE_OPCODE_NOTIFY
            && flight.slot->zone == DISPATCH_ELSEWHERE)
            rcode = CORE_REFUSED;       /* not our zone */
        answer_rcode(self, flight, rcode, CORE_EDE_NONE);
        break;
    case ADMIT_UNKNOWN_KEY:
        answer_unknown_key(self, flight, message);
        break;
    case ADMIT_DROP:
        break;
    }
}

/* Notes what the reply must be like; no stage is told of a larger size than
   the one that is sent. */
static void
read_request(dispatch_t *self, struct inflight_slot *slot,
             const struct core_message *message)
{
    struct reply_request request;

    slot->size = (uint16_t) message->size;
    slot->question_end = (uint16_t) message->question_end;
    slot->zone = DISPATCH_ELSEWHERE;
    if (message->qname != NULL)
        find_zone(self, slot);
    reply_request_read(&request, &flight_route(self, slot)->reply, message,
                       slot->transport);
    slot->limit = request.limit;
    slot->asked = request.asked;
    slot->payload = request.payload;
    slot->client_payload = message->edns.payload;
    if (message->edns.present && slot->transport != CORE_INTERNAL)
        core_write16(slot->message + message->edns_offset + 3,
                     request.payload);
}

void
dispatch_query(dispatch_t *self, enum dispatch_table table, uint32_t number)
{
    struct flight flight = flight_at(self, table, number);
    struct inflight_slot *slot = flight.slot;
    struct core_message message;
    struct admit_peer peer;
    unsigned rcode;

    dispatch_peer(slot, &peer);

    /* A traced query is to be treated like its client's own. */
    enum core_transport transport
        = (slot->record_flags & CORE_RECORD_TRACE) != 0 ? CORE_TCP
        : slot->transport;
    enum admit_verdict verdict = admit(&self->plan.admit, slot->message,
                                       slot->size, transport, &peer,
                                       &message, &rcode);

    if (verdict == ADMIT_DROP) {
        self->counters->silent++;
        dispatch_finish(self, table, number);
        return;
    }
    read_request(self, slot, &message);
    start_clock(self, slot);
    account_query(self, slot, &message);
    judge(self, flight, verdict, &message, rcode);
}

/* ---- what the stages say ------------------------------------------------- */

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
            answer_record(self, flight, &record);
        else
            patience_take_back(self, flight);
    }
}

static void
take_undelivered(void *owner, uint64_t id)
{
    dispatch_t *self = owner;
    struct flight flight = flight_of(self, id);

    if (flight.slot != NULL
        && (flight.slot->progress & INFLIGHT_ANSWERED) == 0)
        patience_take_back(self, flight);
}

static void
take_return(void *owner, core_outlet_t *outlet, unsigned instance)
{
    (void) instance;                    /* sending twice is harmless */
    patience_return(owner, outlet);
}

/* ---- making and ending --------------------------------------------------- */

dispatch_t *
dispatch_new(core_life_t *life, inflight_t *udp, inflight_t *connected,
             struct counters *counters, traffic_t *traffic)
{
    dispatch_t *self = core_allocate(sizeof *self);
    inflight_t *slots[DISPATCH_TABLES] = { udp, connected };

    self->life = life;
    self->loop = core_life_loop(life);
    self->counters = counters;
    self->traffic = traffic;
    self->random.state = (uint64_t) core_clock_us() | 1;
    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        self->tables[t].slots = slots[t];
        self->tables[t].timers = wheel_new(inflight_slots(slots[t]),
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
    streams_clear(&self->streams);
    for (size_t i = 0; i < self->head_count; i++)
        chain_destroy(&self->heads[i].chain);
    free(self->heads);
    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++)
        wheel_destroy(&self->tables[t].timers);
    dispatch_plan_clear(&self->plan);
    free(self);
    *self_p = NULL;
}

chain_t *
dispatch_chain(dispatch_t *self, const char *name, struct core_fault *fault)
{
    struct chain_events events = {
        take_replies, take_return, take_undelivered, self
    };

    for (size_t i = 0; i < self->head_count; i++) {
        if (strcmp(chain_name(self->heads[i].chain), name) == 0)
            return self->heads[i].chain;
    }

    chain_t *chain = chain_new(self->life, name, &events, fault);

    if (chain == NULL)
        return NULL;
    self->heads = core_grow(self->heads, self->head_count,
                            &self->head_capacity, sizeof *self->heads);
    self->heads[self->head_count++] = (struct head) { .chain = chain };
    return chain;
}

void
dispatch_plan_clear(struct dispatch_plan *plan)
{
    for (size_t i = 0; i < plan->zone_count; i++)
        free(plan->zones[i].traffic);
    for (size_t i = 0; i < plan->route_count; i++) {
        query_log_destroy(&plan->routes[i].query_log);
        failure_log_destroy(&plan->routes[i].failure_log);
    }
    free(plan->zones);
    free(plan->routes);
    plan->zones = NULL;
    plan->routes = NULL;
    plan->zone_count = plan->route_count = 0;
    route_table_destroy(&plan->table);
}

static bool
has_route(const dispatch_t *self, const chain_t *chain)
{
    for (size_t i = 0; i < self->plan.route_count; i++) {
        if (self->plan.routes[i].chain == chain)
            return true;
    }
    return false;
}

/* Ends the chains that had no route before the last change either. */
static void
sweep_heads(dispatch_t *self)
{
    size_t kept = 0;

    for (size_t i = 0; i < self->head_count; i++) {
        struct head head = self->heads[i];
        bool is_unused = !has_route(self, head.chain);

        if (is_unused && head.was_unused) {
            chain_destroy(&head.chain);
            continue;
        }
        head.was_unused = is_unused;
        self->heads[kept++] = head;
    }
    self->head_count = kept;
}

/* Numbers of zones mean something else now. */
static void
find_zones_again(dispatch_t *self)
{
    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        inflight_t *slots = self->tables[t].slots;

        for (uint32_t number = inflight_oldest(slots);
             number != INFLIGHT_NONE; number = inflight_after(slots, number)) {
            struct inflight_slot *slot = inflight_at(slots, number);

            slot->zone = DISPATCH_ELSEWHERE;
            if ((slot->progress & INFLIGHT_ROUTED) != 0)
                find_zone(self, slot);
        }
    }
}

void
dispatch_configure(dispatch_t *self, const struct dispatch_plan *plan)
{
    dispatch_plan_clear(&self->plan);
    self->plan = *plan;
    find_zones_again(self);
    sweep_heads(self);
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
    for (size_t i = 0; i < self->head_count; i++)
        chain_flush(self->heads[i].chain);
}

uint32_t
dispatch_in_flight(const dispatch_t *self)
{
    return inflight_count(self->tables[DISPATCH_UDP].slots)
        + inflight_count(self->tables[DISPATCH_CONNECTED].slots);
}
