/*
 * intake - queries that come: taken up, joined to others, or turned away
 */

#include <string.h>

#include "coredns/rrtype.h"
#include "forward/dispatch_parts.h"

#define BUDGET_MS 4500                  /* for one query, at most: a stub waits
                                           five seconds */
#define MARGIN_MS 100                   /* for the way back */
#define FAIR_MS 500                     /* for one query, when others wait for
                                           its place */

static int64_t
now_ms(const dispatch_t *self)
{
    return core_loop_now_ms(self->loop);
}

/* Upstreams in the order in which they are to be asked; 0 when none is. */
static unsigned
choose_order(dispatch_t *self, struct route *route,
             uint8_t order[POLICY_UPSTREAMS], bool *is_looped)
{
    bool reachable[POLICY_UPSTREAMS], healthy[POLICY_UPSTREAMS];
    size_t reachable_count = 0;

    for (size_t i = 0; i < route->server_count; i++) {
        const struct upstream *health = &route->servers[i].health;

        reachable[i] = !upstream_is_looped(health, now_ms(self));
        healthy[i] = reachable[i] && !upstream_is_down(health);
        reachable_count += reachable[i];
    }
    *is_looped = reachable_count == 0;

    size_t count = policy_order(route->policy, healthy, route->server_count,
                                &route->turn, self->generator, order);

    if (count > 0 || reachable_count == 0)
        return (unsigned) count;

    /* All are down: whoever is asked anyway, any is as good. */
    self->totals->healthcheck_broken++;
    if (route->failfast)
        return 0;
    return (unsigned) policy_order(POLICY_RANDOM, reachable,
                                   route->server_count, &route->turn,
                                   self->generator, order);
}

static bool
came_over_stream(const struct core_record *record)
{
    return record->transport == CORE_TCP || record->transport == CORE_DOT
        || record->transport == CORE_DOH;
}

static int64_t
deadline_of(const dispatch_t *self, const struct core_record *record)
{
    int64_t left_ms = record->left_ms < BUDGET_MS ? record->left_ms
                                                  : BUDGET_MS;

    left_ms -= left_ms >= 4 * MARGIN_MS ? MARGIN_MS : left_ms / 4;
    return now_ms(self) + left_ms;
}

static enum core_verdict
reply_now(core_query_t *query, unsigned rcode, enum core_ede ede,
          const char *text)
{
    core_query_ede(query, ede, text);
    core_query_reply_rcode(query, rcode);
    return CORE_ANSWERED;
}

/* The query waits for the flight; false when there is no room. */
static bool
wait_for(dispatch_t *self, uint32_t number, core_query_t *query)
{
    const struct core_record *record = core_query_record(query);
    struct flight *flight = flight_at(self->flights, number);
    core_held_t *held = NULL;

    if (flight_has_room(self->flights, number))
        held = core_query_hold(query);
    if (held == NULL) {
        self->totals->overflow++;
        return false;
    }
    flight_add(self->flights, number, held, record,
               deadline_of(self, record));
    flight->route->waiting++;
    self->totals->waiting++;
    wheel_set(self->wheel, DISPATCH_EXCHANGES + number, flight->deadline_ms);
    dispatch_tick(self);
    return true;
}

static enum core_verdict
join(dispatch_t *self, uint32_t number, core_query_t *query)
{
    probe_suspect(self, number, core_query_message(query));
    if (!wait_for(self, number, query))
        return CORE_DROPPED;
    self->totals->shared++;
    return CORE_HELD;
}

static bool
wants_stream(const struct route *route, const core_query_t *query)
{
    return came_over_stream(core_query_record(query)) && !route->prefer_udp;
}

/*
 * A flight for the query, or FLIGHT_NONE.  With all places taken, the oldest
 * one gives its place up when it had a fair time: slow upstreams, and names
 * that nobody answers for, are no way to keep all others out.
 */
static uint32_t
take_place(dispatch_t *self, struct route *route, const core_query_t *query,
           uint64_t hash)
{
    const struct core_message *message = core_query_message(query);
    uint32_t number = flight_begin(self->flights, route, message, hash,
                                   now_ms(self));

    if (number != FLIGHT_NONE)
        return number;

    uint32_t oldest = flight_oldest(self->flights);
    struct flight *flight = flight_at(self->flights, oldest);

    self->totals->overflow++;
    if (now_ms(self) - flight->begun_ms < FAIR_MS)
        return FLIGHT_NONE;
    flight->is_displaced = true;
    dispatch_give_up(self, oldest);
    return flight_begin(self->flights, route, message, hash, now_ms(self));
}

static enum core_verdict
begin(dispatch_t *self, struct route *route, core_query_t *query,
      uint64_t hash)
{
    uint8_t order[POLICY_UPSTREAMS];
    bool is_looped;
    unsigned count = choose_order(self, route, order, &is_looped);

    if (is_looped) {
        dispatch_refuse_loop(query);
        return CORE_ANSWERED;
    }
    if (count == 0)
        return reply_now(query, CORE_SERVFAIL,
                         CORE_EDE_NO_REACHABLE_AUTHORITY,
                         "all upstreams are down");

    uint32_t number = take_place(self, route, query, hash);

    if (number == FLIGHT_NONE)
        return reply_now(query, CORE_SERVFAIL, CORE_EDE_NOT_READY,
                         DISPATCH_FULL);
    plan_enter(route->plan);
    if (!wait_for(self, number, query)) {
        dispatch_finish(self, number);
        return CORE_DROPPED;
    }

    struct flight *flight = flight_at(self->flights, number);

    memcpy(flight->order, order, count);
    flight->order_count = (uint8_t) count;
    flight->over_stream = wants_stream(route, query);
    dispatch_advance(self, number);
    return CORE_HELD;
}

/* What is asked for is more than one message, or no question at all. */
static bool
is_forwardable(const struct core_message *message)
{
    return core_message_opcode(message) == CORE_OPCODE_QUERY
        && message->qtype != CORE_AXFR && message->qtype != CORE_IXFR;
}

/* The flight whose reply will do for the query too, or FLIGHT_NONE. */
static uint32_t
find_shared(dispatch_t *self, const struct route *route,
            const core_query_t *query, uint64_t hash)
{
    const struct core_message *message = core_query_message(query);
    uint32_t number;

    if (!flight_is_shareable(message))
        return FLIGHT_NONE;
    number = flight_find(self->flights, route, message, hash);

    /* Over UDP the reply may be cut, and that is not for this one. */
    if (number != FLIGHT_NONE && route->passes_truncated
        && wants_stream(route, query)
        && !flight_at(self->flights, number)->over_stream)
        return FLIGHT_NONE;
    return number;
}

enum core_verdict
dispatch_query(dispatch_t *self, core_query_t *query)
{
    const struct core_message *message = core_query_message(query);
    struct route *route = plan_find(self->plan, message->qname,
                                    message->qtype);

    if (probe_is_ours(self, message)) {
        dispatch_refuse_loop(query);
        return CORE_ANSWERED;
    }
    if (route == NULL)
        return CORE_PASSED;
    if (!is_forwardable(message))
        return reply_now(query, CORE_NOTIMP, CORE_EDE_OTHER,
                         "only plain queries are forwarded");

    uint64_t hash = flight_hash(message);
    uint32_t number = find_shared(self, route, query, hash);

    if (number != FLIGHT_NONE
        && (core_query_record(query)->flags & CORE_RECORD_RESENT) != 0
        && flight_has(self->flights, number, core_query_record(query))) {
        self->totals->repeated++;
        return CORE_DROPPED;
    }
    if (route->max_concurrent > 0 && route->waiting >= route->max_concurrent) {
        self->totals->max_concurrent_rejects++;
        return reply_now(query, CORE_REFUSED, CORE_EDE_OTHER, DISPATCH_FULL);
    }
    return number == FLIGHT_NONE ? begin(self, route, query, hash)
                                 : join(self, number, query);
}
