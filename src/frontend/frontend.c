/*
 * frontend - the head of the pipe: speaks DNS to clients
 *
 * Only this file knows both the settings and the classes.  In each round of
 * the loop transports read what has come and the dispatch gathers; with the
 * round's end, in this order, connections, look-ups, the stages and at last
 * the UDP sockets get what was gathered for them.
 */

#include "frontend/frontend.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "frontend/intake.h"
#include "frontend/internal.h"
#include "frontend/settings.h"
#include "frontend/udp.h"

struct memory {
    void *area;
    size_t size;
};

/* A file of weights that a route has, looked at again and again. */
struct weights_watch {
    core_loop_t *loop;
    weights_t *weights;
    core_timer_t *timer;
};

struct state {
    const struct settings *settings;
    core_life_t *life;                  /* from watch() on */
    char host[256];
    struct listener listeners[LISTENERS];
    char servers[LISTENERS][LISTENER_TEXT_SIZE];
    const char *server_names[LISTENERS];
    unsigned listener_count;
    struct memory memories[DISPATCH_TABLES];
    inflight_t *slots[DISPATCH_TABLES];
    dispatch_t *dispatch;
    struct weights_watch *watches;      /* one for each route */
    size_t watch_count;
    udp_t *udp;
    tcp_t *tcp;
    internal_t *internal;
    struct counters counters;
    traffic_t *traffic;
};

/* ---- weights ------------------------------------------------------------- */

/* A file that is wrong, or missing, keeps nobody from being answered. */
static void
look_at_weights(void *owner)
{
    struct weights_watch *watch = owner;
    struct core_fault fault;

    if (weights_refresh(watch->weights, &fault) == -1)
        core_log_fault(CORE_LOG_ERROR, &fault);
}

static void
start_watch(struct weights_watch *watch, core_loop_t *loop,
            const struct route_settings *route)
{
    watch->loop = loop;
    watch->weights = weights_new(route->weights);
    look_at_weights(watch);
    if (route->weights_reload_ms > 0)
        watch->timer = core_loop_timer(loop, route->weights_reload_ms,
                                       route->weights_reload_ms,
                                       look_at_weights, watch);
}

static void
end_watches(struct weights_watch *watches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (watches[i].loop != NULL)
            core_loop_timer_cancel(watches[i].loop, &watches[i].timer);
        weights_destroy(&watches[i].weights);
    }
    free(watches);
}

/* ---- state --------------------------------------------------------------- */

static void *
open_frontend(const void *settings, struct core_fault *fault)
{
    struct state *self = core_allocate(sizeof *self);

    (void) fault;
    self->settings = settings;
    if (gethostname(self->host, sizeof self->host - 1) == -1)
        self->host[0] = '\0';
    return self;
}

static void
close_frontend(void **state_p)
{
    struct state *self = *state_p;

    internal_destroy(&self->internal);
    tcp_destroy(&self->tcp);
    udp_destroy(&self->udp);
    dispatch_destroy(&self->dispatch);
    traffic_destroy(&self->traffic);
    end_watches(self->watches, self->watch_count);
    for (unsigned i = 0; i < self->listener_count; i++)
        listener_close(&self->listeners[i]);
    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        inflight_destroy(&self->slots[t]);
        if (self->memories[t].area != NULL)
            munmap(self->memories[t].area, self->memories[t].size);
    }
    free(self);
    *state_p = NULL;
}

/* ---- sockets and memory -------------------------------------------------- */

static int
open_listener(struct state *self, size_t i, const char *url,
              struct core_fault *fault)
{
    struct listener *listener = &self->listeners[i];
    char udp_name[32], tcp_name[32];

    snprintf(udp_name, sizeof udp_name, "listen%zu.udp", i);
    snprintf(tcp_name, sizeof tcp_name, "listen%zu.tcp", i);

    int udp = core_life_descriptor(self->life, udp_name);
    int tcp = core_life_descriptor(self->life, tcp_name);

    if (udp != -1 && tcp != -1)
        return listener_take(listener, udp, tcp, fault);
    if (listener_read(listener, url, fault) == -1)
        return -1;
    return listener_open(listener, fault);
}

static int
open_listeners(struct state *self, struct core_fault *fault)
{
    const char *const *urls = self->settings->listen.items;

    for (size_t i = 0; i < self->settings->listen.count; i++) {
        if (open_listener(self, i, urls[i], fault) == -1)
            return -1;
        self->server_names[i] = listener_text(&self->listeners[i],
                                              self->servers[i]);
        self->listener_count++;
    }
    return 0;
}

/* Stands for all that gives the number of a listener its meaning. */
static uint64_t
listeners_key(const struct state *self)
{
    uint64_t key = 0;

    for (unsigned i = 0; i < self->listener_count; i++) {
        const struct listener *listener = &self->listeners[i];
        const uint8_t *bytes = (const uint8_t *) &listener->address;
        size_t size = listener->address.any.sa_family == AF_INET
            ? offsetof(struct sockaddr_in, sin_zero)
            : sizeof (struct sockaddr_in6);

        for (size_t j = 0; j < size; j++)
            key = (key ^ bytes[j]) * 0x100000001b3u + 1;
    }
    return key;
}

/* Maps the file (-1: none, memory of our own), at least so large. */
static int
map_memory(struct memory *memory, int fd, size_t size,
           struct core_fault *fault)
{
    struct stat status;
    int flags = fd == -1 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;

    if (fd != -1
        && (fstat(fd, &status) == -1
            || ((size_t) status.st_size != size
                && (ftruncate(fd, 0) == -1
                    || ftruncate(fd, (off_t) size) == -1)))) {
        core_fault_set(fault, NULL, 0, "cannot size the memory file: %s",
                       strerror(errno));
        return -1;
    }

    void *area = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

    if (area == MAP_FAILED) {
        core_fault_set(fault, NULL, 0, "cannot map %zu octets: %s", size,
                       strerror(errno));
        return -1;
    }
    *memory = (struct memory) { area, size };
    return 0;
}

static int
open_slots(struct state *self, struct core_fault *fault)
{
    uint32_t count = (uint32_t) self->settings->in_flight + INTAKE_BATCH;
    int files[DISPATCH_TABLES] = {
        core_life_descriptor(self->life, "memory"), -1
    };

    for (enum dispatch_table t = 0; t < DISPATCH_TABLES; t++) {
        if (map_memory(&self->memories[t], files[t],
                       inflight_area_size(count), fault) == -1)
            return -1;
        self->slots[t] = inflight_new(self->memories[t].area, count,
                                      listeners_key(self));
    }
    return 0;
}

/* ---- routes -------------------------------------------------------------- */

/* Adds a route behind those that are there. */
static int
add_route(struct state *self, struct dispatch_plan *plan,
          const struct settings *settings,
          const struct route_settings *route, struct weights_watch *watch,
          struct core_fault *fault)
{
    struct dispatch_route *added = &plan->routes[plan->route_count];
    const uint8_t *const *zones = route->zones.items;

    settings_route(settings, route, self->host, added);
    if (added->deadline_ms > plan->deadline_ms)
        plan->deadline_ms = added->deadline_ms;
    if (route->next != NULL) {
        added->chain = dispatch_chain(self->dispatch, route->next, fault);
        if (added->chain == NULL)
            return -1;
    }
    added->query_log = query_log_new(&route->query_log);
    if (route->failure_log)
        added->failure_log = failure_log_new(core_life_loop(self->life),
                                             &route->failure_groups);
    if (route->weights != NULL) {
        start_watch(watch, core_life_loop(self->life), route);
        added->order.weights = watch->weights;
    }
    for (size_t i = 0; i < route->zones.count; i++) {
        (void) route_table_add(plan->table, zones[i],
                               (uint32_t) plan->zone_count);
        plan->zones[plan->zone_count++] = (struct dispatch_zone) {
            .name = zones[i], .route = (uint32_t) plan->route_count,
        };
    }
    plan->route_count++;
    return 0;
}

static int
make_plan(struct state *self, const struct settings *settings,
          struct dispatch_plan *plan, struct weights_watch *watches,
          struct core_fault *fault)
{
    const struct route_settings *routes = settings->routes.items;
    size_t zones = 0;

    for (size_t i = 0; i < settings->routes.count; i++)
        zones += routes[i].zones.count;
    *plan = (struct dispatch_plan) {
        .admit = { .clients = settings->clients },
        .deadline_ms = settings->deadline_ms,
        .retry_ms = settings->retry_ms,
        .routes = core_allocate((settings->routes.count + 1)
                                * sizeof *plan->routes),
        .route_count = 1,
        .zones = core_allocate((zones + 1) * sizeof *plan->zones),
        .zone_count = 1,
        .table = route_table_new(zones),
    };
    settings_route(settings, NULL, self->host,
                   &plan->routes[DISPATCH_ELSEWHERE]);
    for (size_t i = 0; i < settings->routes.count; i++) {
        if (add_route(self, plan, settings, &routes[i], &watches[i],
                      fault) == -1) {
            dispatch_plan_clear(plan);
            return -1;
        }
    }
    return 0;
}

/* Changes over to settings, or leaves all as it is. */
static int
configure(struct state *self, const struct settings *settings,
          struct core_fault *fault)
{
    struct weights_watch *watches =
        core_allocate(settings->routes.count * sizeof *watches);
    struct dispatch_plan plan;
    struct tcp_limits limits;

    if (make_plan(self, settings, &plan, watches, fault) == -1) {
        end_watches(watches, settings->routes.count);
        return -1;
    }
    settings_limits(settings, &limits);
    dispatch_configure(self->dispatch, &plan);
    end_watches(self->watches, self->watch_count);
    self->watches = watches;
    self->watch_count = settings->routes.count;
    tcp_limit(self->tcp, &limits);
    self->settings = settings;
    return 0;
}

/* ---- life ---------------------------------------------------------------- */

static void
flush(void *owner)
{
    struct state *self = owner;

    tcp_flush(self->tcp);
    if (self->internal != NULL)
        internal_flush(self->internal);
    dispatch_flush(self->dispatch);
    udp_flush(self->udp);
}

static void
refresh(void *owner)
{
    struct state *self = owner;

    self->counters.in_flight = dispatch_in_flight(self->dispatch);
    self->counters.tcp_connections = tcp_connections(self->tcp);
}

static int
open_transports(struct state *self, struct core_fault *fault)
{
    core_loop_t *loop = core_life_loop(self->life);
    const char *pipe = core_life_wire(self->life, "pipe", NULL);

    self->traffic = traffic_new(core_life_telemetry(self->life),
                                self->server_names);
    self->dispatch = dispatch_new(self->life, self->slots[DISPATCH_UDP],
                                  self->slots[DISPATCH_CONNECTED],
                                  &self->counters, self->traffic);
    self->udp = udp_new(loop, self->dispatch, self->slots[DISPATCH_UDP],
                        self->listeners, self->listener_count,
                        &self->counters);
    self->tcp = tcp_new(loop, self->dispatch, self->slots[DISPATCH_CONNECTED],
                        self->listeners, self->listener_count,
                        &self->counters);
    if (pipe == NULL)
        return 0;
    self->internal = internal_new(self->life, pipe, self->dispatch,
                                self->slots[DISPATCH_CONNECTED], fault);
    return self->internal == NULL ? -1 : 0;
}

static int
watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct state *self = state;

    self->life = life;
    if (open_listeners(self, fault) == -1
        || open_slots(self, fault) == -1
        || open_transports(self, fault) == -1
        || configure(self, self->settings, fault) == -1)
        return -1;
    core_loop_flusher(core_life_loop(life), flush, self);
    counters_register(&self->counters, core_life_telemetry(life));
    core_telemetry_refresher(core_life_telemetry(life), refresh, self);
    udp_recover(self->udp);
    if (self->counters.recovered > 0)
        core_log(CORE_LOG_NOTICE, "took up %llu queries in flight",
                 (unsigned long long) self->counters.recovered);
    core_life_ready(life, true, NULL);
    return 0;
}

static bool
is_same_list(const struct core_list *left, const struct core_list *right)
{
    const char *const *lefts = left->items;
    const char *const *rights = right->items;

    if (left->count != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++) {
        if (strcmp(lefts[i], rights[i]) != 0)
            return false;
    }
    return true;
}

static int
reload(void *state, const void *settings, struct core_fault *fault)
{
    struct state *self = state;
    const struct settings *fresh = settings;

    if (!is_same_list(&self->settings->listen, &fresh->listen)) {
        core_fault_set(fault, NULL, 0, "listen changes with a restart only");
        return -1;
    }
    if (self->settings->in_flight != fresh->in_flight)
        core_log(CORE_LOG_NOTICE, "in_flight is another with the next "
                 "restart of this stage");
    return configure(self, fresh, fault);
}

static bool
drain(void *state)
{
    struct state *self = state;

    udp_stop(self->udp);
    tcp_stop(self->tcp);
    return dispatch_in_flight(self->dispatch) == 0
        && tcp_connections(self->tcp) == 0;
}

const struct core_stage frontend_stage = {
    .name = "frontend",
    .summary = "speaks DNS to clients and owns their queries",
    .settings = settings_table,
    .settings_size = sizeof (struct settings),
    .open = open_frontend,
    .check = settings_check,
    .inspect = settings_inspect,
    .watch = watch,
    .reload = reload,
    .drain = drain,
    .close = close_frontend,
};
