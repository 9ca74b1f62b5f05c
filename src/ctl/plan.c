/*
 * plan - the configuration read as a list of processes and the wires between
 *
 * It is read from the file by reading.c, wired by wiring.c, changed by hand by
 * patching.c; here the processes are made of it.
 */

#include "ctl/plan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coredns/memory.h"

#include "ctl/arguments.h"
#include "ctl/hosts.h"
#include "ctl/patching.h"
#include "ctl/reading.h"
#include "ctl/wiring.h"

struct plan_stage *
plan_stage(const struct plan *self, const char *name)
{
    for (size_t i = 0; i < self->stage_count; i++)
        if (strcmp(self->stages[i].name, name) == 0)
            return &self->stages[i];
    return NULL;
}

const struct plan_process *
plan_process(const struct plan *self, const char *name)
{
    for (size_t i = 0; i < self->process_count; i++)
        if (strcmp(self->processes[i].name, name) == 0)
            return &self->processes[i];
    return NULL;
}

bool
plan_has_wire(const struct plan_stage *self, enum wire_kind kind,
              const struct plan_stage *to)
{
    for (size_t i = 0; i < self->wire_count; i++)
        if (self->wires[i].kind == kind && self->wires[i].to == to)
            return true;
    return false;
}

bool
plan_is_head(const struct plan_stage *self)
{
    bool has_next = false;

    for (size_t i = 0; i < self->wire_count; i++)
        has_next = has_next || self->wires[i].kind == WIRE_NEXT;
    return has_next && !self->has_pipe;
}

bool
plan_has_several_users(const struct plan *self)
{
    for (size_t i = 0; i < self->stage_count; i++)
        if (self->stages[i].user != NULL
            && strcmp(self->stages[i].user, self->user) != 0)
            return true;
    return false;
}

void
plan_endpoint(const char *run_directory, const char *process,
              const char *suffix, char endpoint[PLAN_ENDPOINT_SIZE])
{
    snprintf(endpoint, PLAN_ENDPOINT_SIZE, "ipc://%s/%s.%s", run_directory,
             process, suffix);
}

/* ---- processes ----------------------------------------------------------- */

static void
add_process(struct plan *plan, const struct plan_stage *stage,
            unsigned instance, bool verbose)
{
    struct plan_process *process = &plan->processes[plan->process_count++];

    process->stage = stage;
    process->instance = instance;
    process->name = arguments_name(stage, instance);
    process->arguments = arguments_new(plan, stage, instance, verbose);
}

static void
make_processes(struct plan *plan, bool verbose)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->order_count; i++)
        count += plan->order[i]->instances;
    plan->processes = core_allocate((count + 1) * sizeof *plan->processes);
    for (size_t i = 0; i < plan->order_count; i++)
        for (unsigned n = 0; plan->order[i]->is_here
             && n < plan->order[i]->instances; n++)
            add_process(plan, plan->order[i], n, verbose);
}

struct plan *
plan_new(core_config_t *config, const struct plan_options *options,
         core_faults_t *faults)
{
    struct plan *self = core_allocate(sizeof *self);

    reading_do(self, config, options, faults);
    wiring_find(self, config, faults);
    hosts_find(self, config, faults);
    if (options->patches != NULL)
        patching_do(self, config, options->patches);
    make_processes(self, options->verbose);
    return self;
}

static void
free_stage(struct plan_stage *stage)
{
    free(stage->name);
    free(stage->program);
    free(stage->path);
    free(stage->user);
    free(stage->listen);
    free(stage->wires);
    free(stage->settings);
    free(stage->replaced);
}

void
plan_destroy(struct plan **self_p)
{
    assert(self_p);

    struct plan *self = *self_p;

    if (self == NULL)
        return;
    for (size_t i = 0; i < self->process_count; i++) {
        free(self->processes[i].name);
        arguments_destroy(&self->processes[i].arguments);
    }
    for (size_t i = 0; i < self->stage_count; i++)
        free_stage(&self->stages[i]);
    for (size_t i = 0; i < self->host_count; i++) {
        free(self->hosts[i].name);
        free(self->hosts[i].address);
    }
    free(self->hosts);
    free(self->keys);
    free(self->processes);
    free(self->order);
    free(self->stages);
    free(self->run_directory);
    free(self->state_directory);
    free(self->log_directory);
    free(self->user);
    patches_free(&self->patches);
    free(self);
    *self_p = NULL;
}

int64_t
plan_kill_ms(const struct plan *self)
{
    int64_t longest_ms = PLAN_KILL_MS;

    for (size_t i = 0; i < self->process_count; i++)
        if (self->processes[i].stage->kill_ms > longest_ms)
            longest_ms = self->processes[i].stage->kill_ms;
    return longest_ms;
}

static bool
is_same_text(const char *one, const char *other)
{
    return one == NULL || other == NULL ? one == other
                                        : strcmp(one, other) == 0;
}

bool
plan_needs_restart(const struct plan_process *before,
                   const struct plan_process *after)
{
    const struct plan_stage *old = before->stage;
    const struct plan_stage *new = after->stage;

    if (!is_same_text(old->program, new->program)
        || !is_same_text(old->user, new->user)
        || !is_same_text(old->group_of, new->group_of)
        || old->reads_any_file != new->reads_any_file
        || (old->patch != NULL) != (new->patch != NULL)
        || old->listen_count != new->listen_count
        || (old->instances > 1) != (new->instances > 1)
        || !arguments_start_equal(before->arguments, after->arguments))
        return true;
    for (size_t i = 0; i < old->listen_count; i++)
        if (strcmp(old->listen[i].text, new->listen[i].text) != 0
            || old->listen[i].udp != new->listen[i].udp
            || old->listen[i].tcp != new->listen[i].tcp)
            return true;
    return false;
}

bool
plan_needs_lead(const struct plan_process *before,
                const struct plan_process *after)
{
    return !arguments_are_equal(before->arguments, after->arguments);
}
