/*
 * probe - questions of our own: is it alive, is it we ourselves
 */

#include <string.h>

#include "coredns/log.h"
#include "coredns/rrtype.h"
#include "coredns/writer.h"
#include "forward/dispatch_parts.h"

#define PROBE_SIZE 300
#define PATIENCE_MOST_MS 1000
#define SUSPECT_EACH_MS 2000            /* at most so often */
#define QUIET_MS 1000                   /* an upstream that said nothing for so
                                           long may be a loop */

/* ---- is it alive? -------------------------------------------------------- */

int64_t
probe_patience_ms(const struct server *server)
{
    int64_t patience_ms = 2 * upstream_patience_ms(&server->health);

    if (patience_ms < server->health.policy.probe_interval_ms)
        patience_ms = server->health.policy.probe_interval_ms;
    return patience_ms < PATIENCE_MOST_MS ? patience_ms : PATIENCE_MOST_MS;
}

/* Asks a server for a name, for no flight. */
static bool
ask(dispatch_t *self, enum attempt_kind kind, struct route *route,
    struct server *server, const uint8_t *name, uint16_t type,
    uint16_t flags)
{
    uint8_t bytes[PROBE_SIZE];
    struct core_writer writer;
    struct core_message message;

    core_writer_query(&writer, bytes, sizeof bytes, 0, flags, name, type,
                      CORE_IN);
    if (core_message_parse(&message, bytes, core_writer_end(&writer, 0, 0))
        != CORE_PARSE_OK)
        return false;

    struct attempt_request request = {
        .kind = kind, .flight = FLIGHT_NONE, .route = route,
        .server = server, .query = &message,
        .by_stream = route->force_tcp || server->datagrams == NULL,
    };

    return attempt_begin(self, &request);
}

static void
probe(dispatch_t *self, struct route *route, struct server *server)
{
    if (ask(self, ATTEMPT_PROBE, route, server, route->probe_domain, CORE_NS,
            route->probe_recursion ? CORE_RD : 0))
        return;
    server->metrics->healthcheck_failures++;
    upstream_failed(&server->health, core_loop_now_ms(self->loop));
    attempt_note_failure(self, server);
}

void
probe_failing(dispatch_t *self)
{
    int64_t now_ms = core_loop_now_ms(self->loop);
    bool is_any = false;

    for (size_t i = 0; i < plan_count(self->plan); i++) {
        struct route *route = plan_at(self->plan, i);

        for (size_t j = 0; j < route->server_count; j++) {
            struct server *server = &route->servers[j];

            if (upstream_wants_probe(&server->health, now_ms))
                probe(self, route, server);
            if (server->health.probe_ms != 0)
                is_any = true;
        }
    }
    self->has_failing = is_any;
}

/* ---- is it we ourselves? ------------------------------------------------- */

/* True when the query has the very id and letters of that attempt. */
static bool
is_attempt(const dispatch_t *self, uint32_t number,
           const struct core_message *query)
{
    size_t size;
    const uint8_t *question = exchange_question(self->exchanges, number,
                                                &size);

    return query->id == exchange_id(self->exchanges, number)
        && size == query->question_end - CORE_HEADER_SIZE
        && memcmp(question, query->bytes + CORE_HEADER_SIZE, size) == 0;
}

void
probe_suspect(dispatch_t *self, uint32_t flight_number,
              const struct core_message *query)
{
    const struct flight *flight = flight_at(self->flights, flight_number);
    int64_t now_ms = core_loop_now_ms(self->loop);

    for (unsigned i = 0; i < flight->live_count; i++) {
        struct server *server = self->attempts[flight->live[i]].server;
        uint8_t name[CORE_NAME_SIZE];

        if (now_ms < server->guard_ms
            || (now_ms - server->health.replied_ms < QUIET_MS
                && !is_attempt(self, flight->live[i], query)))
            continue;
        server->guard_ms = now_ms + SUSPECT_EACH_MS;
        guard_name(self->guard, flight->query.qname, server, now_ms, name);
        ask(self, ATTEMPT_GUARD, flight->route, server, name, CORE_HINFO,
            CORE_RD);
        return;
    }
}

static struct server *
find_server(const dispatch_t *self, const void *suspect)
{
    for (size_t i = 0; i < plan_count(self->plan); i++) {
        struct route *route = plan_at(self->plan, i);

        for (size_t j = 0; j < route->server_count; j++)
            if (&route->servers[j] == suspect)
                return &route->servers[j];
    }
    return NULL;
}

/* Nobody waits for what was sent round in a circle. */
static void
leave_loop(dispatch_t *self, const struct server *server)
{
    for (uint32_t i = 0; i < DISPATCH_EXCHANGES; i++) {
        uint32_t flight = self->attempts[i].flight;

        if (self->attempts[i].server != server)
            continue;
        attempt_end(self, i);
        if (flight == FLIGHT_NONE)
            continue;
        flight_at(self->flights, flight)->is_looped = true;
        dispatch_advance(self, flight);
    }
}

bool
probe_is_ours(dispatch_t *self, const struct core_message *query)
{
    int64_t now_ms = core_loop_now_ms(self->loop);
    const void *suspect = guard_find(self->guard, query->qname, now_ms);

    if (suspect == NULL)
        return false;

    struct server *server = find_server(self, suspect);

    if (server == NULL || upstream_is_looped(&server->health, now_ms))
        return true;
    upstream_looped(&server->health, now_ms);
    self->totals->loops++;
    core_log(CORE_LOG_WARNING, "upstream %s leads back to this server: not "
             "asked for %d seconds", server->to, UPSTREAM_LOOP_MS / 1000);
    leave_loop(self, server);
    return true;
}
