/*
 * session - a cluster's zones, kept up to date from its API
 */

#include "kubernetes-sync/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/clock.h"
#include "coredns/log.h"
#include "coredns/memory.h"
#include "kubernetes-sync/cluster.h"
#include "kubernetes-sync/comparison.h"
#include "kubernetes-sync/plan.h"
#include "kubernetes-sync/refill.h"
#include "kubernetes-sync/reflector.h"
#include "kubernetes-sync/selector.h"
#include "kubernetes-sync/strange.h"

#define REASON_SIZE 480
#define SETTLE_MS 1000                  /* serials move once a second */

/* The order in which kinds are listed. */
static const enum object_kind order[] = {
    OBJECT_NAMESPACE, OBJECT_SERVICE, OBJECT_IMPORT, OBJECT_SLICE, OBJECT_POD,
};

struct session {
    core_loop_t *loop;
    struct plan plan;
    struct session_counters *counters;
    void (*changed)(void *owner);
    void *owner;
    client_t *client;
    cluster_t *cluster;
    refill_t *refill;
    core_publisher_t *publisher;        /* lent */
    reflector_t *reflectors[OBJECT_KINDS];      /* NULL: not needed */
    bool is_started[OBJECT_KINDS];
    struct comparison comparisons[OBJECT_KINDS];
    struct reflector_counters told[OBJECT_KINDS];
    struct cluster_counters published;
    core_timer_t *settling;             /* or NULL */
    struct object object;               /* being read */
    struct strange strange;
    char *selectors[2];                 /* of namespaces, of services */
    char reason[REASON_SIZE];
};

/* ---- objects ------------------------------------------------------------- */

/* What a comparison sweeps the watch had lost. */
static void
tell_swept(void *owner, enum object_kind kind, const char *space,
           const char *name)
{
    session_t *self = owner;

    if (self->comparisons[kind].is_running)
        comparison_repair(&self->comparisons[kind], space, name);
}

/* An object of a list that is compared: what differs from it, and was not
   changed meanwhile, has been lost. */
static enum catalog_result
compare_object(session_t *self, const struct object *object)
{
    struct comparison *comparison = &self->comparisons[object->kind];
    catalog_t *catalog = cluster_catalog(self->cluster);

    if (comparison->is_void || catalog_is_marked(catalog, object)
        || comparison_is_gone(comparison, object))
        return CATALOG_SAME;
    if (object->version > reflector_version(self->reflectors[object->kind])) {
        catalog_mark(catalog, object);  /* the watch is about to tell */
        return CATALOG_SAME;
    }
    if (catalog_put(catalog, object) == CATALOG_SAME)
        return CATALOG_SAME;
    comparison_repair(comparison, object->space, object->name);
    return CATALOG_CHANGED;
}

/* How long after its cause a change of endpoints is published; as CoreDNS, only
   for headless services with a selector. */
static void
note_programming(session_t *self, const struct object *object)
{
    const catalog_t *catalog = cluster_catalog(self->cluster);
    int64_t now_us = core_clock_real_us();

    if (object->kind != OBJECT_SLICE || object->trigger_us == 0
        || object->is_import || !cluster_is_live(self->cluster)
        || !catalog_is_selected_headless(catalog, object))
        return;
    core_histogram_add(&self->counters->programming,
                       now_us - object->trigger_us);
}

static void
tell_strange(session_t *self)
{
    self->counters->strange++;
    strange_tell(&self->strange, &self->object, core_loop_now_ms(self->loop));
}

static void
take_object(void *owner, enum object_kind kind, enum reflector_origin origin,
            const json_t *json)
{
    session_t *self = owner;
    catalog_t *catalog = cluster_catalog(self->cluster);
    enum catalog_result result = CATALOG_SAME;

    if (!object_read(&self->object, kind, &self->plan.style, json)) {
        if (origin == REFLECTOR_LIST || origin == REFLECTOR_CHANGE)
            tell_strange(self);
        return;
    }
    switch (origin) {
    case REFLECTOR_COMPARE:
        result = compare_object(self, &self->object);
        break;
    case REFLECTOR_DELETION:
        comparison_note_gone(&self->comparisons[kind], &self->object);
        catalog_remove(catalog, &self->object);
        break;
    default:
        result = catalog_put(catalog, &self->object);
        if (result == CATALOG_CHANGED && origin == REFLECTOR_CHANGE)
            note_programming(self, &self->object);
        break;
    }
    /* That of a list is told of when it is another than before. */
    if (*self->object.wrong != '\0'
        && (origin == REFLECTOR_CHANGE || result == CATALOG_CHANGED))
        tell_strange(self);
}

/* A slice that is read once more, for its endpoints. */
static void
take_slice(void *owner, const json_t *json)
{
    session_t *self = owner;
    catalog_t *catalog = cluster_catalog(self->cluster);

    if (object_read(&self->object, OBJECT_SLICE, &self->plan.style, json)
        && catalog_is_dropped(catalog, &self->object))
        catalog_put(catalog, &self->object);
}

static void
lack_slices(void *owner, const char *space, const char *service)
{
    session_t *self = owner;

    if (!refill_add(self->refill, space, service))
        reflector_list_again(self->reflectors[OBJECT_SLICE]);
}

/* ---- lists --------------------------------------------------------------- */

static void
begin_list(void *owner, enum object_kind kind, enum reflector_origin origin)
{
    session_t *self = owner;

    if (origin == REFLECTOR_COMPARE)
        comparison_begin(&self->comparisons[kind], kind);
    else
        comparison_end(&self->comparisons[kind]);
    catalog_begin(cluster_catalog(self->cluster), kind);
}

static void
end_list(void *owner, enum object_kind kind, enum reflector_origin origin)
{
    session_t *self = owner;
    struct comparison *comparison = &self->comparisons[kind];
    uint64_t repaired;

    (void) origin;

    if (!comparison->is_void)
        catalog_sweep(cluster_catalog(self->cluster), kind, tell_swept, self);
    repaired = comparison_end(comparison);
    self->counters->repaired += repaired;
    if (repaired > 0)
        core_log(CORE_LOG_WARNING, "%s: the watch had lost changes of %" PRIu64
                 " objects, which are repaired", reflector_name(kind),
                 repaired);
}

/* ---- life ---------------------------------------------------------------- */

static uint32_t
now_seconds(void)
{
    return (uint32_t) (core_clock_real_us() / 1000000);
}

/* Starts the next kind when the one before has been listed; true when all have
   been. */
static bool
go_on(session_t *self)
{
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        enum object_kind kind = order[i];

        if (self->reflectors[kind] == NULL)
            continue;
        if (!self->is_started[kind]) {
            self->is_started[kind] = true;
            reflector_start(self->reflectors[kind]);
        }
        if (!reflector_was_listed(self->reflectors[kind]))
            return false;
    }
    return true;
}

static void
reflector_changed(void *owner)
{
    session_t *self = owner;

    if (go_on(self) && !cluster_is_live(self->cluster)) {
        cluster_go_live(self->cluster, now_seconds());
        core_log(CORE_LOG_NOTICE, "the zones are those of %s",
                 client_url(self->client));
    }
    self->changed(self->owner);
}

static void
make_reflector(session_t *self, const struct settings *settings,
               enum object_kind kind, const char *path, const char *selector)
{
    static const struct reflector_hooks hooks = {
        .begin = begin_list, .object = take_object, .end = end_list,
        .changed = reflector_changed,
    };
    const struct reflector_settings how = {
        .path = path, .selector = selector,
        .page = (unsigned) settings->page,
        .silence_ms = settings->silence_ms,
        .compare_ms = settings->compare_ms,
        .may_lack = kind == OBJECT_IMPORT,
    };

    self->reflectors[kind] = reflector_new(kind, &how, self->loop,
                                           self->client, &hooks, self);
}

static void
make_reflectors(session_t *self, const struct settings *settings)
{
    self->selectors[0] = selector_escape(settings->namespace_labels);
    self->selectors[1] = selector_escape(settings->labels);
    make_reflector(self, settings, OBJECT_NAMESPACE, "/api/v1/namespaces",
                   self->selectors[0]);
    make_reflector(self, settings, OBJECT_SERVICE, "/api/v1/services",
                   self->selectors[1]);
    if (self->plan.needs_slices)
        make_reflector(self, settings, OBJECT_SLICE,
                       "/apis/discovery.k8s.io/v1/endpointslices",
                       self->selectors[1]);
    if (self->plan.needs_imports)
        make_reflector(self, settings, OBJECT_IMPORT,
                       "/apis/multicluster.x-k8s.io/v1alpha1/serviceimports",
                       NULL);
    if (self->plan.needs_pods)
        make_reflector(self, settings, OBJECT_POD, "/api/v1/pods", NULL);
}

session_t *
session_new(core_loop_t *loop, const struct settings *settings,
            struct session_counters *counters,
            void (*changed)(void *owner), void *owner,
            struct core_fault *fault)
{
    struct access *access = plan_access(settings, fault);
    session_t *self;

    if (access == NULL)
        return NULL;
    self = core_allocate(sizeof *self);
    self->loop = loop;
    self->counters = counters;
    self->changed = changed;
    self->owner = owner;
    plan_make(&self->plan, settings);
    self->client = client_new(loop, &access, &self->plan.limits);
    self->cluster = cluster_new(self->plan.views, self->plan.count,
                                &self->plan.options, lack_slices, self);
    self->refill = refill_new(loop, self->client, take_slice, self);
    make_reflectors(self, settings);
    return self;
}

void
session_destroy(session_t **self_p)
{
    session_t *self = *self_p;

    if (self == NULL)
        return;
    for (int i = 0; i < OBJECT_KINDS; i++) {
        reflector_destroy(&self->reflectors[i]);
        comparison_end(&self->comparisons[i]);
    }
    core_loop_timer_cancel(self->loop, &self->settling);
    refill_destroy(&self->refill);
    cluster_destroy(&self->cluster);
    client_destroy(&self->client);
    object_clear(&self->object);
    plan_clear(&self->plan);
    free(self->selectors[0]);
    free(self->selectors[1]);
    free(self);
    *self_p = NULL;
}

const char *
session_url(const session_t *self)
{
    return client_url(self->client);
}

void
session_start(session_t *self, core_publisher_t *publisher,
              traffic_t *traffic)
{
    client_count(self->client, traffic);
    self->publisher = publisher;
    cluster_announce(self->cluster, publisher, "not synced yet");
    go_on(self);
}

static void
settle(void *owner)
{
    session_t *self = owner;

    self->settling = NULL;              /* it has ended itself */
    session_flush(self);
}

void
session_flush(session_t *self)
{
    if (cluster_flush(self->cluster, now_seconds()) && self->settling == NULL)
        self->settling = core_loop_timer(self->loop, SETTLE_MS, 0, settle,
                                         self);
}

void
session_list_again(session_t *self)
{
    for (int i = 0; i < OBJECT_KINDS; i++)
        if (self->reflectors[i] != NULL && self->is_started[i])
            reflector_list_again(self->reflectors[i]);
}

/* ---- what is told -------------------------------------------------------- */

const struct core_zone_id *
session_zone(const session_t *self, size_t number)
{
    return number < self->plan.count ? &self->plan.views[number].view.id
        : NULL;
}

/* The first kind that keeps the zones from going live, and why. */
static void
write_cause(const session_t *self, FILE *file)
{
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const reflector_t *reflector = self->reflectors[order[i]];

        if (reflector == NULL || reflector_was_listed(reflector))
            continue;
        fprintf(file, "not synced: %s: %s", reflector_name(order[i]),
                reflector_reason(reflector));
        return;
    }
}

const char *
session_reason(session_t *self)
{
    char *reason = self->reason;
    char name[CORE_NAME_TEXT_SIZE];
    FILE *file;

    if (cluster_is_live(self->cluster))
        return NULL;
    memset(reason, 0, REASON_SIZE);
    file = fmemopen(reason, REASON_SIZE - 1, "w");
    for (size_t i = 0; i < self->plan.count; i++)
        fprintf(file, "%s%s", i == 0 ? "" : ", ",
                core_name_to_text(name, self->plan.views[i].view.id.name));
    fputs(": ", file);
    write_cause(self, file);
    fclose(file);
    return reason;
}

/* Adds what was counted since the last time. */
static void
add_counters(session_t *self, int kind)
{
    const struct reflector_counters *now =
        reflector_counters(self->reflectors[kind]);
    struct reflector_counters *told = &self->told[kind];

    self->counters->lists += now->lists - told->lists;
    self->counters->compares += now->compares - told->compares;
    self->counters->watches += now->watches - told->watches;
    self->counters->events += now->events - told->events;
    self->counters->failures += now->failures - told->failures;
    *told = *now;
}

static void
add_published(session_t *self)
{
    const struct cluster_counters *now = cluster_counters(self->cluster);

    self->counters->changes += now->changes - self->published.changes;
    self->counters->transactions += now->transactions
        - self->published.transactions;
    self->counters->renewals += now->renewals - self->published.renewals;
    self->published = *now;
}

static uint64_t
age_of(const session_t *self, int64_t then_ms)
{
    return then_ms == 0 ? 0
        : (uint64_t) (core_loop_now_ms(self->loop) - then_ms) / 1000;
}

bool
session_has_kind(const session_t *self, enum object_kind kind)
{
    return self->reflectors[kind] != NULL;
}

void
session_refresh(session_t *self)
{
    self->counters->up_to_date = 0;
    self->counters->kinds = 0;
    for (int i = 0; i < OBJECT_KINDS; i++) {
        if (self->reflectors[i] == NULL)
            continue;
        self->counters->kinds++;
        self->counters->up_to_date +=
            reflector_reason(self->reflectors[i]) == NULL;
        add_counters(self, i);
        self->counters->ages[i] = (struct session_ages) {
            .event = age_of(self, self->told[i].heard_ms),
            .list = age_of(self, self->told[i].read_ms),
        };
    }
    add_published(self);
    catalog_count(cluster_catalog(self->cluster), &self->counters->have);
}

void
session_print_zones(const session_t *self, FILE *file)
{
    cluster_print(self->cluster, file);
}

void
session_print_kinds(const session_t *self, FILE *file)
{
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const reflector_t *reflector = self->reflectors[order[i]];
        const char *reason;

        if (reflector == NULL)
            continue;
        reason = reflector_reason(reflector);
        fprintf(file, "%s %" PRIu64 " %s\n", reflector_name(order[i]),
                reflector_version(reflector),
                reason == NULL ? "up-to-date" : reason);
    }
}

void *
session_open_snapshot(const session_t *self, const struct core_zone_id *zone)
{
    return cluster_snapshot_hooks.open(self->cluster, zone);
}
