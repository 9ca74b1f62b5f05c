/*
 * health - tells over HTTP how the toolkit is
 *
 * There are three kinds of listeners, because three kinds of people ask: an
 * orchestrator whether to kill, a load balancer whether to send, Prometheus
 * how much.  Each kind is an http of its own, with its own bound on
 * connections, so that none can take the places of another.
 */

#include "health/health.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "coredns/version.h"
#include "health/exposition.h"
#include "health/http.h"
#include "health/page.h"
#include "health/pulse.h"
#include "health/roster.h"
#include "health/watcher.h"

#define LAMEDUCK_MARGIN_MS 1000         /* before the drain is cut off */
#define KEPT_MS 500                     /* pages that cost some work */

enum kind { LISTEN, READY, METRICS, KINDS };

struct settings {
    struct core_list addresses[KINDS];  /* of const char * */
    int64_t lameduck_ms;
    int64_t drain_limit_ms;
    bool ready_once;
};

struct state {
    const struct settings *settings;
    core_life_t *life;                  /* from watch() on */
    roster_t *roster;
    watcher_t *watcher;
    http_t *https[KINDS];
    pulse_t *pulse;
    struct http_counters counters[KINDS];
    uint64_t lines_refused;
    int64_t duck_end_ms;                /* 0: not told to end */
};

static const uint64_t one = 1;

/* ---- settings ------------------------------------------------------------ */

static const struct core_setting setting_table[] = {
    { .key = "listen", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct settings, addresses[LISTEN]),
      .says = "addresses of /health and of the status page" },
    { .key = "ready", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct settings, addresses[READY]),
      .says = "addresses of /ready; their port must be above 1023" },
    { .key = "metrics", .type = CORE_TEXT, .list = true,
      .offset = offsetof(struct settings, addresses[METRICS]),
      .says = "addresses of /metrics; their port must be above 1023" },
    { .key = "lameduck", .type = CORE_DURATION,
      .maximum = CORE_DRAIN_LIMIT_MOST_MS - LAMEDUCK_MARGIN_MS,
      .offset = offsetof(struct settings, lameduck_ms),
      .says = "how long /health and /ready say 503 before the end" },
    { .key = CORE_DRAIN_LIMIT, .type = CORE_DURATION,
      .fallback = CORE_DRAIN_LIMIT_MS,
      .offset = offsetof(struct settings, drain_limit_ms),
      .says = "time that the end may take, longer than lameduck" },
    { .key = "ready_once", .type = CORE_BOOLEAN,
      .offset = offsetof(struct settings, ready_once),
      .says = "a process that was ready once counts as ready from then on" },
    { .type = CORE_END },
};

static const char *const keys[KINDS] = {
    "health.listen", "health.ready", "health.metrics",
};

static void
check_health(const void *settings, core_faults_t *faults)
{
    const struct settings *self = settings;
    size_t count = 0;

    for (enum kind kind = 0; kind < KINDS; kind++) {
        listeners_check(&self->addresses[kind], keys[kind], faults);
        if (kind != LISTEN)
            listeners_check_ports(&self->addresses[kind], keys[kind], faults);
        for (enum kind other = 0; other <= kind; other++)
            listeners_check_other(&self->addresses[kind], keys[kind],
                                  &self->addresses[other], keys[other],
                                  faults);
        count += self->addresses[kind].count;
    }
    if (self->lameduck_ms > self->drain_limit_ms - LAMEDUCK_MARGIN_MS)
        core_faults_add(faults, NULL, 0, "health.lameduck: must be a second "
                        "shorter than " CORE_DRAIN_LIMIT);
    if (count == 0)
        core_faults_add(faults, NULL, 0, "health: needs an address in one of "
                        "listen, ready and metrics");
}

/* ---- what is told -------------------------------------------------------- */

static int64_t
now(const struct state *self)
{
    return core_loop_now_ms(core_life_loop(self->life));
}

static unsigned
render_health(void *owner, bool is_verbose, FILE *file)
{
    (void) owner;
    (void) is_verbose;
    fputs("OK", file);
    return 200;
}

static unsigned
render_ready(void *owner, bool is_verbose, FILE *file)
{
    const struct state *self = owner;
    bool is_once = self->settings->ready_once;
    bool is_ready = self->duck_end_ms == 0
        && roster_is_ready(self->roster, is_once ? ROSTER_READY_ONCE
                                                 : ROSTER_READY_NOW,
                           now(self));

    if (self->duck_end_ms != 0)
        fprintf(file, "%s: shutting down\n", core_life_name(self->life));
    if (is_verbose)
        roster_write(self->roster, ROSTER_ALL, now(self), file);
    else if (is_ready)
        fputs("OK", file);
    else
        roster_write(self->roster,
                     is_once ? ROSTER_NEVER_READY : ROSTER_NOT_READY,
                     now(self), file);
    return is_ready ? 200 : 503;
}

static unsigned
render_page(void *owner, bool is_verbose, FILE *file)
{
    const struct state *self = owner;

    (void) is_verbose;
    page_write(self->roster, now(self), file);
    return 200;
}

static void
add_counters_of(const struct state *self, exposition_t *exposition,
                const struct member *member)
{
    if (member->counters_size > 0 && !member_is_silent(member, now(self)))
        exposition_add(exposition, member->name, member->stage,
                       member->counters);
}

/* Adds what is known of the member; the text that it takes is the caller's. */
static char *
add_member(const struct state *self, exposition_t *exposition,
           const struct member *member)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    assert(file != NULL);
    member_write(member, now(self), file);
    fclose(file);
    exposition_add(exposition, member->name, member->stage, text);
    add_counters_of(self, exposition, member);
    return text;
}

static unsigned
render_metrics(void *owner, bool is_verbose, FILE *file)
{
    struct state *self = owner;
    exposition_t *exposition = exposition_new();
    char *texts[ROSTER_MEMBERS];
    size_t count = roster_count(self->roster);

    (void) is_verbose;
    for (size_t i = 0; i < count; i++)
        texts[i] = add_member(self, exposition, roster_at(self->roster, i));
    add_counters_of(self, exposition, watcher_supervisor(self->watcher));
    exposition_write(exposition, file);
    self->lines_refused += exposition_refused(exposition);
    exposition_destroy(&exposition);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    return 200;
}

#define PLAIN "text/plain; charset=utf-8"

static const struct http_route listen_routes[] = {
    { "/", "text/html; charset=utf-8", KEPT_MS, render_page },
    { "/health", PLAIN, 0, render_health },
    { .path = NULL },
};
static const struct http_route ready_routes[] = {
    { "/ready", PLAIN, 0, render_ready },
    { .path = NULL },
};
static const struct http_route metrics_routes[] = {
    { "/metrics", "text/plain; version=0.0.4; charset=utf-8", KEPT_MS,
      render_metrics },
    { .path = NULL },
};
static const struct http_route *const routes[KINDS] = {
    listen_routes, ready_routes, metrics_routes,
};

/* ---- counters ------------------------------------------------------------ */

static void
add_counters(struct state *self)
{
    static const struct {
        const char *requests;
        const char *refused;
        const char *cut;
    } names[KINDS] = {
#define NAMES(kind)                                                      \
    { "coredns_health_requests_total{listener=\"" kind "\"}",            \
      "coredns_health_requests_refused_total{listener=\"" kind "\"}",    \
      "coredns_health_connections_cut_total{listener=\"" kind "\"}" }
        NAMES("listen"), NAMES("ready"), NAMES("metrics"),
#undef NAMES
    };
    core_telemetry_t *telemetry = core_life_telemetry(self->life);

    core_telemetry_add(telemetry, CORE_GAUGE,
                       "coredns_build_info{version=\"" CORE_VERSION
                       "\",revision=\"\",goversion=\"none\"}",
                       "The version; it is written in C", &one);
    for (enum kind kind = 0; kind < KINDS; kind++) {
        core_telemetry_add(telemetry, CORE_COUNTER, names[kind].requests,
                           "HTTP requests", &self->counters[kind].requests);
        core_telemetry_add(telemetry, CORE_COUNTER, names[kind].refused,
                           "HTTP requests for something that is not there",
                           &self->counters[kind].refused);
        core_telemetry_add(telemetry, CORE_COUNTER, names[kind].cut,
                           "Connections that took too long",
                           &self->counters[kind].cut);
    }
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_health_messages_refused_total",
                       "Messages that were no metrics of a process",
                       watcher_refused(self->watcher));
    core_telemetry_add(telemetry, CORE_COUNTER,
                       "coredns_health_lines_refused_total",
                       "Lines of metrics that were left out",
                       &self->lines_refused);
    pulse_publish(self->pulse, telemetry);
}

/* ---- life ---------------------------------------------------------------- */

static void *
open_health(const void *settings, struct core_fault *fault)
{
    struct state *self = core_allocate(sizeof *self);

    (void) fault;
    self->settings = settings;
    self->roster = roster_new();
    return self;
}

static void
close_health(void **state_p)
{
    struct state *self = *state_p;

    pulse_destroy(&self->pulse);
    for (enum kind kind = 0; kind < KINDS; kind++)
        http_destroy(&self->https[kind]);
    watcher_destroy(&self->watcher);
    roster_destroy(&self->roster);
    free(self);
    *state_p = NULL;
}

/* Takes the sockets of `listen` that the supervisor has opened. */
static int
take_sockets(const struct state *self, struct listeners *listeners,
             struct core_fault *fault)
{
    const struct core_list *addresses = &self->settings->addresses[LISTEN];
    const char *const *texts = addresses->items;

    for (size_t i = 0; i < addresses->count; i++) {
        char name[32];

        snprintf(name, sizeof name, "listen%zu.tcp", i);

        int fd = core_life_descriptor(self->life, name);

        if (fd != -1 && listeners_take(listeners, texts[i], fd, fault) == -1)
            return -1;
    }
    return 0;
}

static int
open_http(struct state *self, enum kind kind, struct core_fault *fault)
{
    struct listeners taken = { .count = 0 };
    struct listeners listeners;

    self->https[kind] = http_new(core_life_loop(self->life), routes[kind],
                                 self, &self->counters[kind], fault);
    if (self->https[kind] == NULL
        || (kind == LISTEN && take_sockets(self, &taken, fault) == -1)
        || listeners_open(&listeners, &self->settings->addresses[kind],
                          &taken, fault) == -1) {
        listeners_close(&taken);
        return -1;
    }
    http_serve(self->https[kind], &listeners);
    return 0;
}

static int
watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct state *self = state;
    const char *control = core_life_control(life);
    struct census_source source = {
        core_life_config_path(life), core_life_host(life)
    };

    self->life = life;
    if (control == NULL || source.path == NULL) {
        core_fault_set(fault, NULL, 0, "needs %s: the other processes are "
                       "found %s", control == NULL ? "--control" : "-c",
                       control == NULL ? "beside it" : "in it");
        return -1;
    }
    self->watcher = watcher_new(core_life_context(life), core_life_loop(life),
                                &source, control,
                                self->roster, fault);
    if (self->watcher == NULL)
        return -1;
    for (enum kind kind = 0; kind < KINDS; kind++)
        if (open_http(self, kind, fault) == -1)
            return -1;
    self->pulse = pulse_new(core_life_loop(life));
    pulse_aim(self->pulse, http_listeners(self->https[LISTEN]));
    add_counters(self);
    core_life_ready(life, true, NULL);
    return 0;
}

/* Opens all that is new before anything is changed. */
static int
reload(void *state, const void *settings, struct core_fault *fault)
{
    struct state *self = state;
    const struct settings *fresh = settings;
    struct listeners listeners[KINDS];
    enum kind opened = 0;

    while (opened < KINDS
           && listeners_open(&listeners[opened], &fresh->addresses[opened],
                             http_listeners(self->https[opened]), fault) == 0)
        opened++;
    for (enum kind kind = 0; kind < opened; kind++)
        if (opened == KINDS)
            http_serve(self->https[kind], &listeners[kind]);
        else
            listeners_close_new(&listeners[kind],
                                http_listeners(self->https[kind]));
    if (opened < KINDS)
        return -1;
    pulse_aim(self->pulse, http_listeners(self->https[LISTEN]));
    self->settings = fresh;
    return 0;
}

/* Lame duck: still answers, so that it can say that the end is near. */
static bool
drain(void *state)
{
    struct state *self = state;

    if (self->duck_end_ms == 0)
        self->duck_end_ms = now(self) + self->settings->lameduck_ms;
    return now(self) >= self->duck_end_ms;
}

const struct core_stage health_stage = {
    .name = "health",
    .summary = "tells over HTTP how the toolkit is",
    .settings = setting_table,
    .settings_size = sizeof (struct settings),
    .open = open_health,
    .check = check_health,
    .watch = watch,
    .reload = reload,
    .drain = drain,
    .close = close_health,
};
