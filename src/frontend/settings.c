/*
 * settings - the group stages.frontend of the configuration
 */

#include "frontend/settings.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "coredns/log.h"
#include "coredns/loop.h"
#include "coredns/version.h"
#include "frontend/listener.h"
#include "lib/pattern.h"

#define OFFSET(field) offsetof(struct settings, field)

#define ROUTE(field) offsetof(struct route_settings, field)

static const char *const otherwise_choices[] = { "refused", "servfail", NULL };
static const unsigned otherwise_rcodes[] = { CORE_REFUSED, CORE_SERVFAIL };

static const char *const local_choices[] = {
    [LOCAL_OFF] = "off", [LOCAL_ON] = "on", [LOCAL_PREFIX] = "prefix", NULL,
};

static const char *const order_choices[] = {
    [ORDER_AS_IS] = "as_is", [ORDER_RANDOM] = "random",
    [ORDER_WEIGHTED] = "weighted", NULL,
};

static const char *const class_choices[] = {
    [QUERY_SUCCESS] = "success", [QUERY_DENIAL] = "denial",
    [QUERY_ERROR] = "error", [QUERY_ALL] = "all", NULL,
};

static const char *const level_choices[] = {
    [CORE_LOG_ERROR] = "error", [CORE_LOG_WARNING] = "warning",
    [CORE_LOG_NOTICE] = "notice", [CORE_LOG_DEBUG] = "debug", NULL,
};

#define QUERY(field) offsetof(struct query_log_settings, field)

static const struct core_setting query_log_table[] = {
    { .key = "names", .type = CORE_NAME, .list = true, .fallback_text = ".",
      .offset = QUERY(names),
      .says = "queries for these names and those below them" },
    { .key = "classes", .type = CORE_CHOICE, .choices = class_choices,
      .list = true, .fallback_text = "all", .offset = QUERY(classes),
      .says = "what the reply must be for a line" },
    { .key = "format", .type = CORE_TEXT, .fallback_text = "{common}",
      .offset = QUERY(format),
      .says = "the line, with placeholders; json: an object" },
    { .type = CORE_END },
};

#define FAILURE(field) offsetof(struct failure_group_settings, field)

static const struct core_setting failure_table[] = {
    { .key = "pattern", .type = CORE_TEXT, .required = true,
      .offset = FAILURE(pattern),
      .says = "regular expression that the cause must match" },
    { .key = "period", .type = CORE_DURATION, .required = true, .minimum = 1,
      .maximum = (int64_t) 365 * 86400000, .offset = FAILURE(period_ms),
      .says = "time in which failures are only counted" },
    { .key = "level", .type = CORE_CHOICE, .choices = level_choices,
      .fallback = CORE_LOG_ERROR, .offset = FAILURE(level),
      .says = "how severe they are" },
    { .key = "show_first", .type = CORE_BOOLEAN,
      .offset = FAILURE(show_first),
      .says = "a line for the first of them" },
    { .type = CORE_END },
};

static const struct core_setting route_table[] = {
    { .key = "zones", .type = CORE_NAME, .list = true, .fallback_text = ".",
      .offset = ROUTE(zones),
      .says = "names that lie in these zones take this route; the longest "
              "zone wins" },
    { .key = "next", .type = CORE_STAGE, .offset = ROUTE(next),
      .says = "stage that the route leads to" },
    { .key = "otherwise", .type = CORE_CHOICE, .choices = otherwise_choices,
      .offset = ROUTE(otherwise),
      .says = "what is said when there is no next" },
    { .key = "all_classes", .type = CORE_BOOLEAN, .offset = ROUTE(all_classes),
      .says = "queries of other classes than IN take the route too; otherwise "
              "they are REFUSED" },
    { .key = "local_names", .type = CORE_CHOICE, .choices = local_choices,
      .offset = ROUTE(local_names),
      .says = "answer localhost and the reverse zones of 0, 127 and 255 here "
              "(RFC 6761, RFC 6303); prefix: localhost.DOMAIN too" },
    { .key = "minimal_any", .type = CORE_BOOLEAN, .offset = ROUTE(minimal_any),
      .says = "answer ANY here with one HINFO record (RFC 8482)" },
    { .key = "order", .type = CORE_CHOICE, .choices = order_choices,
      .offset = ROUTE(order),
      .says = "order of a name's addresses in a reply: shuffled each time, or "
              "one that is chosen by weight first" },
    { .key = "prefer", .type = CORE_NETWORK, .list = true,
      .offset = ROUTE(prefer),
      .says = "addresses in these networks come before the others" },
    { .key = "weights", .type = CORE_PATH, .offset = ROUTE(weights),
      .says = "file of names, their addresses and weights from 1 to 255" },
    { .key = "weights_reload", .type = CORE_DURATION, .fallback = 30000,
      .maximum = 86400000, .offset = ROUTE(weights_reload_ms),
      .says = "how often that is looked at for changes; 0: never" },
    { .key = "authors", .type = CORE_TEXT, .list = true,
      .offset = ROUTE(authors),
      .says = "texts of authors.bind in class CH; none: not told" },
    { .key = "query_log", .type = CORE_GROUPS, .members = query_log_table,
      .members_size = sizeof (struct query_log_settings),
      .offset = ROUTE(query_log),
      .says = "which queries are logged; the first group that holds a name "
              "decides" },
    { .key = "failure_log", .type = CORE_BOOLEAN, .offset = ROUTE(failure_log),
      .says = "log each query that fails, and why" },
    { .key = "failure_groups", .type = CORE_GROUPS, .members = failure_table,
      .members_size = sizeof (struct failure_group_settings),
      .offset = ROUTE(failure_groups),
      .says = "failures that are told together" },
    { .key = "metrics", .type = CORE_BOOLEAN, .fallback = true,
      .offset = ROUTE(metrics),
      .says = "queries are counted for each zone of the route; otherwise as "
              "zone other" },
    { .key = "deadline", .type = CORE_DURATION, .minimum = 10,
      .maximum = 60000, .offset = ROUTE(deadline_ms),
      .says = "time after which a query is answered SERVFAIL, if not that of "
              "all routes" },
    { .key = "payload", .type = CORE_INTEGER, .minimum = 512, .maximum = 4096,
      .offset = ROUTE(payload),
      .says = "largest reply over UDP, if not that of all routes" },
    { .key = "version", .type = CORE_TEXT, .offset = ROUTE(version),
      .says = "text of version.bind, if not that of all routes" },
    { .key = "identity", .type = CORE_TEXT, .offset = ROUTE(identity),
      .says = "text of id.server and hostname.bind, if not that of all "
              "routes" },
    { .key = "nsid", .type = CORE_BOOLEAN, .offset = ROUTE(nsid),
      .says = "tell clients of this route which server answers" },
    { .key = "nsid_text", .type = CORE_TEXT, .offset = ROUTE(nsid_text),
      .says = "what they are told, if not the same as all" },
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
      .says = "largest reply over UDP, and at most the EDNS size that is "
              "told" },
    { .key = "in_flight", .type = CORE_INTEGER, .fallback = 8192,
      .minimum = 64, .maximum = 1000000, .offset = OFFSET(in_flight),
      .says = "queries without a reply at a time over UDP, and as many over "
              "TCP; the oldest is dropped for a new one" },
    { .key = "recursion_available", .type = CORE_BOOLEAN,
      .offset = OFFSET(recursion_available),
      .says = "set RA in every reply; otherwise it is as the stages set it" },
    { .key = "version", .type = CORE_TEXT,
      .fallback_text = "coredns " CORE_VERSION, .offset = OFFSET(version),
      .says = "text of version.bind in class CH; empty: not told" },
    { .key = "identity", .type = CORE_TEXT, .offset = OFFSET(identity),
      .says = "text of id.server and hostname.bind in class CH, the host's "
              "name by default; empty: not told" },
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
    { .key = "tcp_query_limit", .type = CORE_INTEGER, .maximum = 1 << 30,
      .offset = OFFSET(tcp_query_limit),
      .says = "queries on one connection in all, after which it ends; 0: no "
              "limit" },
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

static void
check_order(const struct settings *self, core_faults_t *faults)
{
    const struct route_settings *routes = self->routes.items;

    for (size_t i = 0; i < self->routes.count; i++) {
        bool is_weighted = routes[i].order == ORDER_WEIGHTED;

        if (is_weighted != (routes[i].weights != NULL))
            core_faults_add(faults, NULL, 0,
                            "frontend.routes[%zu].%s", i, is_weighted
                            ? "order: weighted needs weights"
                            : "weights: only with order = \"weighted\"");
        if (routes[i].order == ORDER_AS_IS && routes[i].prefer.count > 0)
            core_faults_add(faults, NULL, 0, "frontend.routes[%zu].prefer: "
                            "only with an order", i);
    }
}

static void
check_failures(const struct settings *self, core_faults_t *faults)
{
    const struct route_settings *routes = self->routes.items;

    for (size_t i = 0; i < self->routes.count; i++) {
        const struct failure_group_settings *groups =
            routes[i].failure_groups.items;

        if (routes[i].failure_groups.count > 0 && !routes[i].failure_log)
            core_faults_add(faults, NULL, 0,
                            "frontend.routes[%zu].failure_groups: only with "
                            "failure_log", i);
        for (size_t j = 0; j < routes[i].failure_groups.count; j++) {
            struct core_fault fault;
            core_pattern_t *pattern = core_pattern_new(groups[j].pattern,
                                                       &fault);

            if (pattern == NULL)
                core_faults_add(faults, NULL, 0, "frontend.routes[%zu]."
                                "failure_groups[%zu].%s", i, j, fault.text);
            core_pattern_destroy(&pattern);
        }
    }
}

static void
check_nsid(const char *place, const char *text, core_faults_t *faults)
{
    if (text != NULL && strlen(text) > REPLY_NSID_SIZE)
        core_faults_add(faults, NULL, 0, "%s.nsid_text: longer than %d octets",
                        place, REPLY_NSID_SIZE);
}

static void
check_nsids(const struct settings *self, core_faults_t *faults)
{
    const struct route_settings *routes = self->routes.items;
    char place[64];

    check_nsid("frontend", self->nsid_text, faults);
    for (size_t i = 0; i < self->routes.count; i++) {
        snprintf(place, sizeof place, "frontend.routes[%zu]", i);
        check_nsid(place, routes[i].nsid_text, faults);
    }
}

void
settings_check(const void *settings, core_faults_t *faults)
{
    const struct settings *self = settings;

    check_nsids(self, faults);

    check_listen(self, faults);
    check_routes(self, faults);
    check_order(self, faults);
    check_failures(self, faults);
    if (self->retry_ms > self->deadline_ms)
        core_faults_add(faults, NULL, 0,
                        "frontend.retry: longer than the deadline");
}

void
settings_inspect(const void *settings, core_faults_t *faults)
{
    const struct settings *self = settings;
    const struct route_settings *routes = self->routes.items;

    for (size_t i = 0; i < self->routes.count; i++) {
        struct core_fault fault;
        weights_t *weights;

        if (routes[i].weights == NULL)
            continue;
        weights = weights_load(routes[i].weights, &fault);
        if (weights == NULL)
            core_faults_copy(faults, &fault);
        weights_destroy(&weights);
    }
}

static const char *
either(const char *text, const char *instead)
{
    return text != NULL ? text : instead;
}

void
settings_route(const struct settings *self, const struct route_settings *route,
               const char *host, struct dispatch_route *plan)
{
    static const struct route_settings elsewhere = { .metrics = true };
    const struct route_settings *own = route == NULL ? &elsewhere : route;
    const char *identity = either(own->identity,
                                  either(self->identity, host));
    const char *nsid = either(own->nsid_text,
                              either(self->nsid_text, identity));

    *plan = (struct dispatch_route) {
        .otherwise = otherwise_rcodes[own->otherwise],
        .deadline_ms = own->deadline_ms != 0 ? own->deadline_ms
                                             : self->deadline_ms,
        .all_classes = own->all_classes,
        .has_metrics = own->metrics,
        .made = {
            .local = (enum local_names) own->local_names,
            .minimal_any = own->minimal_any,
            .chaos = {
                .version = either(own->version, self->version),
                .identity = identity,
                .authors = own->authors,
            },
        },
        .order = {
            .kind = (enum order_kind) own->order,
            .prefer = own->prefer,
        },
        .reply = {
            .payload = (uint16_t) (own->payload != 0 ? own->payload
                                                     : self->payload),
            .recursion_available = self->recursion_available,
            .tells_nsid = self->nsid || own->nsid,
        },
    };
    plan->reply.nsid_size = strnlen(nsid, REPLY_NSID_SIZE);
    memcpy(plan->reply.nsid, nsid, plan->reply.nsid_size);
}

void
settings_limits(const struct settings *self, struct tcp_limits *limits)
{
    *limits = (struct tcp_limits) {
        .connections = {
            .all = (uint32_t) core_loop_share((size_t) self->tcp_connections,
                                              2),
            .per_client = (uint32_t) self->tcp_connections_per_client,
            .idle_ms = self->tcp_idle_ms,
        },
        .queries = (uint32_t) self->tcp_queries,
        .received = (uint32_t) self->tcp_query_limit,
        .buffer = (size_t) self->tcp_buffer,
        .buffers = (size_t) self->tcp_buffers,
    };
}
