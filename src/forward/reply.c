/*
 * reply - what came back, and what to do about it
 *
 * A packet that is no reply to anything asked is thrown away and waiting goes
 * on: else anyone could end a look-up with one bad packet (CVE-2023-28452).
 * But guesses are limited: one that had the id right, or some that had not,
 * and the question is asked over TCP, where nothing can be guessed.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "forward/dispatch_parts.h"

#define STRAYS 5                        /* then a socket is not believed */

/* A reply in hand, its attempt over already. */
struct arrival {
    struct attempt attempt;
    struct core_message message;
    uint8_t *bytes;
    uint8_t sent[EXCHANGE_QUESTION_SIZE];
    size_t question_size;
};

static int64_t
now_ms(const dispatch_t *self)
{
    return core_loop_now_ms(self->loop);
}

static bool
has_bit(uint32_t bits, unsigned rcode)
{
    return rcode < 32 && (bits & 1u << rcode) != 0;
}

/* ---- what is learnt of the upstream -------------------------------------- */

static void
note_reply(dispatch_t *self, const struct attempt *attempt,
           const struct exchange_reply *reply)
{
    struct server *server = attempt->server;
    int64_t took_us = core_loop_now_us(self->loop) - attempt->sent_us;
    unsigned rcode = core_message_rcode(&reply->message);

    upstream_replied(&server->health, attempt->was_ready ? took_us : -1,
                     now_ms(self));
    metrics_reply(self->metrics, server->metrics, rcode, took_us);
    if (server->is_told_down) {
        server->is_told_down = false;
        core_log(CORE_LOG_NOTICE, "upstream %s answers again", server->to);
    }

    /* Only over a connection is the reply surely its own. */
    if (attempt->by_stream && attempt->is_scrambled && !reply->kept_case)
        server->health.folds_until_ms = now_ms(self) + UPSTREAM_HABIT_MS;

    /* Who has once sent OPT knows it, whatever one name's replies look like. */
    if (reply->message.edns.present)
        server->health.knows_edns = true;
    if (!server->health.knows_edns && !attempt->had_edns
        && attempt->flight != FLIGHT_NONE
        && flight_at(self->flights, attempt->flight)->without_edns
        && rcode != CORE_FORMERR && rcode != CORE_NOTIMP)
        server->health.plain_until_ms = now_ms(self) + UPSTREAM_HABIT_MS;
}

/* ---- what becomes of the flight ------------------------------------------ */

static void
make_answer(dispatch_t *self, struct arrival *arrival,
            const struct flight *flight, struct answer *answer)
{
    /* A bare header has no room behind it. */
    if (arrival->message.qname == NULL) {
        memcpy(self->scratch, arrival->bytes, arrival->message.size);
        arrival->bytes = self->scratch;
        arrival->message.bytes = self->scratch;
    }
    answer_make(answer, arrival->bytes, &arrival->message, arrival->sent,
                flight->query.bytes + CORE_HEADER_SIZE,
                arrival->question_size);
}

static bool
is_for_next(const dispatch_t *self, const struct arrival *arrival,
            const struct route *route)
{
    const struct core_message *message = &arrival->message;
    unsigned rcode = core_message_rcode(message);

    return self->has_next
        && (has_bit(route->next_on, rcode)
            || (route->next_on_nodata && rcode == CORE_NOERROR
                && message->counts[CORE_ANSWER] == 0));
}

/* Keeps a reply that is better than none. */
static void
keep_spare(dispatch_t *self, struct arrival *arrival, struct flight *flight)
{
    struct answer answer;

    flight->spare_is_for_next = is_for_next(self, arrival, flight->route);
    make_answer(self, arrival, flight, &answer);
    free(flight->spare);
    flight->spare = core_allocate(answer.size);
    flight->spare_size = answer.size;
    memcpy(flight->spare, answer.bytes, answer.size);
}

static bool
is_without_edns(const struct arrival *arrival, const struct flight *flight)
{
    unsigned rcode = core_message_rcode(&arrival->message);

    return (rcode == CORE_FORMERR || rcode == CORE_NOTIMP)
        && arrival->attempt.had_edns && !arrival->message.edns.present
        && !flight->without_edns;
}

/*
 * An upstream that cannot say anything does not speak for another one that is
 * still being waited for, however quick it was to say so.
 */
static bool
is_premature(const dispatch_t *self, const struct arrival *arrival,
             const struct flight *flight)
{
    unsigned rcode = core_message_rcode(&arrival->message);

    if (rcode == CORE_NOERROR
        || (rcode == CORE_NXDOMAIN && !has_bit(flight->route->failover,
                                               rcode)))
        return false;
    for (unsigned i = 0; i < flight->live_count; i++)
        if (self->attempts[flight->live[i]].server
            != arrival->attempt.server)
            return true;
    return false;
}

static void
decide(dispatch_t *self, struct arrival *arrival)
{
    uint32_t number = arrival->attempt.flight;
    struct flight *flight = flight_at(self->flights, number);
    struct server *server = arrival->attempt.server;
    struct route *route = flight->route;
    struct answer answer;

    if ((arrival->message.flags & CORE_TC) != 0
        && !arrival->attempt.by_stream && !route->passes_truncated) {
        keep_spare(self, arrival, flight);
        self->totals->over_tcp++;
        dispatch_again(self, number, server, true);
    }
    else if (is_without_edns(arrival, flight)) {
        flight->without_edns = true;
        dispatch_again(self, number, server, arrival->attempt.by_stream);
    }
    else if (has_bit(route->failover, core_message_rcode(&arrival->message))
             && flight->position < flight->order_count) {
        keep_spare(self, arrival, flight);
        dispatch_advance(self, number);
    }
    else if (is_premature(self, arrival, flight))
        keep_spare(self, arrival, flight);
    else if (is_for_next(self, arrival, route))
        dispatch_pass(self, number);
    else {
        make_answer(self, arrival, flight, &answer);
        dispatch_answer(self, number, &answer);
    }
}

/* ---- replies ------------------------------------------------------------- */

static void
take_match(dispatch_t *self, struct exchange_reply *reply, uint8_t *bytes)
{
    struct arrival arrival = {
        .attempt = self->attempts[reply->number],
        .message = reply->message, .bytes = bytes,
    };
    const uint8_t *sent = exchange_question(self->exchanges, reply->number,
                                            &arrival.question_size);

    memcpy(arrival.sent, sent, arrival.question_size);
    if (arrival.attempt.flight != FLIGHT_NONE) {
        struct flight *flight = flight_at(self->flights,
                                          arrival.attempt.flight);

        flight->replied = arrival.attempt.server;
        flight->took_us = core_loop_now_us(self->loop)
            - arrival.attempt.sent_us;
    }
    note_reply(self, &arrival.attempt, reply);
    attempt_end(self, reply->number);
    if (arrival.attempt.flight != FLIGHT_NONE)
        decide(self, &arrival);
}

/* The flight of that attempt goes on over a connection; false when it does
   already, or when there is none.  It may be over then. */
static bool
go_over_stream(dispatch_t *self, const struct attempt *attempt)
{
    if (attempt->flight == FLIGHT_NONE
        || flight_at(self->flights, attempt->flight)->over_stream)
        return false;
    self->totals->over_tcp++;
    dispatch_again(self, attempt->flight, attempt->server, true);
    return true;
}

/* Nothing that this socket receives is believed any more. */
static void
abandon_socket(dispatch_t *self, uint32_t channel)
{
    uint32_t number;

    datagram_retain(self->datagrams, channel);
    datagram_distrust(self->datagrams, channel);
    while ((number = exchange_first(self->exchanges, channel))
           != EXCHANGE_NONE) {
        struct attempt attempt = self->attempts[number];

        attempt_end(self, number);
        if (!go_over_stream(self, &attempt) && attempt.flight != FLIGHT_NONE
            && flight_at(self->flights, attempt.flight)->live_count == 0)
            dispatch_advance(self, attempt.flight);
    }
    datagram_release(self->datagrams, channel);
}

static void
take_stray(dispatch_t *self, uint32_t channel, uint32_t number)
{
    self->totals->strays++;
    if (number != EXCHANGE_NONE) {
        struct attempt attempt = self->attempts[number];

        go_over_stream(self, &attempt);
    }
    if (datagram_stray(self->datagrams, channel) == STRAYS)
        abandon_socket(self, channel);
}

static void
take_datagram(void *owner, uint32_t channel, uint8_t *bytes, size_t size)
{
    dispatch_t *self = owner;
    struct exchange_reply reply;

    /* What was cut cannot be read; its id sends the question to TCP. */
    if (size > DATAGRAM_PAYLOAD)
        size = CORE_HEADER_SIZE;
    if (exchange_find(self->exchanges, channel, EXCHANGE_BY_LETTER, bytes,
                      size, &reply) == EXCHANGE_MATCHED)
        take_match(self, &reply, bytes);
    else
        take_stray(self, channel, reply.number);
}

/* An upstream that answers another question than it was asked. */
static void
take_mismatch(dispatch_t *self, uint32_t number)
{
    struct attempt attempt = self->attempts[number];

    self->totals->strays++;
    upstream_replied(&attempt.server->health, -1, now_ms(self));
    attempt_end(self, number);
    if (attempt.flight == FLIGHT_NONE)
        return;

    struct flight *flight = flight_at(self->flights, attempt.flight);

    flight->is_mismatched = true;
    flight_failed(flight, attempt.server, "answered another question");
    dispatch_advance(self, attempt.flight);
}

static void
take_stream(void *owner, uint32_t channel, uint8_t *bytes, size_t size)
{
    dispatch_t *self = owner;
    struct exchange_reply reply;

    switch (exchange_find(self->exchanges, DISPATCH_STREAMS + channel,
                          EXCHANGE_BY_CHANNEL, bytes, size, &reply)) {
    case EXCHANGE_MATCHED:
        take_match(self, &reply, bytes);
        break;
    case EXCHANGE_MISMATCHED:
        take_mismatch(self, reply.number);
        break;
    case EXCHANGE_UNKNOWN:
        self->totals->strays++;
        break;
    }
}

/* ---- failures ------------------------------------------------------------ */

static void
fail_datagrams(void *owner, uint32_t channel, int error)
{
    dispatch_t *self = owner;
    uint32_t number;

    /* What is tried again takes another socket, so this ends. */
    datagram_retain(self->datagrams, channel);
    datagram_distrust(self->datagrams, channel);
    while ((number = exchange_first(self->exchanges, channel))
           != EXCHANGE_NONE)
        attempt_fail(self, number, strerrordesc_np(error));
    datagram_release(self->datagrams, channel);
}

static void
fail_query(void *owner, uint32_t channel, uint16_t id, const char *why)
{
    dispatch_t *self = owner;
    uint32_t number = exchange_first(self->exchanges,
                                     DISPATCH_STREAMS + channel);

    while (number != EXCHANGE_NONE
           && exchange_id(self->exchanges, number) != id)
        number = exchange_next(self->exchanges, number);
    if (number != EXCHANGE_NONE)
        attempt_fail(self, number, why);
}

/* A server may close a connection that was idle just as it is used again:
   that is no failure, and the next connection tells. */
static void
fail_stream(void *owner, uint32_t channel, const char *why)
{
    dispatch_t *self = owner;
    uint32_t number;

    while ((number = exchange_first(self->exchanges,
                                    DISPATCH_STREAMS + channel))
           != EXCHANGE_NONE) {
        struct attempt attempt = self->attempts[number];

        if (!attempt.was_ready || attempt.kind != ATTEMPT_QUERY) {
            attempt_fail(self, number, why);
            continue;
        }
        attempt_end(self, number);
        if (attempt.flight != FLIGHT_NONE)
            dispatch_again(self, attempt.flight, attempt.server, true);
    }
}

const struct datagram_hooks reply_datagram_hooks = {
    .received = take_datagram, .failed = fail_datagrams,
};

const struct stream_hooks reply_stream_hooks = {
    .received = take_stream, .failed = fail_query, .lost = fail_stream,
};
