/*
 * forward - asks upstream servers
 *
 * A change of the settings, or of a file that names servers, makes a new plan;
 * queries under way end with the old one.
 */

#include "forward/forward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "forward/dispatch.h"
#include "forward/listed.h"
#include "forward/settings.h"

#define PATIENCE_MS 3000                /* with sources, at the start */
#define WATCH_MS 1000                   /* files are looked at so often */

struct forward {
    const struct settings *settings;    /* lent, until the next reload */
    generator_t *generator;
    hosts_t *hosts;
    metrics_t *metrics;
    listed_t *listed;
    core_timer_t *patience;             /* with the sources; or NULL */
    core_life_t *life;                  /* NULL: not watched yet */
    dispatch_t *dispatch;               /* the same */
    core_timer_t *timer;
    bool is_told_outdated;              /* it stands in the log */
};

/* A plan that asks nobody shows whether files and addresses are right. */
static bool
is_right(const struct settings *settings, struct core_fault *fault)
{
    plan_t *plan = plan_new(settings, NULL, fault);
    bool is_made = plan != NULL;

    plan_destroy(&plan);
    return is_made;
}

static void *
open_forward(const void *settings, struct core_fault *fault)
{
    if (!is_right(settings, fault))
        return NULL;

    struct forward *self = core_allocate(sizeof *self);

    self->settings = settings;
    self->generator = generator_new();
    self->hosts = hosts_new(self->generator);
    self->metrics = metrics_new();
    self->listed = listed_new();
    return self;
}

static void
close_forward(void **state_p)
{
    struct forward *self = *state_p;

    if (self->life != NULL) {
        core_loop_timer_cancel(core_life_loop(self->life), &self->timer);
        core_loop_timer_cancel(core_life_loop(self->life), &self->patience);
    }
    listed_destroy(&self->listed);
    dispatch_destroy(&self->dispatch);
    metrics_destroy(&self->metrics);
    hosts_destroy(&self->hosts);
    generator_destroy(&self->generator);
    free(self);
    *state_p = NULL;
}

static int
change_plan(struct forward *self, const struct settings *settings,
            struct core_fault *fault)
{
    struct settings *all = listed_settings(self->listed, settings);
    plan_t *plan = plan_new(all, self->hosts, fault);

    listed_end_settings(&all);
    if (plan == NULL)
        return -1;
    dispatch_change(self->dispatch, plan);
    self->settings = settings;
    return 0;
}

/* A file that became wrong changes nothing; that it did is told once. */
static void
look_at_files(void *owner)
{
    struct forward *self = owner;
    struct core_fault fault;

    if (!plan_is_outdated(dispatch_plan(self->dispatch))) {
        self->is_told_outdated = false;
        return;
    }
    if (change_plan(self, self->settings, &fault) == 0) {
        core_log(CORE_LOG_NOTICE, "name servers were read again");
        self->is_told_outdated = false;
        return;
    }
    if (!self->is_told_outdated)
        core_log_fault(CORE_LOG_WARNING, &fault);
    self->is_told_outdated = true;
}

/* ---- sources ------------------------------------------------------------- */

/* Ready is who has heard all that the sources list, or waited for it. */
static void
judge_readiness(struct forward *self)
{
    const char *missing;
    char reason[CORE_FAULT_TEXT_SIZE];

    if (self->patience == NULL || listed_is_complete(self->listed, &missing)) {
        core_loop_timer_cancel(core_life_loop(self->life), &self->patience);
        core_life_ready(self->life, true, NULL);
        return;
    }
    snprintf(reason, sizeof reason, "waiting for %s", missing);
    core_life_ready(self->life, false, reason);
}

static void
lose_patience(void *owner)
{
    struct forward *self = owner;
    const char *missing;

    self->patience = NULL;              /* it has ended itself */
    if (!listed_is_complete(self->listed, &missing))
        core_log(CORE_LOG_WARNING, "%s is away: the servers it lists for "
                 "zones are not known", missing);
    judge_readiness(self);
}

static void
take_listed(void *owner)
{
    struct forward *self = owner;
    struct core_fault fault;

    if (change_plan(self, self->settings, &fault) == -1)
        core_log_fault(CORE_LOG_WARNING, &fault);
    judge_readiness(self);
}

static int
follow_sources(struct forward *self, struct core_fault *fault)
{
    const char *const *names = self->settings->sources.items;

    for (size_t i = 0; i < self->settings->sources.count; i++)
        if (listed_follow(self->listed, self->life, names[i], take_listed,
                          self, fault) == -1)
            return -1;
    self->patience = core_loop_timer(core_life_loop(self->life), PATIENCE_MS,
                                     0, lose_patience, self);
    judge_readiness(self);
    return 0;
}

static int
watch_forward(void *state, core_life_t *life, struct core_fault *fault)
{
    struct forward *self = state;

    self->life = life;
    metrics_publish(self->metrics, core_life_telemetry(life));
    self->dispatch = dispatch_new(life, self->generator, self->metrics);
    if (change_plan(self, self->settings, fault) == -1)
        return -1;
    self->timer = core_loop_timer(core_life_loop(life), WATCH_MS, WATCH_MS,
                                  look_at_files, self);
    return follow_sources(self, fault);
}

/* Other sources are other wires: for them the process is started anew. */
static bool
has_same_sources(const struct forward *self, const struct settings *settings)
{
    const struct core_list *before = &self->settings->sources;
    const struct core_list *after = &settings->sources;
    const char *const *one = before->items, *const *other = after->items;
    bool is_same = before->count == after->count;

    for (size_t i = 0; is_same && i < before->count; i++)
        is_same = strcmp(one[i], other[i]) == 0;
    return is_same;
}

static int
reload_forward(void *state, const void *settings, struct core_fault *fault)
{
    struct forward *self = state;

    if (has_same_sources(self, settings))
        return change_plan(self, settings, fault);
    core_fault_set(fault, NULL, 0, "other sources need a restart");
    return -1;
}

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    struct forward *self = state;

    return dispatch_query(self->dispatch, query);
}

static int
list_upstreams(void *owner, core_call_t *call)
{
    struct forward *self = owner;

    dispatch_report(self->dispatch, core_call_output(call));
    return CORE_EXIT_DONE;
}

static const struct core_verb verb_table[] = {
    { "upstreams", list_upstreams, "state and speed of each upstream" },
    { NULL, NULL, NULL },
};

const struct core_stage forward_stage = {
    .name = "forward",
    .summary = "asks upstream servers",
    .settings = settings_table,
    .settings_size = sizeof (struct settings),
    .open = open_forward,
    .check = settings_check,
    .handle_query = handle_query,
    .watch = watch_forward,
    .reload = reload_forward,
    .close = close_forward,
    .verbs = verb_table,
};
