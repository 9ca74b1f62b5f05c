/*
 * dispatch_parts - what the parts of the dispatch share; private to them
 *
 *   intake.c     queries come: taken up, joined to others, turned away
 *   dispatch.c   deadlines pass, upstreams are tried, replies go up
 *   attempt.c    one question to one upstream: begun, late, over
 *   reply.c      what came back, and what to do about it
 *   probe.c      questions of our own: is it alive, is it we ourselves
 */

#ifndef FORWARD_DISPATCH_PARTS_H
#define FORWARD_DISPATCH_PARTS_H

#include "forward/answer.h"
#include "forward/dispatch.h"
#include "forward/exchange.h"
#include "forward/flight.h"
#include "forward/guard.h"
#include "lib/wheel.h"

#define DISPATCH_EXCHANGES 32768        /* attempts under way, at most */
#define DISPATCH_FLIGHTS 2048           /* questions under way, at most */
#define DISPATCH_WAITERS 8192           /* as many as a stage may hold */

#define DISPATCH_FULL "too many queries under way"

/* Channels of connections come behind those of sockets. */
#define DISPATCH_STREAMS DATAGRAM_CHANNELS
#define DISPATCH_CHANNELS (DATAGRAM_CHANNELS + STREAM_CHANNELS)

enum attempt_kind { ATTEMPT_QUERY, ATTEMPT_PROBE, ATTEMPT_GUARD };

/* What is asked of whom. */
struct attempt_request {
    enum attempt_kind kind;
    uint32_t flight;                    /* FLIGHT_NONE: nobody waits */
    struct route *route;
    struct server *server;
    const struct core_message *query;
    bool by_stream;
    bool without_edns;
};

/* An attempt has the number of its exchange. */
struct attempt {
    enum attempt_kind kind;
    uint32_t flight;                    /* FLIGHT_NONE: nobody waits */
    struct route *route;
    struct server *server;              /* NULL: not under way */
    int64_t sent_us;
    bool by_stream;
    bool was_ready;                     /* nothing had to be opened first */
    bool is_late;
    bool had_edns;
    bool is_scrambled;
};

struct dispatch {
    core_life_t *life;
    core_loop_t *loop;
    core_timer_t *ticker;               /* runs while anything is under way */
    core_timer_t *keeper;               /* once a second */
    generator_t *generator;
    metrics_t *metrics;
    struct metrics_totals *totals;
    guard_t *guard;
    datagram_t *datagrams;
    streams_t *streams;
    exchange_table_t *exchanges;
    struct attempt *attempts;
    flight_table_t *flights;
    wheel_t *wheel;                     /* exchanges, then flights */
    plan_t *plan;
    plan_t **retired;                   /* still needed by some flights */
    size_t retired_count, retired_capacity;
    bool has_next;                      /* there is a next stage */
    bool has_failing;                   /* an upstream is to be probed */
    uint8_t scratch[CORE_MESSAGE_SIZE];
};

/* ---- dispatch.c ---------------------------------------------------------- */

/* Asks the next upstream in order; gives up when there is none to ask and none
   has still to reply. */
void
    dispatch_advance(dispatch_t *self, uint32_t flight);

/* Asks the same upstream again, over a connection or as before; another one
   when that cannot be. */
void
    dispatch_again(dispatch_t *self, uint32_t flight, struct server *server,
                   bool by_stream);

/* The flight is over: everyone who waits gets the answer, or goes on to the
   next stage. */
void
    dispatch_answer(dispatch_t *self, uint32_t flight, struct answer *answer);
void
    dispatch_pass(dispatch_t *self, uint32_t flight);

/* The flight ends, nobody waits; attempts without a reply go on for nobody. */
void
    dispatch_finish(dispatch_t *self, uint32_t flight);

/* The flight is over, and nobody answered: everyone is told why. */
void
    dispatch_give_up(dispatch_t *self, uint32_t flight);

void
    dispatch_refuse_loop(core_query_t *query);

/* Makes sure that the ticker runs. */
void
    dispatch_tick(dispatch_t *self);

/* ---- attempt.c ----------------------------------------------------------- */

/* False when it cannot even be sent. */
bool
    attempt_begin(dispatch_t *self, const struct attempt_request *request);

/* Over, whatever came of it. */
void
    attempt_end(dispatch_t *self, uint32_t number);

/* Its upstream refused it, or what it was sent over broke. */
void
    attempt_fail(dispatch_t *self, uint32_t number, const char *why);

/* Its timer has come due. */
void
    attempt_due(dispatch_t *self, uint32_t number);

/* Counts a failure of the upstream, and tells of it once. */
void
    attempt_note_failure(dispatch_t *self, struct server *server);

/* ---- reply.c: hooks of the sockets and connections ----------------------- */

extern const struct datagram_hooks reply_datagram_hooks;
extern const struct stream_hooks reply_stream_hooks;

/* ---- probe.c ------------------------------------------------------------- */

/* Probes those that fail and are due. */
void
    probe_failing(dispatch_t *self);

/* How long the reply to a probe is waited for. */
int64_t
    probe_patience_ms(const struct server *server);

/* A query came while the same one is under way: is an upstream we ourselves?
   Asks, unless that is unlikely or was asked just before. */
void
    probe_suspect(dispatch_t *self, uint32_t flight,
                  const struct core_message *query);

/* True when the query is our own question, come back: the upstream is left
   alone from here on. */
bool
    probe_is_ours(dispatch_t *self, const struct core_message *query);

#endif
