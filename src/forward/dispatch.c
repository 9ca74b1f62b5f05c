/*
 * dispatch - from a query to the reply of an upstream
 *
 * All tables are of a fixed size and all timers in one wheel.  What is sent in
 * one round of the loop leaves when it ends, in as few system calls as there
 * are upstreams.
 */

#include "forward/dispatch.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "forward/dispatch_parts.h"

#define TICK_MS 4
#define KEEPER_MS 1000
#define EDE_TEXT_SIZE (TARGET_TEXT_SIZE + FLIGHT_REASON_SIZE + 2)

static int64_t
now_ms(const dispatch_t *self)
{
    return core_loop_now_ms(self->loop);
}

/* ---- answers ------------------------------------------------------------- */

/* The next query that waits and is due; the counts are brought up to date. */
static core_held_t *
take_waiter(dispatch_t *self, uint32_t number, int64_t due_ms)
{
    struct route *route = flight_at(self->flights, number)->route;
    core_held_t *held = flight_take(self->flights, number, due_ms);

    if (held != NULL) {
        route->waiting--;
        self->totals->waiting--;
    }
    return held;
}

void
dispatch_finish(dispatch_t *self, uint32_t number)
{
    struct flight *flight = flight_at(self->flights, number);
    plan_t *plan = flight->route->plan;

    for (unsigned i = 0; i < flight->live_count; i++)
        self->attempts[flight->live[i]].flight = FLIGHT_NONE;
    wheel_clear(self->wheel, DISPATCH_EXCHANGES + number);
    flight_end(self->flights, number);
    plan_leave(plan);
}

static void
tell_tracer(core_query_t *query, const struct flight *flight)
{
    if (flight->replied != NULL)
        core_query_reason(query, "%s replied in %lld us%s",
                          flight->replied->to, (long long) flight->took_us,
                          flight->over_stream ? " over a connection" : "");
    else if (flight->failed != NULL)
        core_query_reason(query, "%s: %s", flight->failed->to, flight->why);
}

/* Answers one query, in the letters it was asked in. */
static void
answer_one(const struct flight *flight, core_held_t *held,
           struct answer *answer)
{
    core_query_t *query = core_held_query(held);
    const struct core_message *message = core_query_message(query);

    tell_tracer(query, flight);

    memcpy(answer->bytes + CORE_HEADER_SIZE,
           message->bytes + CORE_HEADER_SIZE,
           message->question_end - CORE_HEADER_SIZE);
    core_query_reply_copy(query, answer->bytes, answer->size);
    for (unsigned i = 0; i < answer->edes.count; i++)
        core_query_trail(query, CORE_TRAIL_EDE, answer->edes.items[i].bytes,
                         answer->edes.items[i].size);
    core_held_end(&held, CORE_ANSWERED);
}

void
dispatch_answer(dispatch_t *self, uint32_t number, struct answer *answer)
{
    core_held_t *held;

    while ((held = take_waiter(self, number, INT64_MAX)) != NULL)
        answer_one(flight_at(self->flights, number), held, answer);
    dispatch_finish(self, number);
}

void
dispatch_pass(dispatch_t *self, uint32_t number)
{
    core_held_t *held;

    while ((held = take_waiter(self, number, INT64_MAX)) != NULL)
        core_held_end(&held, CORE_PASSED);
    dispatch_finish(self, number);
}

void
dispatch_refuse_loop(core_query_t *query)
{
    core_query_ede(query, CORE_EDE_OTHER, "forwarding loop");
    core_query_reply_rcode(query, CORE_REFUSED);
}

/* Says that nobody answered, and whose fault it was. */
static void
apologise(const struct flight *flight, core_query_t *query)
{
    char text[EDE_TEXT_SIZE] = "no reply";
    bool was_silent = flight->failed == NULL || flight->was_silent;

    if (flight->is_looped && flight->failed == NULL) {
        dispatch_refuse_loop(query);
        return;
    }
    if (flight->is_displaced) {
        core_query_ede(query, CORE_EDE_NOT_READY, DISPATCH_FULL);
        core_query_reply_rcode(query, CORE_SERVFAIL);
        return;
    }
    if (flight->failed != NULL)
        snprintf(text, sizeof text, "%s: %s", flight->failed->to,
                 flight->why);
    if (flight->is_mismatched) {
        core_query_ede(query, CORE_EDE_INVALID_DATA, text);
        core_query_reply_rcode(query, CORE_FORMERR);
        return;
    }
    core_query_ede(query, was_silent ? CORE_EDE_NO_REACHABLE_AUTHORITY
                                     : CORE_EDE_NETWORK_ERROR, text);
    core_query_reply_rcode(query, CORE_SERVFAIL);
}

/* Ends the wait of those who are due, with what there is. */
static void
end_waits(dispatch_t *self, uint32_t number, int64_t due_ms)
{
    struct flight *flight = flight_at(self->flights, number);
    struct answer spare = {
        .bytes = flight->spare, .size = flight->spare_size,
    };
    core_held_t *held;

    while ((held = take_waiter(self, number, due_ms)) != NULL) {
        if (flight->spare != NULL) {
            answer_one(flight, held, &spare);
            continue;
        }
        self->totals->failed++;
        tell_tracer(core_held_query(held), flight);
        apologise(flight, core_held_query(held));
        core_held_end(&held, CORE_ANSWERED);
    }
}

void
dispatch_give_up(dispatch_t *self, uint32_t number)
{
    const struct flight *flight = flight_at(self->flights, number);

    if (flight->spare != NULL && flight->spare_is_for_next) {
        dispatch_pass(self, number);
        return;
    }
    end_waits(self, number, INT64_MAX);
    dispatch_finish(self, number);
}

/* ---- attempts ------------------------------------------------------------ */

/* The next upstream in order that does not lead back to us, or NULL. */
static struct server *
next_server(dispatch_t *self, struct flight *flight)
{
    for (unsigned i = 0; i < flight->order_count; i++) {
        unsigned place = flight->position++ % flight->order_count;
        struct server *server
            = &flight->route->servers[flight->order[place]];

        if (!upstream_is_looped(&server->health, now_ms(self)))
            return server;
        flight->is_looped = true;
    }
    return NULL;
}

static bool
ask(dispatch_t *self, uint32_t number, struct server *server)
{
    struct flight *flight = flight_at(self->flights, number);
    struct attempt_request request = {
        .kind = ATTEMPT_QUERY, .flight = number, .route = flight->route,
        .server = server, .query = &flight->query,
        .by_stream = flight->over_stream || flight->route->force_tcp
            || server->datagrams == NULL,
        .without_edns = flight->without_edns
            || now_ms(self) < server->health.plain_until_ms,
    };

    if (attempt_begin(self, &request))
        return true;
    flight_failed(flight, server, "cannot be reached");
    upstream_failed(&server->health, now_ms(self));
    attempt_note_failure(self, server);
    return false;
}

void
dispatch_advance(dispatch_t *self, uint32_t number)
{
    struct flight *flight = flight_at(self->flights, number);
    unsigned limit = flight->route->attempts;

    for (unsigned i = 0; i < flight->order_count
         && (limit == 0 || flight->attempts < limit); i++) {
        struct server *server = next_server(self, flight);

        if (server == NULL)
            break;
        if (flight->attempts++ > 0)
            self->totals->retries++;

        /* Who said nothing to two packets may still take a connection. */
        if (flight->attempts > 2u * flight->order_count)
            flight->over_stream = true;
        if (ask(self, number, server))
            return;
    }
    if (flight->live_count == 0)
        dispatch_give_up(self, number);
}

void
dispatch_again(dispatch_t *self, uint32_t number, struct server *server,
               bool by_stream)
{
    struct flight *flight = flight_at(self->flights, number);

    if (by_stream)
        flight->over_stream = true;
    if (!ask(self, number, server) && flight->live_count == 0)
        dispatch_advance(self, number);
}

/* ---- time ---------------------------------------------------------------- */

static void
flight_due(dispatch_t *self, uint32_t number)
{
    struct flight *flight = flight_at(self->flights, number);

    end_waits(self, number, now_ms(self));
    if (flight->waiters == 0)
        dispatch_finish(self, number);
    else
        wheel_set(self->wheel, DISPATCH_EXCHANGES + number,
                  flight->deadline_ms);
}

static void
tick(void *owner)
{
    dispatch_t *self = owner;
    uint32_t entry;

    while ((entry = wheel_next(self->wheel, now_ms(self))) != WHEEL_NONE) {
        if (entry < DISPATCH_EXCHANGES)
            attempt_due(self, entry);
        else
            flight_due(self, entry - DISPATCH_EXCHANGES);
    }
    if (self->has_failing)
        probe_failing(self);
    if (wheel_is_empty(self->wheel) && !self->has_failing)
        core_loop_timer_cancel(self->loop, &self->ticker);
}

void
dispatch_tick(dispatch_t *self)
{
    if (self->ticker == NULL)
        self->ticker = core_loop_timer(self->loop, TICK_MS, TICK_MS, tick,
                                       self);
}

static void
flush(void *owner)
{
    dispatch_t *self = owner;

    datagram_flush(self->datagrams);
    stream_flush(self->streams);

    /* A connection that broke may have sent a query to another upstream. */
    datagram_flush(self->datagrams);
}

/* Ends plans that no query needs any more.  Not while queries end: what is
   ending may be on the way of their callers. */
static void
sweep_plans(dispatch_t *self)
{
    size_t kept = 0;

    for (size_t i = 0; i < self->retired_count; i++)
        if (plan_is_needed(self->retired[i]))
            self->retired[kept++] = self->retired[i];
        else
            plan_leave(self->retired[i]);
    self->retired_count = kept;
}

static void
keep_house(void *owner)
{
    dispatch_t *self = owner;

    datagram_age(self->datagrams, now_ms(self));
    stream_age(self->streams, now_ms(self));
    sweep_plans(self);
}

/* ---- beginning and end --------------------------------------------------- */

dispatch_t *
dispatch_new(core_life_t *life, generator_t *generator, metrics_t *metrics)
{
    dispatch_t *self = core_allocate(sizeof *self);
    struct datagram_hooks datagram_hooks = reply_datagram_hooks;
    struct stream_hooks stream_hooks = reply_stream_hooks;

    datagram_hooks.owner = stream_hooks.owner = self;
    self->life = life;
    self->loop = core_life_loop(life);
    self->generator = generator;
    self->metrics = metrics;
    self->totals = metrics_totals(metrics);
    self->guard = guard_new(generator);
    self->datagrams = datagram_new(self->loop, generator, &datagram_hooks);
    self->streams = streams_new(self->loop, &stream_hooks);
    self->exchanges = exchange_table_new(DISPATCH_EXCHANGES,
                                         DISPATCH_CHANNELS, generator);
    self->attempts = core_allocate(DISPATCH_EXCHANGES
                                   * sizeof *self->attempts);
    self->flights = flight_table_new(DISPATCH_FLIGHTS, DISPATCH_WAITERS);
    self->wheel = wheel_new(DISPATCH_EXCHANGES + DISPATCH_FLIGHTS,
                            now_ms(self));
    self->has_next = core_life_wire(life, "next", NULL) != NULL;
    self->keeper = core_loop_timer(self->loop, KEEPER_MS, KEEPER_MS,
                                   keep_house, self);
    core_loop_flusher(self->loop, flush, self);
    return self;
}

void
dispatch_destroy(dispatch_t **self_p)
{
    dispatch_t *self = *self_p;

    if (self == NULL)
        return;
    core_loop_timer_cancel(self->loop, &self->ticker);
    core_loop_timer_cancel(self->loop, &self->keeper);
    plan_destroy(&self->plan);
    for (size_t i = 0; i < self->retired_count; i++)
        plan_destroy(&self->retired[i]);
    free(self->retired);
    wheel_destroy(&self->wheel);
    flight_table_destroy(&self->flights);
    exchange_table_destroy(&self->exchanges);
    free(self->attempts);
    streams_destroy(&self->streams);
    datagram_destroy(&self->datagrams);
    guard_destroy(&self->guard);
    free(self);
    *self_p = NULL;
}

plan_t *
dispatch_plan(const dispatch_t *self)
{
    return self->plan;
}

void
dispatch_change(dispatch_t *self, plan_t *plan)
{
    plan_attach(plan, self->datagrams, self->streams, self->metrics);
    if (self->plan != NULL) {
        plan_inherit(plan, self->plan);
        self->retired = core_grow(self->retired, self->retired_count,
                                  &self->retired_capacity,
                                  sizeof *self->retired);
        self->retired[self->retired_count++] = self->plan;
    }
    self->plan = plan;
    self->has_failing = true;           /* to be looked at once */
    dispatch_tick(self);
}

/* ---- report -------------------------------------------------------------- */

static const char *
state_of(const dispatch_t *self, const struct upstream *health)
{
    if (upstream_is_looped(health, now_ms(self)))
        return "loop";
    if (upstream_is_down(health))
        return "down";
    if (health->fails > 0)
        return "failing";
    return health->replied_ms == 0 ? "unknown" : "up";
}

void
dispatch_report(const dispatch_t *self, FILE *file)
{
    char zone[CORE_NAME_TEXT_SIZE];

    for (size_t i = 0; i < plan_count(self->plan); i++) {
        const struct route *route = plan_at(self->plan, i);

        for (size_t j = 0; j < route->server_count; j++) {
            const struct upstream *health = &route->servers[j].health;

            fprintf(file, "%s %s %s srtt_us %" PRId64 " patience_ms %" PRId64
                    " fails %u\n",
                    core_name_to_text(zone, route->zones.items[0]),
                    route->servers[j].to, state_of(self, health),
                    health->srtt_us, upstream_patience_ms(health),
                    health->fails);
        }
    }
}
