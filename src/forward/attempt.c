/*
 * attempt - one question to one upstream: begun, late, over
 *
 * An attempt is late when its upstream usually has replied by then: another
 * one is asked as well, and the late reply is still welcome.  It is over after
 * the read timeout.  An attempt that nobody waits for any more, because
 * another was faster, lives on until its reply comes or its time is over: so
 * the reply is known for what it is, and tells how fast the upstream is.
 */

#include <assert.h>
#include <string.h>

#include "coredns/log.h"
#include "forward/dispatch_parts.h"

#define TURNS_MOST 3                    /* times that patience doubles */

static int64_t
now_ms(const dispatch_t *self)
{
    return core_loop_now_ms(self->loop);
}

/* ---- channels ------------------------------------------------------------ */

static uint32_t
choose_channel(dispatch_t *self, const struct attempt_request *request)
{
    struct server *server = request->server;
    uint32_t channel;

    if (!request->by_stream)
        return datagram_choose(server->datagrams, now_ms(self));
    channel = stream_choose(server->streams, now_ms(self));
    return channel == STREAM_NONE ? DATAGRAM_NONE
                                  : DISPATCH_STREAMS + channel;
}

static void
release_channel(dispatch_t *self, uint32_t channel)
{
    if (channel < DISPATCH_STREAMS)
        datagram_release(self->datagrams, channel);
    else
        stream_release(self->streams, channel - DISPATCH_STREAMS,
                       now_ms(self));
}

/* ---- begin --------------------------------------------------------------- */

/* The query as this upstream gets it: as it came, but for id, letters and the
   size it may answer with.  Returns its size. */
static size_t
compose(dispatch_t *self, const struct attempt_request *request,
        uint32_t number)
{
    struct core_message copy = *request->query;
    uint8_t *bytes = self->scratch;

    memcpy(bytes, copy.bytes, copy.size);
    exchange_stamp(self->exchanges, number, bytes);
    if (!copy.edns.present)
        return copy.size;
    if (request->without_edns) {
        copy.bytes = bytes;

        size_t size = opt_remove(bytes, &copy);

        return size > 0 ? size : copy.size;
    }

    /* The size stands where other records have their class. */
    if (copy.edns.payload > request->route->payload)
        core_write16(bytes + copy.edns_offset + 3, request->route->payload);
    return copy.size;
}

/* How long until the attempt is late. */
static int64_t
patience_ms(dispatch_t *self, const struct attempt_request *request,
            const struct attempt *attempt)
{
    int64_t patience = upstream_patience_ms(&request->server->health);

    if (request->kind != ATTEMPT_QUERY)
        return probe_patience_ms(request->server);

    const struct flight *flight = flight_at(self->flights, request->flight);
    unsigned turns = flight->order_count == 0 || flight->attempts == 0 ? 0
        : (flight->attempts - 1) / flight->order_count;

    patience <<= turns < TURNS_MOST ? turns : TURNS_MOST;

    /* A connection costs a round trip, an encrypted one another. */
    if (request->by_stream && !attempt->was_ready)
        patience *= target_is_encrypted(&request->server->target) ? 3 : 2;
    return patience < request->route->read_timeout_ms
        ? patience : request->route->read_timeout_ms;
}

/* The flight waits for it; the oldest of too many is waited for no more. */
static void
join_flight(dispatch_t *self, uint32_t flight_number, uint32_t number)
{
    struct flight *flight = flight_at(self->flights, flight_number);

    if (flight->live_count == FLIGHT_LIVE) {
        self->attempts[flight->live[0]].flight = FLIGHT_NONE;
        flight->live_count--;
        memmove(flight->live, flight->live + 1,
                flight->live_count * sizeof flight->live[0]);
    }
    flight->live[flight->live_count++] = number;
}

static void
send_attempt(dispatch_t *self, const struct attempt_request *request,
             uint32_t number, uint32_t channel)
{
    struct attempt *attempt = &self->attempts[number];
    size_t size = compose(self, request, number);

    attempt->sent_us = core_loop_now_us(self->loop);
    attempt->was_ready = !request->by_stream
        || stream_is_open(self->streams, channel - DISPATCH_STREAMS);
    if (request->by_stream)
        stream_send(self->streams, channel - DISPATCH_STREAMS, self->scratch,
                    size);
    else
        datagram_send(self->datagrams, channel, self->scratch, size);
}

bool
attempt_begin(dispatch_t *self, const struct attempt_request *request)
{
    const struct core_message *query = request->query;
    struct server *server = request->server;
    bool is_scrambled = query->tsig_offset == 0
        && now_ms(self) >= server->health.folds_until_ms;
    uint32_t channel = choose_channel(self, request);

    if (channel == DATAGRAM_NONE)
        return false;

    uint32_t number = exchange_begin(self->exchanges, channel,
                                     query->bytes + CORE_HEADER_SIZE,
                                     query->question_end - CORE_HEADER_SIZE,
                                     is_scrambled ? EXCHANGE_SCRAMBLED
                                                  : EXCHANGE_AS_GIVEN);

    if (number == EXCHANGE_NONE) {
        release_channel(self, channel);
        return false;
    }

    struct attempt *attempt = &self->attempts[number];

    *attempt = (struct attempt) {
        .kind = request->kind, .flight = request->flight,
        .route = request->route, .server = server,
        .by_stream = request->by_stream, .is_scrambled = is_scrambled,
        .had_edns = query->edns.present && !request->without_edns,
    };
    plan_enter(request->route->plan);
    send_attempt(self, request, number, channel);
    if (request->flight != FLIGHT_NONE)
        join_flight(self, request->flight, number);
    wheel_set(self->wheel, number,
              now_ms(self) + patience_ms(self, request, attempt));
    dispatch_tick(self);
    return true;
}

/* ---- end ----------------------------------------------------------------- */

static void
leave_flight(dispatch_t *self, uint32_t flight_number, uint32_t number)
{
    struct flight *flight = flight_at(self->flights, flight_number);
    unsigned i = 0;

    while (i < flight->live_count && flight->live[i] != number)
        i++;
    assert(i < flight->live_count);
    flight->live_count--;
    memmove(flight->live + i, flight->live + i + 1,
            (flight->live_count - i) * sizeof flight->live[0]);
}

void
attempt_end(dispatch_t *self, uint32_t number)
{
    struct attempt *attempt = &self->attempts[number];

    assert(attempt->server != NULL);
    if (attempt->flight != FLIGHT_NONE)
        leave_flight(self, attempt->flight, number);
    attempt->server = NULL;
    wheel_clear(self->wheel, number);
    release_channel(self, exchange_channel(self->exchanges, number));
    exchange_end(self->exchanges, number);
    plan_leave(attempt->route->plan);
}

void
attempt_note_failure(dispatch_t *self, struct server *server)
{
    self->has_failing = true;
    dispatch_tick(self);
    if (!upstream_is_down(&server->health) || server->is_told_down)
        return;
    server->is_told_down = true;
    core_log(CORE_LOG_WARNING, "upstream %s does not answer", server->to);
}

void
attempt_fail(dispatch_t *self, uint32_t number, const char *why)
{
    struct attempt attempt = self->attempts[number];

    attempt_end(self, number);
    if (attempt.kind == ATTEMPT_PROBE)
        attempt.server->metrics->healthcheck_failures++;
    upstream_failed(&attempt.server->health, now_ms(self));
    attempt_note_failure(self, attempt.server);
    if (attempt.flight == FLIGHT_NONE)
        return;

    flight_failed(flight_at(self->flights, attempt.flight), attempt.server,
                  why);
    dispatch_advance(self, attempt.flight);
}

/* ---- time ---------------------------------------------------------------- */

static void
expire(dispatch_t *self, uint32_t number)
{
    struct attempt attempt = self->attempts[number];
    uint32_t channel = exchange_channel(self->exchanges, number);

    if (attempt.by_stream)
        stream_doubt(self->streams, channel - DISPATCH_STREAMS,
                     attempt.sent_us / 1000);
    if (attempt.kind == ATTEMPT_PROBE) {
        attempt_fail(self, number, NULL);
        return;
    }
    attempt_end(self, number);
    if (attempt.flight == FLIGHT_NONE)
        return;

    struct flight *flight = flight_at(self->flights, attempt.flight);

    flight_failed(flight, attempt.server, NULL);
    if (flight->live_count == 0)
        dispatch_advance(self, attempt.flight);
}

void
attempt_due(dispatch_t *self, uint32_t number)
{
    struct attempt *attempt = &self->attempts[number];
    struct server *server = attempt->server;
    int64_t end_ms = attempt->sent_us / 1000
        + attempt->route->read_timeout_ms;
    uint32_t flight = attempt->flight;

    if (attempt->is_late || attempt->kind != ATTEMPT_QUERY) {
        expire(self, number);
        return;
    }
    attempt->is_late = true;
    upstream_silent(&server->health, attempt->sent_us / 1000, now_ms(self));
    if (server->health.fails > 0)
        attempt_note_failure(self, server);
    if (now_ms(self) >= end_ms) {
        expire(self, number);
        return;
    }
    wheel_set(self->wheel, number, end_ms);
    if (flight != FLIGHT_NONE)
        dispatch_advance(self, flight);
}
