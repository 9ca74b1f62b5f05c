/*
 * kubernetes_sync - the feed that makes zones of a Kubernetes cluster
 *
 * The process is up at once, whatever the API is like: who has data of an
 * earlier life answers from them, and that there are none of this life is told
 * as the reason why it is not ready.  Once it is, it stays so: an API that is
 * away changes no answer.
 */

#include "kubernetes-sync/kubernetes_sync.h"

#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"
#include "kubernetes-sync/cluster.h"
#include "kubernetes-sync/inspection.h"
#include "kubernetes-sync/reflector.h"
#include "kubernetes-sync/session.h"
#include "kubernetes-sync/settings.h"

#define SERVERS 16                      /* whose requests are counted apart */
#define PREFIX "coredns_kubernetes_sync_"

/* From 1 ms to almost nine minutes, as CoreDNS has it. */
static const struct core_buckets programming_buckets = {
    .count = 20,
    .bounds_us = { 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000,
                   512000, 1024000, 2048000, 4096000, 8192000, 16384000,
                   32768000, 65536000, 131072000, 262144000, 524288000 },
};

struct kubernetes_sync {
    const struct settings *settings;
    core_life_t *life;
    core_publisher_t *publisher;
    session_t *session;
    struct session_counters counters;
    char *age_names[OBJECT_KINDS][2];   /* of metrics; NULL: not told yet */
    traffic_t *traffics[SERVERS];       /* one for each server; NULL behind
                                           the last */
};

/* ---- settings ------------------------------------------------------------ */

static void
check(const void *settings, core_faults_t *faults)
{
    settings_check(settings, faults);
}

static void
inspect(const void *settings, core_faults_t *faults)
{
    inspection_run(settings, faults);
}

static void *
open_kubernetes_sync(const void *settings, struct core_fault *fault)
{
    struct kubernetes_sync *self = core_allocate(sizeof *self);

    (void) fault;
    self->settings = settings;
    self->counters.programming.buckets = &programming_buckets;
    return self;
}

static void
close_kubernetes_sync(void **state_p)
{
    struct kubernetes_sync *self = *state_p;

    if (self->publisher != NULL)
        core_publisher_retire(self->publisher);
    session_destroy(&self->session);
    core_publisher_destroy(&self->publisher);
    for (int i = 0; i < SERVERS; i++)
        traffic_destroy(&self->traffics[i]);
    for (int i = 0; i < OBJECT_KINDS; i++) {
        free(self->age_names[i][0]);
        free(self->age_names[i][1]);
    }
    free(self);
    *state_p = NULL;
}

/* ---- snapshots ----------------------------------------------------------- */

static void *
open_snapshot(void *owner, const struct core_zone_id *zone)
{
    const struct kubernetes_sync *self = owner;

    return self->session == NULL ? NULL
        : session_open_snapshot(self->session, zone);
}

/* ---- metrics ------------------------------------------------------------- */

static void
refresh(void *owner)
{
    struct kubernetes_sync *self = owner;

    if (self->session != NULL)
        session_refresh(self->session);
}

static void
tell(struct kubernetes_sync *self)
{
    core_telemetry_t *telemetry = core_life_telemetry(self->life);
    const struct session_counters *counters = &self->counters;
    const struct core_metric rows[] = {
        { CORE_GAUGE, PREFIX "namespaces", "Namespaces that exist.",
          &counters->have.spaces },
        { CORE_GAUGE, PREFIX "services", "Services.",
          &counters->have.services },
        { CORE_GAUGE, PREFIX "imports", "Services of other clusters.",
          &counters->have.imports },
        { CORE_GAUGE, PREFIX "slices", "Endpoint slices.",
          &counters->have.slices },
        { CORE_GAUGE, PREFIX "endpoints", "Ready endpoints.",
          &counters->have.endpoints },
        { CORE_GAUGE, PREFIX "pods", "Pods that run.", &counters->have.pods },
        { CORE_GAUGE, PREFIX "kinds", "Kinds of objects that are watched.",
          &counters->kinds },
        { CORE_GAUGE, PREFIX "kinds_up_to_date",
          "Kinds of objects whose watch is open.", &counters->up_to_date },
        { CORE_COUNTER, PREFIX "lists_total", "Lists begun.",
          &counters->lists },
        { CORE_COUNTER, PREFIX "compares_total",
          "Lists that were read beside a watch, to compare.",
          &counters->compares },
        { CORE_COUNTER, PREFIX "watches_total", "Watches begun.",
          &counters->watches },
        { CORE_COUNTER, PREFIX "events_total", "Events of watches.",
          &counters->events },
        { CORE_COUNTER, PREFIX "failures_total", "Lists and watches that "
          "failed.", &counters->failures },
        { CORE_COUNTER, PREFIX "repaired_total",
          "Objects whose changes a watch had lost.", &counters->repaired },
        { CORE_COUNTER, PREFIX "strange_total",
          "Objects of which something made no "
          "sense.", &counters->strange },
        { CORE_COUNTER, PREFIX "changes_total",
          "Records published as a change.", &counters->changes },
        { CORE_COUNTER, PREFIX "transactions_total",
          "Transactions published.", &counters->transactions },
        { CORE_COUNTER, PREFIX "renewals_total",
          "Zones published as a whole.", &counters->renewals },
    };

    core_telemetry_add_all(telemetry, rows, sizeof rows / sizeof *rows);
    core_telemetry_add_histogram(
        telemetry, "coredns_kubernetes_dns_programming_duration_seconds"
        "{service_kind=\"headless_with_selector\"}",
        "From the cause of a change of endpoints to its publishing.",
        &counters->programming);
    core_telemetry_refresher(telemetry, refresh, self);
}

/* How old is what is known of a kind, for the kinds that are watched. */
static void
tell_ages(struct kubernetes_sync *self)
{
    core_telemetry_t *telemetry = core_life_telemetry(self->life);

    for (enum object_kind kind = 0; kind < OBJECT_KINDS; kind++) {
        const struct session_ages *ages = &self->counters.ages[kind];
        char **names = self->age_names[kind];

        if (names[0] != NULL || !session_has_kind(self->session, kind))
            continue;
        if (asprintf(&names[0], PREFIX "last_event_age_seconds{kind=\"%s\"}",
                     reflector_name(kind)) == -1
            || asprintf(&names[1], PREFIX "last_list_age_seconds{kind=\"%s\"}",
                        reflector_name(kind)) == -1)
            abort();
        core_telemetry_add(telemetry, CORE_GAUGE, names[0],
                           "How long ago the watch was heard.", &ages->event);
        core_telemetry_add(telemetry, CORE_GAUGE, names[1], "How long ago all "
                           "was listed, to begin or to compare.", &ages->list);
    }
}

/* What counts requests to that server. */
static traffic_t *
find_traffic(struct kubernetes_sync *self, const char *url)
{
    traffic_t *made = traffic_new(url);
    int i = 0;

    while (i < SERVERS - 1 && self->traffics[i] != NULL
           && strcmp(traffic_host(self->traffics[i]), traffic_host(made)) != 0)
        i++;
    if (self->traffics[i] != NULL) {
        traffic_destroy(&made);
        return self->traffics[i];
    }
    traffic_tell(made, core_life_telemetry(self->life));
    self->traffics[i] = made;
    return made;
}

/* ---- life ---------------------------------------------------------------- */

static void
judge_readiness(void *owner)
{
    struct kubernetes_sync *self = owner;
    const char *reason = session_reason(self->session);

    core_life_ready(self->life, reason == NULL, reason);
}

static void
flush(void *owner)
{
    struct kubernetes_sync *self = owner;

    if (self->session != NULL)
        session_flush(self->session);
}

static session_t *
make_session(struct kubernetes_sync *self, const struct settings *settings,
             struct core_fault *fault)
{
    return session_new(core_life_loop(self->life), settings, &self->counters,
                       judge_readiness, self, fault);
}

static int
watch_kubernetes_sync(void *state, core_life_t *life, struct core_fault *fault)
{
    struct kubernetes_sync *self = state;
    const struct core_snapshot_hooks hooks = {
        .open = open_snapshot, .next = cluster_snapshot_hooks.next,
        .close = cluster_snapshot_hooks.close,
    };

    self->life = life;
    self->publisher = core_publisher_new(
        core_life_context(life), core_life_loop(life),
        core_life_wire(life, "feed", NULL),
        core_life_wire(life, "snapshot", NULL), &hooks, self, fault);
    if (self->publisher == NULL)
        return -1;
    self->session = make_session(self, self->settings, fault);
    if (self->session == NULL)
        return -1;
    tell(self);
    tell_ages(self);
    session_start(self->session, self->publisher,
                  find_traffic(self, session_url(self->session)));
    core_loop_flusher(core_life_loop(life), flush, self);
    core_publisher_complete(self->publisher);
    core_life_ready(life, true, NULL);
    judge_readiness(self);
    return 0;
}

/* Zones that the new session does not have are gone. */
static void
remove_zones(struct kubernetes_sync *self, const session_t *next)
{
    const struct core_zone_id *zone;

    for (size_t i = 0; (zone = session_zone(self->session, i)) != NULL; i++) {
        const struct core_zone_id *other;
        size_t j = 0;

        while ((other = session_zone(next, j)) != NULL
               && (other->layer != zone->layer
                   || !core_name_equal(other->name, zone->name)))
            j++;
        if (other == NULL)
            core_publisher_remove(self->publisher, zone);
    }
}

/*
 * All is read anew.  Meanwhile the zones are pending, and the authorities
 * answer from what they have.
 */
static int
reload_kubernetes_sync(void *state, const void *settings,
                       struct core_fault *fault)
{
    struct kubernetes_sync *self = state;
    session_t *next = make_session(self, settings, fault);

    if (next == NULL)
        return -1;
    remove_zones(self, next);
    session_destroy(&self->session);
    self->session = next;
    self->settings = settings;
    tell_ages(self);
    session_start(next, self->publisher,
                  find_traffic(self, session_url(next)));
    judge_readiness(self);
    return 0;
}

/* ---- control ------------------------------------------------------------- */

static int
run_zones(void *owner, core_call_t *call)
{
    const struct kubernetes_sync *self = owner;

    session_print_zones(self->session, core_call_output(call));
    return CORE_EXIT_DONE;
}

static int
run_kinds(void *owner, core_call_t *call)
{
    const struct kubernetes_sync *self = owner;

    session_print_kinds(self->session, core_call_output(call));
    return CORE_EXIT_DONE;
}

static int
run_relist(void *owner, core_call_t *call)
{
    struct kubernetes_sync *self = owner;

    (void) call;
    session_list_again(self->session);
    return CORE_EXIT_DONE;
}

static const struct core_verb verbs[] = {
    { "zones", run_zones, "zones: name, layer, serial, state" },
    { "kinds", run_kinds, "kinds of objects: name, version, state" },
    { "relist", run_relist, "lists everything once more" },
    { .name = NULL },
};

const struct core_stage kubernetes_sync_stage = {
    .name = "kubernetes-sync",
    .summary = "publishes the zones of a Kubernetes cluster",
    .settings = kubernetes_sync_setting_table,
    .settings_size = sizeof (struct settings),
    .open = open_kubernetes_sync,
    .check = check,
    .inspect = inspect,
    .watch = watch_kubernetes_sync,
    .reload = reload_kubernetes_sync,
    .close = close_kubernetes_sync,
    .verbs = verbs,
};
