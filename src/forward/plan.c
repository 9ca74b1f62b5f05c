/*
 * plan - routes, their upstreams, and what is known of these
 *
 * The route of a name is found by hashing the name, then each name above it,
 * so the cost does not grow with the number of routes.
 */

#include "forward/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "coredns/memory.h"
#include "forward/resolv_conf.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define LEAST_ATTEMPTS 3
#define FILES 64                        /* watched for changes, at most */
#define NO_ROUTE UINT32_MAX

/* A file as it was when it was read. */
struct file {
    char *path;
    struct timespec changed;
    ino_t inode;
    off_t size;
};

struct plan {
    unsigned users;
    struct route *routes;
    size_t count;
    uint32_t mask;                      /* of the hash table */
    uint32_t *table;                    /* indexes of routes */
    struct file files[FILES];
    size_t file_count;
};

/* ---- files --------------------------------------------------------------- */

static void
look_at(struct file *file, const char *path)
{
    struct stat status;

    memset(&file->changed, 0, sizeof file->changed);
    file->inode = 0;
    file->size = 0;
    if (stat(path, &status) == -1)
        return;
    file->changed = status.st_mtim;
    file->inode = status.st_ino;
    file->size = status.st_size;
}

static void
remember_file(plan_t *self, const char *path)
{
    if (self->file_count == FILES)
        return;

    struct file *file = &self->files[self->file_count++];

    file->path = core_copy_text(path);
    look_at(file, path);
}

bool
plan_is_outdated(const plan_t *self)
{
    for (size_t i = 0; i < self->file_count; i++) {
        const struct file *before = &self->files[i];
        struct file after;

        look_at(&after, before->path);
        if (after.inode != before->inode || after.size != before->size
            || after.changed.tv_sec != before->changed.tv_sec
            || after.changed.tv_nsec != before->changed.tv_nsec)
            return true;
    }
    return false;
}

/* ---- upstreams ----------------------------------------------------------- */

static int
add_server(struct route *route, const struct target *target,
           struct core_fault *fault)
{
    if (route->server_count == POLICY_UPSTREAMS) {
        core_fault_set(fault, NULL, 0, "forward.routes.to: more than %d "
                       "upstreams", POLICY_UPSTREAMS);
        return -1;
    }

    struct server *server = &route->servers[route->server_count++];

    server->target = *target;
    target_to_text(target, server->to);
    upstream_start(&server->health, &route->health);
    return 0;
}

static int
add_file(plan_t *self, struct route *route, const char *path,
         struct core_fault *fault)
{
    struct resolv_conf file;

    remember_file(self, path);
    if (resolv_conf_read(&file, path, fault) == -1)
        return -1;
    for (size_t i = 0; i < file.count; i++)
        if (add_server(route, &file.servers[i], fault) == -1)
            return -1;
    return 0;
}

static int
add_host(struct route *route, const struct route_settings *settings,
         const struct target *target, hosts_t *hosts,
         struct core_fault *fault)
{
    const char *const *texts = settings->resolver.items;
    struct target found[HOSTS_ADDRESSES];
    struct resolv_conf resolvers = { .count = settings->resolver.count };

    for (size_t i = 0; i < resolvers.count; i++)
        if (target_from_text(&resolvers.servers[i], texts[i], fault) == -1)
            return -1;
    if (resolvers.count == 0
        && resolv_conf_read(&resolvers, RESOLV_CONF, fault) == -1)
        return -1;

    size_t count = hosts_resolve(hosts, target, resolvers.servers,
                                 resolvers.count, found, fault);

    for (size_t i = 0; i < count; i++)
        if (add_server(route, &found[i], fault) == -1)
            return -1;
    return count == 0 ? -1 : 0;
}

static int
add_target(plan_t *self, struct route *route,
           const struct route_settings *settings, const char *text,
           hosts_t *hosts, struct core_fault *fault)
{
    struct target target;

    if (settings_target(&target, settings, text, fault) == -1)
        return -1;
    switch (target.kind) {
    case TARGET_ADDRESS:
        return add_server(route, &target, fault);
    case TARGET_FILE:
        return add_file(self, route, text, fault);
    case TARGET_HOST:
        break;
    }
    return hosts == NULL ? 0
        : add_host(route, settings, &target, hosts, fault);
}

/* ---- routes -------------------------------------------------------------- */

static uint32_t
rcode_bits(const struct core_list *rcodes)
{
    const int *items = rcodes->items;
    uint32_t bits = 0;

    for (size_t i = 0; i < rcodes->count; i++)
        bits |= 1u << items[i];
    return bits;
}

static void
copy_name(uint8_t name[CORE_NAME_SIZE], const uint8_t *from)
{
    memcpy(name, from, core_name_size(from));
    core_name_lower(name);
}

static void
copy_lists(struct route *route, const struct route_settings *settings)
{
    const uint8_t *const *names = settings->except.items;
    const struct core_network *sources = settings->source_address.items;

    route->except_count = settings->except.count;
    route->except = core_allocate(route->except_count
                                  * sizeof route->except[0]);
    for (size_t i = 0; i < route->except_count; i++)
        copy_name(route->except[i], names[i]);
    for (size_t i = 0; i < settings->source_address.count; i++) {
        struct target source = { .kind = TARGET_ADDRESS };
        int family;

        memcpy(source.address, sources[i].address, 16);
        family = target_is_ipv4(&source) ? 0 : 1;
        route->sources[family] = source;
        route->has_source[family] = true;
    }
}

static void
copy_settings(struct route *route, const struct route_settings *settings)
{
    struct health_settings health = settings_health(settings);

    copy_name(route->zone, settings->zone);
    copy_lists(route, settings);
    route->policy = (enum policy_kind) settings->policy;
    route->force_tcp = settings->force_tcp;
    route->prefer_udp = settings->prefer_udp;
    route->failfast = settings->failfast;
    route->next_on_nodata = settings->next_on_nodata;
    route->next_on = rcode_bits(&settings->next_on);
    route->failover = rcode_bits(&settings->failover);
    route->payload = (uint16_t) settings->payload;
    route->read_timeout_ms = settings->read_timeout_ms;
    route->health.max_fails = (unsigned) settings->max_fails;
    route->health.probe_interval_ms = health.interval_ms;
    route->probe_recursion = health.recursion;
    copy_name(route->probe_domain, health.domain);
    route->stream.expire_ms = settings->expire_ms;
    route->stream.age_ms = settings->max_age_ms;
    route->stream.idle_limit = (unsigned) settings->max_idle_conns;
    route->max_concurrent = (uint64_t) settings->max_concurrent;
}

static void
count_attempts(struct route *route, const struct route_settings *settings)
{
    int64_t wished = settings->max_connect_attempts;

    if (wished != SETTINGS_UNSET) {
        route->attempts = (unsigned) wished;
        return;
    }
    route->attempts = 2 * (unsigned) route->server_count;
    if (route->attempts < LEAST_ATTEMPTS)
        route->attempts = LEAST_ATTEMPTS;
}

static int
open_tls(struct route *route, const struct route_settings *settings,
         struct core_fault *fault)
{
    struct tls_settings tls = settings_tls(settings);
    struct tls_files files = { tls.ca, tls.certificate, tls.key };
    bool is_needed = settings->tls.count > 0;

    for (size_t i = 0; i < route->server_count; i++)
        if (route->servers[i].target.transport == TARGET_TLS)
            is_needed = true;
    if (!is_needed)
        return 0;
    route->tls = tls_new(&files, fault);
    return route->tls == NULL ? -1 : 0;
}

static int
make_route(plan_t *self, struct route *route,
           const struct route_settings *settings, hosts_t *hosts,
           struct core_fault *fault)
{
    const char *const *texts = settings->to.items;

    route->plan = self;
    copy_settings(route, settings);
    for (size_t i = 0; i < settings->to.count; i++)
        if (add_target(self, route, settings, texts[i], hosts, fault) == -1)
            return -1;
    count_attempts(route, settings);
    return open_tls(route, settings, fault);
}

/* ---- the plan ------------------------------------------------------------ */

static void
make_table(plan_t *self)
{
    uint32_t size = 1;

    while (size < 2 * self->count)
        size *= 2;
    self->mask = size - 1;
    self->table = core_allocate(size * sizeof *self->table);
    memset(self->table, 0xff, size * sizeof *self->table);
    for (uint32_t i = 0; i < self->count; i++) {
        uint32_t place = (uint32_t) core_name_hash(self->routes[i].zone)
            & self->mask;

        while (self->table[place] != NO_ROUTE)
            place = (place + 1) & self->mask;
        self->table[place] = i;
    }
}

plan_t *
plan_new(const struct settings *settings, hosts_t *hosts,
         struct core_fault *fault)
{
    const struct route_settings *routes = settings->routes.items;
    plan_t *self = core_allocate(sizeof *self);

    self->users = 1;
    self->count = settings->routes.count;
    self->routes = core_allocate(self->count * sizeof *self->routes);
    for (size_t i = 0; i < self->count; i++)
        if (make_route(self, &self->routes[i], &routes[i], hosts,
                       fault) == -1) {
            plan_destroy(&self);
            return NULL;
        }
    make_table(self);
    return self;
}

void
plan_destroy(plan_t **self_p)
{
    plan_t *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->count; i++) {
        struct route *route = &self->routes[i];

        for (size_t j = 0; j < route->server_count; j++) {
            datagram_pool_destroy(&route->servers[j].datagrams);
            stream_pool_destroy(&route->servers[j].streams);
        }
        tls_destroy(&route->tls);
        free(route->except);
    }
    for (size_t i = 0; i < self->file_count; i++)
        free(self->files[i].path);
    free(self->routes);
    free(self->table);
    free(self);
    *self_p = NULL;
}

static void
attach_server(struct route *route, struct server *server,
              datagram_t *datagrams, streams_t *streams, metrics_t *metrics)
{
    int family = target_is_ipv4(&server->target) ? 0 : 1;
    const struct target *source = route->has_source[family]
        ? &route->sources[family] : NULL;
    bool is_tls = server->target.transport == TARGET_TLS;

    server->metrics = metrics_upstream(metrics, server->to,
                                       is_tls ? "tcp-tls" : "tcp");
    if (!is_tls)
        server->datagrams = datagram_pool_new(datagrams, &server->target,
                                              source,
                                              &server->metrics->datagrams);
    server->streams = stream_pool_new(streams, &server->target, source,
                                      is_tls ? route->tls : NULL,
                                      &route->stream,
                                      &server->metrics->streams);
}

void
plan_attach(plan_t *self, datagram_t *datagrams, streams_t *streams,
            metrics_t *metrics)
{
    for (size_t i = 0; i < self->count; i++)
        for (size_t j = 0; j < self->routes[i].server_count; j++)
            attach_server(&self->routes[i], &self->routes[i].servers[j],
                          datagrams, streams, metrics);
}

static const struct route *
find_zone(const plan_t *self, const uint8_t *zone)
{
    uint32_t place = (uint32_t) core_name_hash(zone) & self->mask;

    while (self->table[place] != NO_ROUTE) {
        const struct route *route = &self->routes[self->table[place]];

        if (core_name_equal(route->zone, zone))
            return route;
        place = (place + 1) & self->mask;
    }
    return NULL;
}

void
plan_inherit(plan_t *self, const plan_t *other)
{
    for (size_t i = 0; i < self->count; i++) {
        struct route *route = &self->routes[i];
        const struct route *known = find_zone(other, route->zone);

        if (known == NULL)
            continue;
        route->turn = known->turn;
        for (size_t j = 0; j < route->server_count; j++)
            for (size_t k = 0; k < known->server_count; k++)
                if (target_equal(&route->servers[j].target,
                                 &known->servers[k].target)) {
                    route->servers[j].health = known->servers[k].health;
                    route->servers[j].health.policy = route->health;
                    route->servers[j].guard_ms = known->servers[k].guard_ms;
                    route->servers[j].is_told_down
                        = known->servers[k].is_told_down;
                }
    }
}

static bool
is_excepted(const struct route *route, const uint8_t *qname)
{
    for (size_t i = 0; i < route->except_count; i++)
        if (core_name_is_below(qname, route->except[i]))
            return true;
    return false;
}

struct route *
plan_find(plan_t *self, const uint8_t *qname)
{
    const struct route *route = NULL;

    for (const uint8_t *zone = qname; route == NULL;
         zone = core_name_skip(zone, 1)) {
        route = find_zone(self, zone);
        if (*zone == 0)
            break;
    }
    if (route == NULL || is_excepted(route, qname))
        return NULL;
    return &self->routes[route - self->routes];
}

size_t
plan_count(const plan_t *self)
{
    return self->count;
}

struct route *
plan_at(plan_t *self, size_t index)
{
    assert(index < self->count);
    return &self->routes[index];
}

void
plan_enter(plan_t *self)
{
    self->users++;
}

void
plan_leave(plan_t *self)
{
    assert(self->users > 0);
    if (--self->users == 0)
        plan_destroy(&self);
}

bool
plan_is_needed(const plan_t *self)
{
    return self->users > 1;
}
