/*
 * exec - hands queries to a script as lines of JSON
 *
 * A reload starts new scripts, so that a script that was edited is taken up
 * too; the old ones answer what they have and end.
 */

#include "exec/exec.h"

#include <stdlib.h>

#include "coredns/memory.h"
#include "exec/child.h"
#include "exec/crew.h"
#include "exec/scope.h"
#include "exec/settings.h"

#define LEAVE_MS 10000                  /* for the scripts before a reload */

struct state {
    core_life_t *life;                  /* from watch() on */
    const struct settings *settings;    /* lent */
    scope_t *scope;
    crew_t *crew;                       /* NULL: only to check */
    crew_t *former;                     /* before a reload, or NULL */
    struct terms_counters counters;
};

/* ---- settings ------------------------------------------------------------ */

static void
check(const void *settings_read, core_faults_t *faults)
{
    const struct settings *settings = settings_read;
    core_faults_t *found = core_faults_new();
    scope_t *scope = scope_new(&settings->zones, &settings->types, found);

    for (size_t i = 0; i < core_faults_count(found); i++)
        core_faults_add(faults, NULL, 0, "exec.%s",
                        core_faults_at(found, i)->text);
    if (((const char *const *) settings->command.items)[0][0] == '\0')
        core_faults_add(faults, NULL, 0, "exec.command: names no program");
    if (settings->restart_ms > settings->restart_most_ms)
        core_faults_add(faults, NULL, 0, "exec.restart_delay: longer than "
                        "restart_limit");
    if (settings->stuck_ms < settings->timeout_ms)
        core_faults_add(faults, NULL, 0, "exec.stuck: shorter than timeout");
    scope_destroy(&scope);
    core_faults_destroy(&found);
}

/* A script that is not there keeps nobody from starting: it may come. */
static void
inspect(const void *settings_read, core_faults_t *faults)
{
    const struct settings *settings = settings_read;
    const char *program = ((const char *const *) settings->command.items)[0];
    const char *why = child_fault(program, settings->folder);

    if (why != NULL)
        core_faults_add(faults, NULL, 0, "exec.command: cannot run %s: %s",
                        program, why);
}

/* ---- queries ------------------------------------------------------------- */

static enum core_verdict
handle_query(void *state, core_query_t *query)
{
    struct state *self = state;

    if (!scope_covers(self->scope, core_query_message(query)))
        return CORE_PASSED;
    return crew_take(self->crew, query);
}

/* ---- life ---------------------------------------------------------------- */

static scope_t *
make_scope(const struct settings *settings)
{
    core_faults_t *faults = core_faults_new();
    scope_t *scope = scope_new(&settings->zones, &settings->types, faults);

    core_faults_destroy(&faults);
    return scope;                       /* it was checked before */
}

static void *
open_exec(const void *settings, struct core_fault *fault)
{
    struct state *self = core_allocate(sizeof *self);

    (void) fault;
    self->settings = settings;
    self->scope = make_scope(settings);
    return self;
}

static crew_t *
make_crew(struct state *self)
{
    const struct settings *settings = self->settings;
    struct terms terms = settings_terms(settings);

    return crew_new(core_life_loop(self->life), &terms, &settings->command,
                    settings->folder, &self->counters);
}

static void
flush(void *owner)
{
    struct state *self = owner;

    crew_flush(self->crew);
    if (self->former == NULL)
        return;
    crew_flush(self->former);
    if (crew_is_gone(self->former))
        crew_destroy(&self->former);
}

static void
refresh(void *owner)
{
    struct state *self = owner;

    self->counters.waiting = crew_waiting(self->crew)
        + (self->former == NULL ? 0 : crew_waiting(self->former));
}

static int
watch(void *state, core_life_t *life, struct core_fault *fault)
{
    struct state *self = state;

    (void) fault;
    self->life = life;
    terms_counters_add(core_life_telemetry(life), &self->counters);
    core_telemetry_refresher(core_life_telemetry(life), refresh, self);
    self->crew = make_crew(self);
    core_loop_flusher(core_life_loop(life), flush, self);
    core_life_ready(life, true, NULL);
    return 0;
}

static int
reload(void *state, const void *settings, struct core_fault *fault)
{
    struct state *self = state;

    (void) fault;
    self->settings = settings;
    scope_destroy(&self->scope);
    self->scope = make_scope(settings);
    crew_destroy(&self->former);
    self->former = self->crew;
    crew_leave(self->former, LEAVE_MS);
    self->crew = make_crew(self);
    return 0;
}

static bool
drain(void *state)
{
    struct state *self = state;

    crew_leave(self->crew, core_life_drain_left_ms(self->life));
    if (self->former != NULL)
        crew_leave(self->former, core_life_drain_left_ms(self->life));
    return crew_is_gone(self->crew)
        && (self->former == NULL || crew_is_gone(self->former));
}

static void
close_exec(void **state_p)
{
    struct state *self = *state_p;

    if (self == NULL)
        return;
    crew_destroy(&self->former);
    crew_destroy(&self->crew);
    scope_destroy(&self->scope);
    free(self);
    *state_p = NULL;
}

const struct core_stage exec_stage = {
    .name = "exec",
    .summary = "hands queries to a script as lines of JSON",
    .settings = settings_table,
    .words = "command",
    .settings_size = sizeof (struct settings),
    .open = open_exec,
    .check = check,
    .inspect = inspect,
    .handle_query = handle_query,
    .watch = watch,
    .reload = reload,
    .drain = drain,
    .close = close_exec,
};
