/*
 * forward - asks upstream servers
 *
 * A change of the settings, or of a file that names servers, makes a new plan;
 * queries under way end with the old one.
 */

#include "forward/forward.h"

#include <stdlib.h>

#include "coredns/log.h"
#include "coredns/memory.h"
#include "forward/dispatch.h"
#include "forward/settings.h"

#define WATCH_MS 1000                   /* files are looked at so often */

struct forward {
    const struct settings *settings;    /* lent, until the next reload */
    generator_t *generator;
    hosts_t *hosts;
    metrics_t *metrics;
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
    return self;
}

static void
close_forward(void **state_p)
{
    struct forward *self = *state_p;

    if (self->life != NULL)
        core_loop_timer_cancel(core_life_loop(self->life), &self->timer);
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
    plan_t *plan = plan_new(settings, self->hosts, fault);

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
    core_life_ready(life, true, NULL);
    return 0;
}

static int
reload_forward(void *state, const void *settings, struct core_fault *fault)
{
    return change_plan(state, settings, fault);
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
