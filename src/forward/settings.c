/*
 * settings - what the configuration says of the stage
 *
 * The key of the rcodes that send a query on is not `next`, as in a Corefile:
 * `next` names a stage, at any depth.
 */

#include "forward/settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/name.h"
#include "forward/datagram.h"
#include "forward/resolv_conf.h"

#define DEFAULT_INTERVAL_MS 500

static const char *const policy_choices[] = {
    [POLICY_RANDOM] = "random", [POLICY_ROUND_ROBIN] = "round_robin",
    [POLICY_SEQUENTIAL] = "sequential", NULL,
};

/* The index is the rcode. */
static const char *const rcode_choices[] = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
    "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", NULL,
};

static const char *const truncated_choices[] = {
    [SETTINGS_RETRY] = "retry", [SETTINGS_PASS] = "pass", NULL,
};

static const char *const method_choices[] = {
    [SETTINGS_POST] = "POST", [SETTINGS_GET] = "GET", NULL,
};

#define HEALTH(field) offsetof(struct health_settings, field)
#define TLS(field) offsetof(struct tls_settings, field)
#define ROUTE(field) offsetof(struct route_settings, field)

static const struct core_setting health_table[] = {
    { .key = "interval", .type = CORE_DURATION,
      .fallback = DEFAULT_INTERVAL_MS, .minimum = 10, .maximum = 3600000,
      .offset = HEALTH(interval_ms),
      .says = "time between probes of an upstream that fails" },
    { .key = "recursion", .type = CORE_BOOLEAN, .fallback = true,
      .offset = HEALTH(recursion),
      .says = "set RD in probes" },
    { .key = "domain", .type = CORE_NAME, .fallback_text = ".",
      .offset = HEALTH(domain),
      .says = "name whose NS records are asked for in probes" },
    { .type = CORE_END },
};

static const struct core_setting tls_table[] = {
    { .key = "ca", .type = CORE_PATH, .offset = TLS(ca),
      .says = "file of the authorities that are trusted; by default those "
              "of the system" },
    { .key = "certificate", .type = CORE_PATH, .offset = TLS(certificate),
      .says = "certificate that is shown to upstreams" },
    { .key = "key", .type = CORE_PATH, .offset = TLS(key),
      .says = "its private key" },
    { .key = "servername", .type = CORE_TEXT, .offset = TLS(servername),
      .says = "name that the certificates of upstreams must have; by "
              "default their address" },
    { .type = CORE_END },
};

static const struct core_setting route_table[] = {
    { .key = "zone", .type = CORE_NAME, .list = true, .fallback_text = ".",
      .offset = ROUTE(zone),
      .says = "names at or below these take this route; the longest zone "
              "wins" },
    { .key = "to", .type = CORE_TEXT, .list = true, .required = true,
      .offset = ROUTE(to),
      .says = "upstreams: addresses with or without port, dns://ADDRESS, "
              "tls://ADDRESS%NAME, https://NAME/PATH, host names, or a file "
              "such as /etc/resolv.conf" },
    { .key = "except", .type = CORE_NAME, .list = true,
      .offset = ROUTE(except),
      .says = "names that, with all below them, go to the next stage" },
    { .key = "policy", .type = CORE_CHOICE, .choices = policy_choices,
      .offset = ROUTE(policy),
      .says = "in which order upstreams are asked" },
    { .key = "force_tcp", .type = CORE_BOOLEAN, .offset = ROUTE(force_tcp),
      .says = "ask over TCP only" },
    { .key = "prefer_udp", .type = CORE_BOOLEAN, .offset = ROUTE(prefer_udp),
      .says = "ask over UDP first, also for clients that came over TCP" },
    { .key = "truncated", .type = CORE_CHOICE, .choices = truncated_choices,
      .offset = ROUTE(truncated),
      .says = "a reply that was cut to fit UDP: ask again over TCP, or hand it "
              "up so that the client does" },
    { .key = "doh_method", .type = CORE_CHOICE, .choices = method_choices,
      .offset = ROUTE(doh_method),
      .says = "how https:// upstreams are asked" },
    { .key = "expire", .type = CORE_DURATION, .fallback = 10000,
      .minimum = 100, .maximum = 86400000, .offset = ROUTE(expire_ms),
      .says = "time after which an idle connection ends" },
    { .key = "max_age", .type = CORE_DURATION, .maximum = 86400000,
      .offset = ROUTE(max_age_ms),
      .says = "time after which a connection takes no more queries; 0: "
              "never" },
    { .key = "max_idle_conns", .type = CORE_INTEGER, .maximum = 1024,
      .offset = ROUTE(max_idle_conns),
      .says = "idle connections kept for each upstream; 0: all" },
    { .key = "read_timeout", .type = CORE_DURATION, .fallback = 2000,
      .minimum = 10, .maximum = 8000, .offset = ROUTE(read_timeout_ms),
      .says = "how long the reply of one upstream is waited for" },
    { .key = "max_fails", .type = CORE_INTEGER, .fallback = 2,
      .maximum = 1000000, .offset = ROUTE(max_fails),
      .says = "failures in a row after which an upstream is down; 0: it is "
              "never down and not probed" },
    { .key = "max_connect_attempts", .type = CORE_INTEGER,
      .fallback = SETTINGS_UNSET, .minimum = SETTINGS_UNSET, .maximum = 1000,
      .offset = ROUTE(max_connect_attempts),
      .says = "attempts for one query; 0: as many as time allows; -1: "
              "twice the number of upstreams, but three at least" },
    { .key = "health_check", .type = CORE_GROUPS, .members = health_table,
      .members_size = sizeof (struct health_settings),
      .offset = ROUTE(health_check),
      .says = "how an upstream that fails is probed" },
    { .key = "max_concurrent", .type = CORE_INTEGER, .maximum = 1000000,
      .offset = ROUTE(max_concurrent),
      .says = "queries under way at a time, others are REFUSED; 0: as many "
              "as there is room for" },
    { .key = "next_on", .type = CORE_CHOICE, .list = true,
      .choices = rcode_choices, .offset = ROUTE(next_on),
      .says = "rcodes upon which the query goes on to the next stage" },
    { .key = "next_on_nodata", .type = CORE_BOOLEAN,
      .offset = ROUTE(next_on_nodata),
      .says = "do so when the answer holds no records" },
    { .key = "failover", .type = CORE_CHOICE, .list = true,
      .choices = rcode_choices, .offset = ROUTE(failover),
      .says = "rcodes upon which the next upstream is asked" },
    { .key = "failfast_all_unhealthy", .type = CORE_BOOLEAN,
      .offset = ROUTE(failfast),
      .says = "answer SERVFAIL when all upstreams are down, instead of "
              "asking one of them" },
    { .key = "source_address", .type = CORE_NETWORK, .list = true,
      .offset = ROUTE(source_address),
      .says = "addresses queries are sent from: one of each family" },
    { .key = "tls", .type = CORE_GROUPS, .members = tls_table,
      .members_size = sizeof (struct tls_settings), .offset = ROUTE(tls),
      .says = "certificates for tls:// and https:// upstreams" },
    { .key = "resolver", .type = CORE_TEXT, .list = true,
      .offset = ROUTE(resolver),
      .says = "servers that resolve host names in `to` at the start; by "
              "default those of /etc/resolv.conf" },
    { .key = "payload", .type = CORE_INTEGER, .fallback = 1232,
      .minimum = 512, .maximum = DATAGRAM_PAYLOAD, .offset = ROUTE(payload),
      .says = "largest UDP reply that is asked for, in octets" },
    { .type = CORE_END },
};

const struct core_setting settings_table[] = {
    { .key = "routes", .type = CORE_GROUPS,
      .members = route_table, .members_size = sizeof (struct route_settings),
      .offset = offsetof(struct settings, routes),
      .says = "which upstreams are asked for which names" },
    { .key = "sources", .type = CORE_STAGE, .list = true,
      .offset = offsetof(struct settings, sources),
      .says = "feeds that list the servers of zones" },
    { .type = CORE_END },
};

struct route_settings
settings_default_route(void)
{
    const struct core_list none = { .count = 0 };
    core_faults_t *faults = core_faults_new();  /* `to` is missing */
    core_config_t *config = core_config_parse("", faults);
    struct route_settings route;

    core_settings_read(config, NULL, "forward", route_table, NULL, &route,
                       faults);
    core_config_destroy(&config);
    core_faults_destroy(&faults);
    route.zone = route.to = none;       /* they ended with it */
    return route;
}

struct health_settings
settings_health(const struct route_settings *route)
{
    static const uint8_t root[1];
    const struct health_settings *groups = route->health_check.items;

    if (route->health_check.count > 0)
        return groups[0];
    return (struct health_settings) { DEFAULT_INTERVAL_MS, true, root };
}

struct tls_settings
settings_tls(const struct route_settings *route)
{
    const struct tls_settings *groups = route->tls.items;

    return route->tls.count > 0 ? groups[0]
        : (struct tls_settings) { .ca = NULL };
}

int
settings_target(struct target *target, const struct route_settings *route,
                const char *text, struct core_fault *fault)
{
    struct tls_settings tls = settings_tls(route);

    if (target_from_text(target, text, fault) == -1)
        return -1;
    if (!target_is_encrypted(target) || tls.servername == NULL)
        return 0;
    if (target->servername[0] != '\0') {
        core_fault_set(fault, NULL, 0,
                       "%s: tls.servername names the server too", text);
        return -1;
    }
    if (strlen(tls.servername) >= sizeof target->servername) {
        core_fault_set(fault, NULL, 0, "tls.servername: not a host name");
        return -1;
    }
    strcpy(target->servername, tls.servername);
    return 0;
}

/* ---- checks -------------------------------------------------------------- */

/* Where a fault is: the table cannot tell the place of a list's item. */
#define PLACE "forward.routes[%zu]."

static void
check_targets(const struct route_settings *route, size_t index,
              core_faults_t *faults)
{
    const char *const *texts = route->to.items;
    struct core_fault fault;
    struct target target;

    for (size_t i = 0; i < route->to.count; i++)
        if (settings_target(&target, route, texts[i], &fault) == -1)
            core_faults_add(faults, NULL, 0, PLACE "to: %s", index,
                            fault.text);
    if (route->to.count > POLICY_UPSTREAMS)
        core_faults_add(faults, NULL, 0, PLACE "to: more than %d upstreams",
                        index, POLICY_UPSTREAMS);
}

static void
check_resolvers(const struct route_settings *route, size_t index,
                core_faults_t *faults)
{
    const char *const *texts = route->resolver.items;
    struct core_fault fault;
    struct target target;

    for (size_t i = 0; i < route->resolver.count; i++)
        if (target_from_text(&target, texts[i], &fault) == -1
            || target.kind != TARGET_ADDRESS
            || target.transport != TARGET_DNS)
            core_faults_add(faults, NULL, 0, PLACE "resolver: not an "
                            "address: %s", index, texts[i]);
    if (route->resolver.count > RESOLV_CONF_SERVERS)
        core_faults_add(faults, NULL, 0,
                        PLACE "resolver: more than %d servers", index,
                        RESOLV_CONF_SERVERS);
}

static void
check_sources(const struct route_settings *route, size_t index,
              core_faults_t *faults)
{
    const struct core_network *networks = route->source_address.items;

    for (size_t i = 0; i < route->source_address.count; i++)
        if (networks[i].bits != 128)
            core_faults_add(faults, NULL, 0, PLACE "source_address: expected "
                            "an address, not a network", index);
}

static void
check_route(const struct route_settings *route, size_t index,
            core_faults_t *faults)
{
    struct tls_settings tls = settings_tls(route);

    check_targets(route, index, faults);
    check_resolvers(route, index, faults);
    check_sources(route, index, faults);
    if (route->max_age_ms > 0 && route->max_age_ms < route->expire_ms)
        core_faults_add(faults, NULL, 0, PLACE "max_age: shorter than expire",
                        index);
    if (route->force_tcp && route->prefer_udp)
        core_faults_add(faults, NULL, 0,
                        PLACE "prefer_udp: not together with force_tcp",
                        index);
    if ((tls.certificate == NULL) != (tls.key == NULL))
        core_faults_add(faults, NULL, 0,
                        PLACE "tls: certificate and key go together", index);
    if (route->tls.count > 1)
        core_faults_add(faults, NULL, 0, PLACE "tls: more than one group",
                        index);
    if (route->health_check.count > 1)
        core_faults_add(faults, NULL, 0,
                        PLACE "health_check: more than one group", index);
}

/* A zone of a route. */
struct zone_of {
    const uint8_t *name;
    size_t route;
};

static int
compare_zones(const void *left, const void *right)
{
    const struct zone_of *one = left, *other = right;
    int difference = core_name_compare(one->name, other->name);

    return difference != 0 ? difference
        : (one->route > other->route) - (one->route < other->route);
}

/* No zone may have two routes. */
static void
check_zones(const struct settings *settings, size_t count,
            core_faults_t *faults)
{
    const struct route_settings *routes = settings->routes.items;
    struct zone_of *zones = core_allocate(count * sizeof *zones);
    char text[CORE_NAME_TEXT_SIZE];
    size_t n = 0;

    for (size_t i = 0; i < settings->routes.count; i++) {
        const uint8_t *const *names = routes[i].zone.items;

        for (size_t j = 0; j < routes[i].zone.count; j++)
            zones[n++] = (struct zone_of) { names[j], i };
    }
    qsort(zones, n, sizeof *zones, compare_zones);
    for (size_t i = 1; i < n; i++)
        if (core_name_equal(zones[i].name, zones[i - 1].name))
            core_faults_add(faults, NULL, 0,
                            PLACE "zone: there is a route for %s already",
                            zones[i].route,
                            core_name_to_text(text, zones[i].name));
    free(zones);
}

void
settings_check(const void *settings, core_faults_t *faults)
{
    const struct settings *self = settings;
    const struct route_settings *routes = self->routes.items;
    size_t count = 0;

    if (self->routes.count == 0 && self->sources.count == 0)
        core_faults_add(faults, NULL, 0, "forward.routes: there is none, nor "
                        "a source of them");
    for (size_t i = 0; i < self->routes.count; i++) {
        check_route(&routes[i], i, faults);
        count += routes[i].zone.count;
    }
    check_zones(self, count, faults);
}
