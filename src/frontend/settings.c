/*
 * settings - the group stages.frontend of the configuration
 */

#include "frontend/settings.h"

#include <czmq.h>

#include "coredns/version.h"
#include "frontend/listener.h"

#define OFFSET(field) offsetof(struct settings, field)

static const struct core_setting route_table[] = {
    { .key = "zones", .type = CORE_NAME, .list = true, .fallback_text = ".",
      .offset = offsetof(struct route_settings, zones),
      .says = "names that lie in these zones take this route; the longest "
              "zone wins" },
    { .key = "next", .type = CORE_STAGE, .required = true,
      .offset = offsetof(struct route_settings, next),
      .says = "stage that the route leads to" },
    { .type = CORE_END },
};

const struct core_setting settings_table[] = {
    { .key = "listen", .type = CORE_TEXT, .list = true, .required = true,
      .offset = OFFSET(listen),
      .says = "addresses for clients, as dns://ADDRESS[:PORT]; dns://:53 is "
              "every address" },
    { .key = "routes", .type = CORE_GROUPS, .required = true,
      .members = route_table, .members_size = sizeof (struct route_settings),
      .offset = OFFSET(routes),
      .says = "which stage is asked for which zones" },
    { .key = "clients", .type = CORE_NETWORK, .list = true,
      .offset = OFFSET(clients),
      .says = "networks that are answered, all others are REFUSED; without "
              "it everybody is answered" },
    { .key = "deadline", .type = CORE_DURATION, .fallback = 4500,
      .minimum = 100, .maximum = 60000, .offset = OFFSET(deadline_ms),
      .says = "time after which a query is answered SERVFAIL" },
    { .key = "retry", .type = CORE_DURATION, .fallback = 300,
      .minimum = 20, .maximum = 60000, .offset = OFFSET(retry_ms),
      .says = "silence after which a query is sent down again; doubles each "
              "time" },
    { .key = "payload", .type = CORE_INTEGER, .fallback = 1232,
      .minimum = 512, .maximum = 4096, .offset = OFFSET(payload),
      .says = "largest reply over UDP, which is also the EDNS size we tell" },
    { .key = "in_flight", .type = CORE_INTEGER, .fallback = 8192,
      .minimum = 64, .maximum = 1000000, .offset = OFFSET(in_flight),
      .says = "queries without a reply at a time over UDP, and as many over "
              "TCP; the oldest is dropped for a new one" },
    { .key = "recursion_available", .type = CORE_BOOLEAN,
      .offset = OFFSET(recursion_available),
      .says = "set RA in every reply; otherwise it is as the stages set it" },
    { .key = "version", .type = CORE_TEXT,
      .fallback_text = "coredns " CORE_VERSION, .offset = OFFSET(version),
      .says = "text of version.bind in class CH; empty: REFUSED" },
    { .key = "identity", .type = CORE_TEXT, .offset = OFFSET(identity),
      .says = "text of id.server and hostname.bind in class CH, the host's "
              "name by default; empty: REFUSED" },
    { .key = "nsid", .type = CORE_BOOLEAN, .offset = OFFSET(nsid),
      .says = "tell clients that ask for it (RFC 5001) which server answers" },
    { .key = "nsid_text", .type = CORE_TEXT, .offset = OFFSET(nsid_text),
      .says = "what they are told; by default the identity" },
    { .key = "tcp_connections", .type = CORE_INTEGER, .fallback = 1024,
      .minimum = 1, .maximum = CONNECTIONS_MAX,
      .offset = OFFSET(tcp_connections),
      .says = "connections at a time" },
    { .key = "tcp_connections_per_client", .type = CORE_INTEGER,
      .fallback = 64, .minimum = 1, .maximum = CONNECTIONS_MAX,
      .offset = OFFSET(tcp_connections_per_client),
      .says = "connections of one client at a time; a client is an IPv4 "
              "address or an IPv6 /64" },
    { .key = "tcp_idle", .type = CORE_DURATION, .fallback = 10000,
      .minimum = 500, .maximum = 3600000, .offset = OFFSET(tcp_idle_ms),
      .says = "time after which an idle connection ends; down to a tenth of "
              "it when more than half of the connections exist" },
    { .key = "tcp_queries", .type = CORE_INTEGER, .fallback = 128,
      .minimum = 1, .maximum = 65536, .offset = OFFSET(tcp_queries),
      .says = "queries without a reply on one connection; no more are read "
              "until then" },
    { .key = "tcp_buffer", .type = CORE_SIZE, .fallback = 1 << 20,
      .minimum = 1 << 17, .maximum = (int64_t) 1 << 30,
      .offset = OFFSET(tcp_buffer),
      .says = "octets of replies that a client may leave unread, zone "
              "transfers not counted, before its connection ends" },
    { .key = "tcp_buffers", .type = CORE_SIZE, .fallback = 256 << 20,
      .minimum = 1 << 20, .maximum = (int64_t) 1 << 40,
      .offset = OFFSET(tcp_buffers),
      .says = "the same for all clients together, zone transfers counted" },
    { .type = CORE_END },
};

static void
check_listen(const struct settings *self, core_faults_t *faults)
{
    const char *const *urls = self->listen.items;
    struct listener listener;
    struct core_fault fault;

    for (size_t i = 0; i < self->listen.count; i++) {
        if (listener_read(&listener, urls[i], &fault) == -1)
            core_faults_add(faults, NULL, 0, "frontend.listen[%zu]: %s", i,
                            fault.text);
    }
    if (self->listen.count > LISTENERS)
        core_faults_add(faults, NULL, 0,
                        "frontend.listen: more than %d addresses", LISTENERS);
}

/* No name may have two routes. */
static void
check_routes(const struct settings *self, core_faults_t *faults)
{
    const struct route_settings *routes = self->routes.items;
    size_t count = 0;

    for (size_t i = 0; i < self->routes.count; i++)
        count += routes[i].zones.count;

    route_table_t *table = route_table_new(count);

    for (size_t i = 0; i < self->routes.count; i++) {
        const uint8_t *const *zones = routes[i].zones.items;

        for (size_t j = 0; j < routes[i].zones.count; j++) {
            char text[CORE_NAME_TEXT_SIZE];

            if (route_table_add(table, zones[j], 0) == -1)
                core_faults_add(faults, NULL, 0,
                                "frontend.routes[%zu]: two routes for %s", i,
                                core_name_to_text(text, zones[j]));
        }
    }
    route_table_destroy(&table);
}

void
settings_check(const void *settings, core_faults_t *faults)
{
    const struct settings *self = settings;

    check_listen(self, faults);
    check_routes(self, faults);
    if (self->retry_ms > self->deadline_ms)
        core_faults_add(faults, NULL, 0,
                        "frontend.retry: longer than the deadline");
}

void
settings_policy(const struct settings *self, const char *host,
                struct dispatch_policy *policy)
{
    const char *identity = self->identity != NULL ? self->identity : host;
    const char *nsid = self->nsid_text != NULL ? self->nsid_text : identity;

    *policy = (struct dispatch_policy) {
        .admit = { .clients = self->clients },
        .reply = {
            .payload = (uint16_t) self->payload,
            .recursion_available = self->recursion_available,
        },
        .chaos = { .version = self->version, .identity = identity },
        .deadline_ms = self->deadline_ms,
        .retry_ms = self->retry_ms,
    };
    if (self->nsid) {
        policy->reply.nsid_size = strnlen(nsid, REPLY_NSID_SIZE);
        memcpy(policy->reply.nsid, nsid, policy->reply.nsid_size);
    }
}

void
settings_limits(const struct settings *self, struct tcp_limits *limits)
{
    *limits = (struct tcp_limits) {
        .connections = {
            .all = (uint32_t) self->tcp_connections,
            .per_client = (uint32_t) self->tcp_connections_per_client,
            .idle_ms = self->tcp_idle_ms,
        },
        .queries = (uint32_t) self->tcp_queries,
        .buffer = (size_t) self->tcp_buffer,
        .buffers = (size_t) self->tcp_buffers,
    };
}
