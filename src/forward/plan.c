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
#include "coredns/rrtype.h"
#include "forward/resolv_conf.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define LEAST_ATTEMPTS 3
#define FILES 64                        /* watched for changes, at most */

/* A file as it was when it was read. */
struct file {
    char *path;
    struct timespec changed;
    ino_t inode;
    off_t size;
};

/* A zone in the hash table. */
struct zone {
    const uint8_t *name;                /* NULL: free */
    struct route *route;
};

struct plan {
    unsigned users;
    struct route *routes;
    size_t count;
    uint32_t mask;                      /* of the hash table */
    struct zone *table;
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
copy_names(struct plan_names *names, const struct core_list *list)
{
    const uint8_t *const *items = list->items;

    names->count = list->count;
    names->items = core_allocate(list->count * sizeof *names->items);
    for (size_t i = 0; i < list->count; i++)
        copy_name(names->items[i], items[i]);
}

static void
copy_lists(struct route *route, const struct route_settings *settings)
{
    const struct core_network *sources = settings->source_address.items;

    copy_names(&route->zones, &settings->zone);
    copy_names(&route->except, &settings->except);
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

    copy_lists(route, settings);
    route->policy = (enum policy_kind) settings->policy;
    route->force_tcp = settings->force_tcp;
    route->prefer_udp = settings->prefer_udp;
    route->passes_truncated = settings->truncated == SETTINGS_PASS;
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
    route->stream.doh_by_get = settings->doh_method == SETTINGS_GET;
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
        if (target_is_encrypted(&route->servers[i].target))
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

/* The place of a zone: where it is, or where it would be. */
static struct zone *
place_of(const plan_t *self, const uint8_t *name)
{
    uint32_t place = (uint32_t) core_name_hash(name) & self->mask;

    while (self->table[place].name != NULL
           && !core_name_equal(self->table[place].name, name))
        place = (place + 1) & self->mask;
    return &self->table[place];
}

static void
make_table(plan_t *self)
{
    size_t zones = 0;
    uint32_t size = 1;

    for (size_t i = 0; i < self->count; i++)
        zones += self->routes[i].zones.count;
    while (size <= 2 * zones)
        size *= 2;
    self->mask = size - 1;
    self->table = core_allocate(size * sizeof *self->table);
    for (size_t i = 0; i < self->count; i++) {
        struct route *route = &self->routes[i];

        for (size_t j = 0; j < route->zones.count; j++)
            *place_of(self, route->zones.items[j]) =
                (struct zone) { route->zones.items[j], route };
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
        free(route->zones.items);
        free(route->except.items);
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
    static const char *const protocols[] = {
        [TARGET_DNS] = "tcp", [TARGET_TLS] = "tcp-tls",
        [TARGET_HTTPS] = "https",
    };
    int family = target_is_ipv4(&server->target) ? 0 : 1;
    const struct target *source = route->has_source[family]
        ? &route->sources[family] : NULL;
    bool is_encrypted = target_is_encrypted(&server->target);

    server->metrics = metrics_upstream(metrics, server->to,
                                       protocols[server->target.transport]);
    if (!is_encrypted)
        server->datagrams = datagram_pool_new(datagrams, &server->target,
                                              source,
                                              &server->metrics->datagrams);
    server->streams = stream_pool_new(streams, &server->target, source,
                                      is_encrypted ? route->tls : NULL,
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

void
plan_inherit(plan_t *self, const plan_t *other)
{
    for (size_t i = 0; i < self->count; i++) {
        struct route *route = &self->routes[i];
        const struct route *known =
            place_of(other, route->zones.items[0])->route;

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
    for (size_t i = 0; i < route->except.count; i++)
        if (core_name_is_below(qname, route->except.items[i]))
            return true;
    return false;
}

/* The route of the longest zone above the name, or of the name itself. */
static struct route *
find_above(const plan_t *self, const uint8_t *name)
{
    for (;; name = core_name_skip(name, 1)) {
        struct route *route = place_of(self, name)->route;

        if (route != NULL || *name == 0)
            return route;
    }
}

struct route *
plan_find(plan_t *self, const uint8_t *qname, uint16_t qtype)
{
    struct route *route = NULL;

    if (qtype == CORE_DS && *qname != 0)
        route = find_above(self, core_name_skip(qname, 1));
    if (route == NULL)
        route = find_above(self, qname);
    return route == NULL || is_excepted(route, qname) ? NULL : route;
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
